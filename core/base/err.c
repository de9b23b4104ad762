#include "core/base/err.h"

#include <assert.h>

static const char *const names[] = {
#define ERR_NAME(code, text) #code,
    ERR_LIST(ERR_NAME)
#undef ERR_NAME
};

static const char *const texts[] = {
#define ERR_TEXT(code, text) text,
    ERR_LIST(ERR_TEXT)
#undef ERR_TEXT
};

const char *err_name(enum err err)
{
    assert(err < ERR_COUNT);
    return names[err];
}

const char *err_text(enum err err)
{
    assert(err < ERR_COUNT);
    return texts[err];
}

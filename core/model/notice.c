#include "core/model/notice.h"

#include <stddef.h>

static const struct entry {
    uint32_t code;
    const char *name, *column, *cause, *cure;
} entries[] = {
#define NOTICE_ENTRY(number, name, column, cause, cure)                                            \
    {(number), #name, (column), (cause), (cure)},
    NOTICE_LIST(NOTICE_ENTRY)
#undef NOTICE_ENTRY
};

static const struct entry *entry_of(enum notice code)
{
    static const struct entry unknown = {0, "UNKNOWN", "", "", ""};
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        if (entries[i].code == (uint32_t)code) {
            return &entries[i];
        }
    }
    return &unknown;
}

const char *notice_name(enum notice code)
{
    return entry_of(code)->name;
}

const char *notice_column(enum notice code)
{
    return entry_of(code)->column;
}

const char *notice_cause(enum notice code)
{
    return entry_of(code)->cause;
}

const char *notice_cure(enum notice code)
{
    return entry_of(code)->cure;
}

#include "core/model/reject.h"

#include <stddef.h>

static const struct entry {
    uint32_t code;
    const char *name, *column, *cause, *cure;
} entries[] = {
#define REJECT_ENTRY(number, name, column, cause, cure)                                            \
    {(number), #name, (column), (cause), (cure)},
    REJECT_LIST(REJECT_ENTRY)
#undef REJECT_ENTRY
};

static const struct entry *entry_of(enum reject code)
{
    static const struct entry unknown = {0, "UNKNOWN", "", "", ""};
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        if (entries[i].code == (uint32_t)code) {
            return &entries[i];
        }
    }
    return &unknown;
}

const char *reject_name(enum reject code)
{
    return entry_of(code)->name;
}

const char *reject_column(enum reject code)
{
    return entry_of(code)->column;
}

const char *reject_cause(enum reject code)
{
    return entry_of(code)->cause;
}

const char *reject_cure(enum reject code)
{
    return entry_of(code)->cure;
}

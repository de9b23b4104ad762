#include "nodes/seek.h"

#include <string.h>

#include "proto/keys.h"

void seek_scheme(const struct join_file *join, const struct identity *identity,
                 char out[SEEK_SCHEME_BYTES])
{
    const size_t size = strlen(identity->scheme_text);
    memcpy(out, identity->scheme_text, size + 1);
    if (identity->scheme == IDENTITY_LOCAL) {
        out[size] = ':';
        bytes_to_hex(bytes_of(join->node, ID_BYTES), out + size + 1);
    }
}

enum err seek_person(struct records *records, const struct join_file *join,
                     const struct join_programme *programme, const struct identity *identity,
                     uint32_t *number)
{
    char scheme[SEEK_SCHEME_BYTES];
    uint8_t pseudonym[PSEUDONYM_BYTES];
    seek_scheme(join, identity, scheme);
    keys_pseudonym(programme->key, bytes_text(programme->programme), bytes_text(scheme),
                   bytes_text(identity->text), pseudonym);
    enum err err = records_begin(records, false);
    if (err == ERR_OK) {
        err = records_person_get(records, pseudonym, number);
        records_abort(records);
    }
    return err;
}

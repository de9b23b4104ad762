#include "core/model/sheet.h"

#include <assert.h>

/* FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/ */
static const uint64_t fnv_offset = UINT64_C(0xCBF29CE484222325);
static const uint64_t fnv_prime = UINT64_C(0x100000001B3);

static uint64_t add_byte(uint64_t hash, uint8_t byte)
{
    return (hash ^ byte) * fnv_prime;
}

/* No text holds a zero: it ends one. */
static uint64_t add_text(uint64_t hash, struct bytes text)
{
    for (size_t i = 0; i < text.size; i++) {
        hash = add_byte(hash, text.data[i]);
    }
    return add_byte(hash, 0);
}

static uint64_t add_number(uint64_t hash, int64_t number)
{
    for (unsigned shift = 0; shift < 64; shift += 8) {
        hash = add_byte(hash, (uint8_t)((uint64_t)number >> shift));
    }
    return hash;
}

/* Sums of hashes that are alike would be alike: the finaliser of MurmurHash3 spreads them. */
static uint64_t spread(uint64_t hash)
{
    hash = (hash ^ hash >> 33) * UINT64_C(0xFF51AFD7ED558CCD);
    hash = (hash ^ hash >> 33) * UINT64_C(0xC4CEB9FE1A85EC53);
    return hash ^ hash >> 33;
}

uint64_t sheet_row_digest(const struct sheet_rows *rows, uint32_t row)
{
    assert(row < rows->count);
    if (rows->values[row] == 0 && rows->partner_sums[row] == 0) {
        return 0;
    }
    uint64_t hash = add_text(fnv_offset, rows->indicators[row]);
    for (uint32_t i = 0; i < rows->label_count; i++) {
        hash = add_text(hash, rows->labels[(size_t)row * rows->label_count + i]);
    }
    hash = add_number(hash, rows->values[row]);
    return spread(add_number(hash, rows->partner_sums[row]));
}

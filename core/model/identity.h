/* identity: identifiers of people and entities: what they are, whether they are valid.
 *
 * They never leave the office: what comes out of here is turned into a pseudonym by the node. */
#ifndef CORE_MODEL_IDENTITY_H
#define CORE_MODEL_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/bytes.h"
#include "core/model/event.h"
#include "core/model/limits.h"
#include "core/model/reject.h"

/* The words of the person_scheme column. `passport` is written passport:CC (ISO 3166 country). */
enum identity_scheme {
    IDENTITY_PESEL,
    IDENTITY_LOCAL,
    IDENTITY_PASSPORT,
    IDENTITY_NIP,
    IDENTITY_REGON,
    IDENTITY_ENTITY,
    IDENTITY_SCHEME_COUNT
};

struct identity {
    enum identity_scheme scheme;
    bool entity;                         /* nip, regon and entity name entities */
    char scheme_text[16];                /* "pesel", "passport:DE": part of what is hashed */
    char text[IDENTIFIER_BYTES_MAX + 1]; /* canonical: digits only, upper case for passports */
    bool has_birth;                      /* only a PESEL tells */
    int32_t birth;                       /* days since 1970-01-01 */
    enum event_sex sex;
    bool repaired; /* a PESEL that had lost its leading zero */
};

/* Reads an identifier; an empty scheme means pesel. Case of the scheme, outer blanks, and blanks
 * and hyphens between the digits of a number do not matter, nor does PL before a NIP; a NIP or
 * REGON of zeros only is refused though its check digit is right. A PESEL of 10 digits whose
 * zero-padded form is valid is repaired.
 *
 * Returns REJECT_NONE or why not, *out being undefined then: SCHEME_UNKNOWN,
 * COUNTRY_UNKNOWN, PESEL_FORM, PESEL_CHECKSUM, PESEL_DATE, NIP_WRONG, REGON_WRONG,
 * IDENTIFIER_FORM. Rules: PESEL act of
 * 24 September 2010, art. 15; check digits of NIP and REGON as in python-stdnum, stdnum/pl. */
enum reject identity_parse(struct bytes scheme, struct bytes text, struct identity *out);

#endif

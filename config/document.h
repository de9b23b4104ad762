/* document: a YAML text read by a schema of libcyaml, which knows where each of its values stands.
 *
 * The schema is C data; this file checks a text against it before libcyaml loads it, because
 * libcyaml 1.3.1 takes "12abc" and "010" for numbers, cuts a string at its first NUL, ignores a
 * second document, and tells of a wrong word only that it is wrong. */
#ifndef CONFIG_DOCUMENT_H
#define CONFIG_DOCUMENT_H

#include <stddef.h>

#include "config/fault.h"
#include "config/place.h"
#include "core/base/bytes.h"
#include "core/base/err.h"

struct cyaml_schema_value;
struct document;

/* Gives a document; free with document_free(). The text is not needed afterwards; the schema is
 * borrowed for the document's life. It may use mappings, sequences, strings by pointer, unsigned
 * numbers and strict enums.
 * Errors: ERR_CONFIG with *fault filled; ERR_MEMORY. */
MUST_CHECK enum err document_new(struct bytes text, const struct cyaml_schema_value *schema,
                                 struct document **out, struct config_fault *fault);

/* Wipes and releases what the document holds, and clears *self, which may be null. */
void document_free(struct document **self);

/* What libcyaml loaded: the struct that the schema describes. Borrowed. */
void *document_data(const struct document *self);

/* Where the value stands that a path names, such as "indicators[3].where.support[0]"; where there
 * is no such value, the nearest that is around it. */
struct place document_place(const struct document *self, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* How many entries the list has that the path's first size bytes name; 0 where there is none. */
size_t document_count(const struct document *self, const char *path, size_t size);

#endif

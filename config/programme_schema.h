/* programme_schema: a JSON Schema (draft 2020-12) of the programme file, and of a file that
 * programmes include, made from the tables by which they are read.
 *
 * It describes the YAML as JSON. It refuses nothing that programme_parse() takes: where YAML makes
 * a number or a boolean of what is read here as text (`id: 2.4`), both are allowed, and a length
 * counts characters. It cannot tell what depends on other entries: whether a code is there. */
#ifndef CONFIG_PROGRAMME_SCHEMA_H
#define CONFIG_PROGRAMME_SCHEMA_H

#include "core/base/buffer.h"
#include "core/base/err.h"

enum programme_schema { PROGRAMME_SCHEMA_PROGRAMME, PROGRAMME_SCHEMA_INCLUDED };

/* Adds the schema to the buffer, as JSON with a line end. Errors: ERR_FULL, ERR_MEMORY. */
MUST_CHECK enum err programme_schema_write(enum programme_schema which, struct buffer *out);

#endif

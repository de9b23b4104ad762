/* programme_json: a programme in the keys of its file. */
#ifndef TOOLS_PROGRAMME_JSON_H
#define TOOLS_PROGRAMME_JSON_H

#include <jansson.h>
#include <stdbool.h>

#include "core/model/programme.h"

/* Gives JSON that is a programme file but for its region tables, which are not told. numbers: each
 * target has "number" and "number_to" besides, which no file has. Null without memory. */
json_t *programme_json(const struct programme *programme, bool numbers);

#endif

/* shipped: files that come with the programs: programme files and region tables. */
#ifndef TOOLS_SHIPPED_H
#define TOOLS_SHIPPED_H

#include <stddef.h>

#include "core/base/err.h"

/* Writes into out[room] where such a file ("regions/pl.csv") lies: in share/ogniwo of an
 * installation, or in config of a source tree, in or above the folder of this program.
 * Errors: ERR_NOT_FOUND, also where its path does not fit; ERR_IO, the program cannot find
 * itself. */
MUST_CHECK enum err shipped_find(const char *name, char *out, size_t room);

#endif

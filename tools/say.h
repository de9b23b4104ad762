/* say: what went wrong, on standard error: what, why, and what to do next; and the exit code that
 * goes with it (sysexits.h). */
#ifndef TOOLS_SAY_H
#define TOOLS_SAY_H

#include "config/fault.h"
#include "core/base/err.h"

/* "ogniwo: text", and " Hint: hint" where hint is not null. Returns the status. */
int say(int status, const char *hint, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* "ogniwo: what: its text." Returns the exit code of the error. */
int say_err(enum err err, const char *what);

/* "file:line:column: text" of a configuration that does not do. Returns 78, or 66 where there is no
 * such file. */
int say_config(enum err err, const char *path, const struct config_fault *fault);

/* The exit code of an error. */
int say_code(enum err err);

#endif

#include "tools/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <sysexits.h>

int say(int status, const char *hint, const char *format, ...)
{
    va_list arguments;
    fputs("ogniwo: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    if (hint != NULL) {
        fprintf(stderr, ". Hint: %s", hint);
    }
    fputc('\n', stderr);
    return status;
}

int say_code(enum err err)
{
    switch (err) {
    case ERR_OK:
        return EX_OK;
    case ERR_NOT_FOUND:
        return EX_NOINPUT;
    case ERR_EXISTS:
        return EX_CANTCREAT;
    case ERR_MALFORMED:
    case ERR_NOT_CANONICAL:
    case ERR_ENCODING:
    case ERR_RANGE:
    case ERR_SIGNATURE:
    case ERR_DIGEST:
    case ERR_CHAIN:
        return EX_DATAERR;
    case ERR_DENIED:
        return EX_NOPERM;
    case ERR_VERSION:
        return EX_PROTOCOL;
    case ERR_IO:
    case ERR_STORE:
    case ERR_FULL:
        return EX_IOERR;
    case ERR_BUSY:
    case ERR_TIMEOUT:
        return EX_TEMPFAIL;
    case ERR_CONFIG:
        return EX_CONFIG;
    case ERR_UNREACHABLE:
        return EX_UNAVAILABLE;
    case ERR_MEMORY:
    case ERR_STATE:
    case ERR_COUNT:
        break;
    }
    return EX_SOFTWARE;
}

int say_err(enum err err, const char *what)
{
    return say(say_code(err), NULL, "%s: %s", what, err_text(err));
}

int say_config(enum err err, const char *path, const struct config_fault *fault)
{
    if (err == ERR_NOT_FOUND) {
        return say(EX_NOINPUT, NULL, "%s: there is no such file", path);
    }
    if (fault->line > 0) {
        fprintf(stderr, "%s:%u:%u: %s\n", path, fault->line, fault->column, fault->text);
    } else {
        fprintf(stderr, "%s: %s\n", path, fault->text[0] != '\0' ? fault->text : err_text(err));
    }
    return EX_CONFIG;
}

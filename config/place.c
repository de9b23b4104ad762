#include "config/place.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum err place_fault(struct config_fault *fault, struct place place, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int size = vsnprintf(fault->text, sizeof fault->text, format, arguments);
    va_end(arguments);
    fault->line = place.line;
    fault->column = place.column;
    if (size >= 0 && (size_t)size >= sizeof fault->text) {
        size_t end = sizeof fault->text - 4;
        while (end > 0 && ((unsigned char)fault->text[end] & 0xc0) == 0x80) {
            end--;
        }
        memcpy(fault->text + end, "...", 4);
    }
    return ERR_CONFIG;
}

#include "brokers/answer.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/base/bytes.h"

enum { SENTENCE_BYTES = 256 };

uint32_t answer_fault(uint32_t code, json_t **out, const char *format, ...)
{
    char text[SENTENCE_BYTES], shown[SENTENCE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    bytes_to_shown(bytes_text(text), shown, sizeof shown);
    *out = json_pack("{s:s}", "error", shown);
    return code;
}

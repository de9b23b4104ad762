/* usage: the words of one verb: options, arguments and help, read by argp from a table. */
#ifndef TOOLS_USAGE_H
#define TOOLS_USAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum format { FORMAT_TABLE, FORMAT_JSON, FORMAT_JSONL, FORMAT_CSV };

/* What was asked for; the first member of a verb's own struct. Texts are borrowed from the
 * words. */
struct request {
    const char *broker, *node; /* as given, or null */
    enum format format;
    bool polish; /* headings and reports */
    char **arguments;
    uint32_t argument_count;
};

enum usage_kind {
    USAGE_TEXT,  /* const char *; null where it is not given */
    USAGE_FLAG,  /* bool */
    USAGE_NUMBER /* uint64_t; stays as it was where it is not given */
};

struct usage_option {
    const char *name;
    int letter;        /* 0: none */
    const char *value; /* what the help calls its value; null with USAGE_FLAG */
    const char *text;
    enum usage_kind kind;
    size_t field; /* offset in the verb's struct */
};

/* Options that several verbs share. */
enum { USES_BROKER = 1, USES_NODE = 2, USES_FORMAT = 4, USES_LANGUAGE = 8 };

struct usage {
    const char *arguments; /* "FILE...", or null */
    const char *doc;       /* what it does, then \v and an example */
    const struct usage_option *options;
    size_t option_count;
    unsigned uses;
    uint32_t least, most; /* arguments */
};

/* Reads the words behind the verb into *out, which starts a struct of the verb's own and was
 * cleared but for defaults. Ends the process after --help (0) or with a word that does not fit
 * (64). */
void usage_read(const struct usage *usage, int count, char **words, struct request *out);

/* Whether LC_ALL, LC_MESSAGES or LANG asks for Polish. */
bool usage_polish(void);

#endif

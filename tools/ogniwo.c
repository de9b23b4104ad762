/* ogniwo: one tool for people and scripts: finds the verb and hands it its words. */
#include <argp.h>
#include <assert.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "config/hint.h"
#include "io/log.h"
#include "io/polish.h"
#include "proto/sealing.h"
#include "tools/demo.h"
#include "tools/say.h"
#include "tools/verbs.h"

const char *argp_program_version = "ogniwo " OGNIWO_VERSION;

enum { NAME_BYTES = 64 };

static const struct verb {
    const char *words;
    int (*run)(int count, char **words);
    const char *summary;
} verbs[] = {
#define VERB_ROW(words, function, summary) {words, function, summary},
    VERBS_LIST(VERB_ROW)
#undef VERB_ROW
        {"demo", demo_main, "a whole exchange in one folder, with made-up people"},
};

enum { VERB_COUNT = sizeof verbs / sizeof verbs[0] };

static void help(FILE *out)
{
    fputs("Usage: ogniwo VERB [OPTION...]\n"
          "Looks after an exchange: imports, totals, proofs, nodes and keys.\n\n",
          out);
    for (size_t i = 0; i < VERB_COUNT; i++) {
        fprintf(out, "  %-15s %s\n", verbs[i].words, verbs[i].summary);
    }
    fputs("\n  -h, --help      this, or with a verb that verb's options and an example\n"
          "  -V, --version   the version\n\n"
          "Example: ogniwo totals --by region --level county\n",
          out);
}

/* How many of the words a verb is, or 0. */
static int match(const struct verb *verb, int count, char **words)
{
    if (count > 0 && strcmp(words[0], verb->words) == 0) {
        return 1;
    }
    const char *blank = strchr(verb->words, ' ');
    if (count < 2 || blank == NULL) {
        return 0;
    }
    const size_t size = (size_t)(blank - verb->words);
    const bool noun = strlen(words[0]) == size && strncmp(words[0], verb->words, size) == 0;
    return noun && strcmp(words[1], blank + 1) == 0 ? 2 : 0;
}

static bool is_noun(const char *word)
{
    const size_t size = strlen(word);
    for (size_t i = 0; i < VERB_COUNT; i++) {
        if (strncmp(verbs[i].words, word, size) == 0 && verbs[i].words[size] == ' ') {
            return true;
        }
    }
    return false;
}

static bool asks_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* `ogniwo log --help`: the verbs of that noun. */
static int noun_help(const char *noun)
{
    const size_t size = strlen(noun);
    printf("Usage: ogniwo %s VERB [OPTION...]\n\n", noun);
    for (size_t i = 0; i < VERB_COUNT; i++) {
        if (strncmp(verbs[i].words, noun, size) == 0 && verbs[i].words[size] == ' ') {
            printf("  %-15s %s\n", verbs[i].words, verbs[i].summary);
        }
    }
    return EX_OK;
}

static int unknown(int count, char **words)
{
    struct hint hint;
    char name[NAME_BYTES];
    const bool two = count > 1 && words[1][0] != '-';
    const bool noun = is_noun(words[0]);
    snprintf(name, sizeof name, "%.30s%s%.30s", words[0], two ? " " : "", two ? words[1] : "");
    hint_init(&hint, bytes_text(name));
    for (size_t i = 0; i < VERB_COUNT; i++) {
        if (!noun || strncmp(verbs[i].words, words[0], strlen(words[0])) == 0) {
            hint_offer(&hint, bytes_text(verbs[i].words));
        }
    }
    const char *question = hint_question(&hint);
    if (question[0] == '\0' && !noun) {
        /* The first word alone may be the one that is near. */
        hint_init(&hint, bytes_text(words[0]));
        for (size_t i = 0; i < VERB_COUNT; i++) {
            hint_offer(&hint, bytes_text(verbs[i].words));
        }
        question = hint_question(&hint);
    }
    return noun ? say(EX_USAGE, NULL, "\"%s\" is no verb%s: there are %s", name, question,
                      hint_list(&hint))
                : say(EX_USAGE, "ogniwo --help lists them", "\"%s\" is no verb%s", name, question);
}

static int run(const struct verb *verb, int taken, int count, char **words)
{
    char name[NAME_BYTES + 8];
    snprintf(name, sizeof name, "ogniwo %s", verb->words);
    words[taken - 1] = name;
    return verb->run(count - taken + 1, words + taken - 1);
}

/* Tables must not be spoilt where the environment names no character set; numbers keep their
 * point. */
static void choose_locale(void)
{
    if (setlocale(LC_CTYPE, "") == NULL || strcmp(nl_langinfo(CODESET), "UTF-8") != 0) {
        (void)setlocale(LC_CTYPE, "C.UTF-8");
    }
}

int main(int count, char **words)
{
    choose_locale();
    (void)polish_open(getenv("OGNIWO_LOCALE_DIR"));
    log_level_set(LOG_ERROR);
    if (count < 2) {
        help(stderr);
        return EX_USAGE;
    }
    if (asks_help(words[1]) || strcmp(words[1], "help") == 0) {
        help(stdout);
        return EX_OK;
    }
    if (strcmp(words[1], "--version") == 0 || strcmp(words[1], "-V") == 0) {
        printf("%s\n", argp_program_version);
        return EX_OK;
    }
    if (sealing_start() != ERR_OK) {
        return say(EX_SOFTWARE, NULL, "libsodium cannot start");
    }
    for (size_t i = 0; i < VERB_COUNT; i++) {
        const int taken = match(&verbs[i], count - 1, words + 1);
        if (taken > 0) {
            return run(&verbs[i], taken, count - 1, words + 1);
        }
    }
    return is_noun(words[1]) && count > 2 && asks_help(words[2]) ? noun_help(words[1])
                                                                 : unknown(count - 1, words + 1);
}

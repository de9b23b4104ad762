#include "tools/usage.h"

#include <argp.h>
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/bytes.h"

enum { OPTIONS_MAX = 24, KEY_OWN = 0x1000, KEY_BROKER = 0x2000, KEY_NODE, KEY_FORMAT, KEY_LANG };

struct reading {
    const struct usage *usage;
    struct request *out;
};

bool usage_polish(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && value[0] != '\0') {
            return strncmp(value, "pl", 2) == 0;
        }
    }
    return false;
}

static enum format read_format(const struct argp_state *state, const char *word)
{
    static const char *const words[] = {"table", "json", "jsonl", "csv"};
    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(word, words[i]) == 0) {
            return (enum format)i;
        }
    }
    argp_error(state, "\"%s\" is no format: table, json, jsonl or csv", word);
    return FORMAT_TABLE;
}

static bool read_language(const struct argp_state *state, const char *word)
{
    if (strcmp(word, "pl") != 0 && strcmp(word, "en") != 0) {
        argp_error(state, "\"%s\" is no language here: pl or en", word);
    }
    return strcmp(word, "pl") == 0;
}

static void read_own(const struct argp_state *state, const struct usage_option *option,
                     const char *value, struct request *out)
{
    void *field = (char *)out + option->field;
    uint64_t number = 0;
    switch (option->kind) {
    case USAGE_TEXT:
        memcpy(field, &value, sizeof value);
        break;
    case USAGE_FLAG:
        *(bool *)field = true;
        break;
    case USAGE_NUMBER:
        if (bytes_to_u64(bytes_text(value), UINT64_MAX, &number) != ERR_OK) {
            argp_error(state, "--%s: \"%s\" is no number", option->name, value);
        }
        memcpy(field, &number, sizeof number);
        break;
    }
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    const struct reading *reading = state->input;
    const struct usage *usage = reading->usage;
    struct request *out = reading->out;
    switch (key) {
    case 'h':
        argp_state_help(state, stdout, ARGP_HELP_STD_HELP);
        return 0;
    case KEY_BROKER:
        out->broker = value;
        return 0;
    case KEY_NODE:
        out->node = value;
        return 0;
    case KEY_FORMAT:
        out->format = read_format(state, value);
        return 0;
    case KEY_LANG:
        out->polish = read_language(state, value);
        return 0;
    case ARGP_KEY_ARG:
        if (out->argument_count >= usage->most) {
            argp_error(state, "\"%s\" is one word too many", value);
        }
        out->arguments[out->argument_count++] = value;
        return 0;
    case ARGP_KEY_END:
        if (out->argument_count < usage->least) {
            argp_error(state, "something is missing: %s", usage->arguments);
        }
        return 0;
    default:
        break;
    }
    for (size_t i = 0; i < usage->option_count; i++) {
        const struct usage_option *option = &usage->options[i];
        if (key == (option->letter != 0 ? option->letter : KEY_OWN + (int)i)) {
            read_own(state, option, value, out);
            return 0;
        }
    }
    return ARGP_ERR_UNKNOWN;
}

static size_t add_shared(const struct usage *usage, struct argp_option *list, size_t count)
{
    static const struct shared {
        unsigned use;
        struct argp_option option;
    } all[] = {
        {USES_BROKER,
         {"broker", KEY_BROKER, "FILE", 0,
          "The broker's configuration (default $OGNIWO_BROKER, or /etc/ogniwo/broker.yaml)", 1}},
        {USES_NODE,
         {"node", KEY_NODE, "DIR|FILE|SOCKET", 0,
          "The node: a folder with node.yaml in it, that file, or the node's socket (default "
          "$OGNIWO_NODE, or /etc/ogniwo/node.yaml)",
          1}},
        {USES_FORMAT,
         {"format", KEY_FORMAT, "FORMAT", 0, "table (default), json, jsonl or csv", 1}},
        {USES_LANGUAGE,
         {"lang", KEY_LANG, "LANG", 0, "pl or en (default from LC_ALL and LANG)", 1}},
        {USES_BROKER | USES_NODE | USES_FORMAT | USES_LANGUAGE, {0}},
    };
    for (size_t i = 0; all[i].option.name != NULL; i++) {
        if ((usage->uses & all[i].use) != 0) {
            list[count++] = all[i].option;
        }
    }
    list[count++] = (struct argp_option){NULL, 'h', NULL, OPTION_HIDDEN, NULL, -1};
    return count;
}

void usage_read(const struct usage *usage, int count, char **words, struct request *out)
{
    struct argp_option list[OPTIONS_MAX + 8] = {0};
    struct reading reading = {.usage = usage, .out = out};
    assert(usage->option_count <= OPTIONS_MAX);
    for (size_t i = 0; i < usage->option_count; i++) {
        const struct usage_option *option = &usage->options[i];
        list[i] = (struct argp_option){
            option->name,  option->letter != 0 ? option->letter : KEY_OWN + (int)i,
            option->value, 0,
            option->text,  0};
    }
    (void)add_shared(usage, list, usage->option_count);
    out->polish = usage_polish();
    /* The words are ours to reorder: an argument never lands behind its own option. */
    out->arguments = words;
    const struct argp argp = {
        .options = list, .parser = parse, .args_doc = usage->arguments, .doc = usage->doc};
    argp_parse(&argp, count, words, ARGP_IN_ORDER, NULL, &reading);
}

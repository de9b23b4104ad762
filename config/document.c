/* The happy path is: 1 the bytes are UTF-8 and one document without aliases; 2 libyaml makes a tree
 * of them, with line and column at every node; 3 the tree is walked beside the schema; 4 libcyaml
 * loads the same bytes.
 *
 * What may go wrong: whatever someone may write. Step 3 names it, with cause and cure; should
 * libcyaml still refuse what step 3 let through, its own message and backtrace are taken. */
#include "config/document.h"

#include <assert.h>
#include <cyaml/cyaml.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

#include "config/hint.h"
#include "core/base/mem.h"

enum { PATH_BYTES = 160, ECHO_BYTES_MAX = 80, DEPTH_MAX = 32, NO_NODE = 0 };

struct document {
    const struct cyaml_schema_value *schema;
    void *data;
    yaml_document_t tree;
    bool has_tree;
};

/* Every block has its size in front, so that what it held can be wiped: key files pass here too.
 * Room grows twofold, because libcyaml asks for one entry of a list at a time. */
union block {
    size_t room;
    max_align_t align;
};

static void block_free(union block *block)
{
    if (block != NULL) {
        explicit_bzero(block + 1, block->room);
        mem_free(block);
    }
}

/* libcyaml's allocator: size 0 releases. */
static void *wiping_mem(void *context, void *old, size_t size)
{
    (void)context;
    union block *block = old != NULL ? (union block *)old - 1 : NULL;
    if (size == 0) {
        block_free(block);
        return NULL;
    }
    if (block != NULL && size <= block->room) {
        return old;
    }
    const size_t room = block != NULL && size < 2 * block->room ? 2 * block->room : size;
    union block *fresh = mem_calloc(1, sizeof *fresh + room);
    if (fresh == NULL) {
        return NULL;
    }
    fresh->room = room;
    if (block != NULL) {
        memcpy(fresh + 1, old, block->room);
        block_free(block);
    }
    return fresh + 1;
}

static struct place place_of_mark(yaml_mark_t mark)
{
    return (struct place){.line = (uint32_t)mark.line + 1, .column = (uint32_t)mark.column + 1};
}

/* The place of a byte, columns counted in characters as libyaml does. */
static struct place place_of_offset(struct bytes text, size_t offset)
{
    struct place place = {.line = 1, .column = 1};
    for (size_t i = 0; i < offset && i < text.size; i++) {
        if (text.data[i] == '\n') {
            place = (struct place){.line = place.line + 1, .column = 1};
        } else if ((text.data[i] & 0xc0) != 0x80) {
            place.column++;
        }
    }
    return place;
}

/* The first byte of what is not UTF-8: line by line, so that the whole is not read again for each
 * character. */
static size_t utf8_end(struct bytes text)
{
    size_t start = 0;
    while (start < text.size) {
        const uint8_t *newline = memchr(text.data + start, '\n', text.size - start);
        const size_t end = newline != NULL ? (size_t)(newline - text.data) + 1 : text.size;
        if (!bytes_utf8(bytes_of(text.data + start, end - start))) {
            break;
        }
        start = end;
    }
    size_t good = start;
    for (size_t end = start + 1; end <= text.size && end <= good + 4; end++) {
        if (bytes_utf8(bytes_of(text.data + good, end - good))) {
            good = end;
        }
    }
    return good;
}

/* What libyaml says in its own words, and what to do about it. */
static const char *syntax_cure(const char *problem)
{
    static const struct {
        const char *part, *cure;
    } cures[] = {
        {"mapping values are not allowed", ": put a text that holds \": \" in quotation marks, or "
                                           "indent this line like the one above"},
        {"mapping keys are not allowed", ": put a text that starts with \"? \" in quotation marks"},
        {"block sequence entries are not allowed", ": start a list in a line of its own, below "
                                                   "its key"},
        {"tab character", ": indent with blanks, not tabs"},
        {"cannot start any token", ": indent with blanks, not tabs, and put a text that starts "
                                   "with @, % or ` in quotation marks"},
        {"did not find expected key", ": check the indentation and the quotation marks above"},
        {"did not find expected '-'", ": indent all entries of a list alike, each with \"- \""},
        {"could not find expected ':'", ": write \"key: value\" with a blank after the colon"},
        {"did not find expected ','", ": close the list with ] or the entry with }"},
        {"unexpected end of stream", ": close the quotation marks that open here"},
        {"expected <document start>", ": indent this line like the keys above, and write one key a "
                                      "line"},
        {"did not find expected node content", ": write a value here, or take the comma or the "
                                               "colon away"},
        {"control characters are not allowed", ": delete what cannot be seen here"},
        {"unknown escape character", ": write \\\\ for one \\, or use ' as quotation marks"},
        {"expected comment or line break", ": begin the text in the next line, indented"},
        {"unexpected ':'", ": put the text that holds the colon in quotation marks"},
    };
    for (size_t i = 0; i < sizeof cures / sizeof cures[0]; i++) {
        if (strstr(problem, cures[i].part) != NULL) {
            return cures[i].cure;
        }
    }
    return "";
}

static enum err syntax_fault(const yaml_parser_t *parser, struct bytes text,
                             struct config_fault *fault)
{
    if (parser->error == YAML_MEMORY_ERROR) {
        return ERR_MEMORY;
    }
    const char *problem = parser->problem != NULL ? parser->problem : "not YAML";
    /* What is never closed is told where it opens, not at the end of the file. */
    const bool unclosed = strstr(problem, "unexpected end of stream") != NULL;
    const struct place place =
        parser->error == YAML_READER_ERROR
            ? place_of_offset(text, parser->problem_offset)
            : place_of_mark(unclosed ? parser->context_mark : parser->problem_mark);
    return place_fault(fault, place, "this is not YAML: %s%s", problem, syntax_cure(problem));
}

static enum err parser_open(yaml_parser_t *parser, struct bytes text)
{
    if (!yaml_parser_initialize(parser)) {
        return ERR_MEMORY;
    }
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(parser, text.data, text.size);
    return ERR_OK;
}

/* What has been seen of a text, event by event. */
struct scan {
    uint32_t depth, documents;
    bool anchor; /* the event has one, or is an alias */
};

static void scan_event(struct scan *scan, const yaml_event_t *event)
{
    const yaml_char_t *anchor = NULL;
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        scan->documents++;
        break;
    case YAML_MAPPING_START_EVENT:
        anchor = event->data.mapping_start.anchor;
        scan->depth++;
        break;
    case YAML_SEQUENCE_START_EVENT:
        anchor = event->data.sequence_start.anchor;
        scan->depth++;
        break;
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
        scan->depth--;
        break;
    case YAML_SCALAR_EVENT:
        anchor = event->data.scalar.anchor;
        break;
    case YAML_ALIAS_EVENT:
        anchor = event->data.alias.anchor;
        break;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        break;
    }
    scan->anchor = anchor != NULL;
}

static enum err scan_fault(const struct scan *scan, struct place place, struct config_fault *fault)
{
    if (scan->documents > 1) {
        return place_fault(fault, place,
                           "a second document starts here: leave out the \"---\" and all "
                           "that follows it");
    }
    if (scan->depth > DEPTH_MAX) {
        return place_fault(fault, place,
                           "more than %d lists and mappings stand inside each other: close "
                           "those that are complete",
                           DEPTH_MAX);
    }
    if (scan->anchor) {
        return place_fault(fault, place,
                           "anchors (&name) and aliases (*name) are not read: write the "
                           "value out, or put a text that starts so in quotation marks");
    }
    return ERR_OK;
}

/* Goes through the text once before a tree is made of it. What libyaml does in a time that grows
 * with the square of the depth or of the anchors ends here early. */
static enum err text_scan(struct bytes text, struct config_fault *fault)
{
    struct scan scan = {0};
    yaml_parser_t parser;
    bool end = false;
    enum err err = parser_open(&parser, text);
    if (err != ERR_OK) {
        return err;
    }
    while (err == ERR_OK && !end) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) {
            err = syntax_fault(&parser, text, fault);
            break;
        }
        end = event.type == YAML_STREAM_END_EVENT;
        scan_event(&scan, &event);
        err = scan_fault(&scan, place_of_mark(event.start_mark), fault);
        yaml_event_delete(&event);
    }
    if (err == ERR_OK && scan.documents == 0) {
        err = place_fault(fault, (struct place){0}, "the file is empty: write its keys");
    }
    yaml_parser_delete(&parser);
    return err;
}

static enum err tree_load(struct document *self, struct bytes text, struct config_fault *fault)
{
    yaml_parser_t parser;
    enum err err = parser_open(&parser, text);
    if (err != ERR_OK) {
        return err;
    }
    if (yaml_parser_load(&parser, &self->tree)) {
        self->has_tree = true;
    } else {
        err = syntax_fault(&parser, text, fault);
    }
    yaml_parser_delete(&parser);
    return err;
}

struct walk {
    yaml_document_t *tree;
    struct config_fault *fault;
};

static struct bytes scalar_bytes(const yaml_node_t *node)
{
    assert(node->type == YAML_SCALAR_NODE);
    return bytes_of(node->data.scalar.value, node->data.scalar.length);
}

static struct place node_place(const yaml_node_t *node)
{
    return place_of_mark(node->start_mark);
}

/* What may be quoted back without harm: clean and short, else nothing. */
static struct bytes echo(struct bytes value)
{
    return value.size <= ECHO_BYTES_MAX && bytes_clean(value) ? value : bytes_of(NULL, 0);
}

static enum err walk_value(struct walk *walk, const struct cyaml_schema_value *schema, int number,
                           const char *name);

static const struct cyaml_schema_field *field_find(const struct cyaml_schema_value *schema,
                                                   struct bytes key)
{
    const struct cyaml_schema_field *field = schema->mapping.fields;
    while (field->key != NULL && !bytes_is(key, field->key)) {
        field++;
    }
    return field->key != NULL ? field : NULL;
}

static enum err unknown_key(struct walk *walk, const struct cyaml_schema_value *schema,
                            const yaml_node_t *key, const char *name)
{
    struct hint hint;
    hint_init(&hint, echo(scalar_bytes(key)));
    for (const struct cyaml_schema_field *field = schema->mapping.fields; field->key != NULL;
         field++) {
        hint_offer(&hint, bytes_text(field->key));
    }
    const char *question = hint_question(&hint);
    const char *list = question[0] == '\0' ? hint_list(&hint) : "";
    return place_fault(walk->fault, node_place(key), "unknown key \"%.*s\" in %s%s%s%s%s",
                       BYTES_FMT(hint.word), name, question, list[0] != '\0' ? " (known: " : "",
                       list, list[0] != '\0' ? ")" : "");
}

static enum err missing_key(struct walk *walk, const yaml_node_t *node, const char *key,
                            const char *name)
{
    return place_fault(walk->fault, node_place(node), "%s lacks the key \"%s\": add it", name, key);
}

/* Whether the key of this pair stood in an earlier pair of the mapping. */
static const yaml_node_t *key_before(struct walk *walk, const yaml_node_t *node,
                                     const yaml_node_pair_t *pair, struct bytes key)
{
    for (const yaml_node_pair_t *i = node->data.mapping.pairs.start; i < pair; i++) {
        const yaml_node_t *other = yaml_document_get_node(walk->tree, i->key);
        if (bytes_equal(scalar_bytes(other), key)) {
            return other;
        }
    }
    return NULL;
}

static enum err walk_pair(struct walk *walk, const struct cyaml_schema_value *schema,
                          const yaml_node_t *node, const yaml_node_pair_t *pair, const char *name)
{
    const yaml_node_t *key = yaml_document_get_node(walk->tree, pair->key);
    if (key->type != YAML_SCALAR_NODE) {
        return place_fault(walk->fault, node_place(key),
                           "a key in %s must be a word, not a list or a mapping", name);
    }
    const struct cyaml_schema_field *field = field_find(schema, scalar_bytes(key));
    if (field == NULL) {
        return unknown_key(walk, schema, key, name);
    }
    const yaml_node_t *before = key_before(walk, node, pair, scalar_bytes(key));
    if (before != NULL) {
        return place_fault(walk->fault, node_place(key),
                           "the key \"%s\" stands in line %u already: leave one of them out",
                           field->key, node_place(before).line);
    }
    return walk_value(walk, &field->value, pair->value, field->key);
}

static enum err walk_mapping(struct walk *walk, const struct cyaml_schema_value *schema,
                             const yaml_node_t *node, const char *name)
{
    if (node->type != YAML_MAPPING_NODE) {
        struct hint hint;
        hint_init(&hint, bytes_of(NULL, 0));
        for (const struct cyaml_schema_field *field = schema->mapping.fields; field->key != NULL;
             field++) {
            hint_offer(&hint, bytes_text(field->key));
        }
        return place_fault(walk->fault, node_place(node), "%s must hold keys, of %s", name,
                           hint_list(&hint));
    }
    for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top; pair++) {
        const enum err err = walk_pair(walk, schema, node, pair, name);
        if (err != ERR_OK) {
            return err;
        }
    }
    for (const struct cyaml_schema_field *field = schema->mapping.fields; field->key != NULL;
         field++) {
        const bool needed = (field->value.flags & CYAML_FLAG_OPTIONAL) == 0;
        if (needed &&
            key_before(walk, node, node->data.mapping.pairs.top, bytes_text(field->key)) == NULL) {
            return missing_key(walk, node, field->key, name);
        }
    }
    return ERR_OK;
}

static enum err walk_sequence(struct walk *walk, const struct cyaml_schema_value *schema,
                              const yaml_node_t *node, const char *name)
{
    if (node->type != YAML_SEQUENCE_NODE) {
        const bool scalar = node->type == YAML_SCALAR_NODE;
        const struct bytes value = scalar ? echo(scalar_bytes(node)) : bytes_of(NULL, 0);
        return place_fault(walk->fault, node_place(node), "\"%s\" must be a list%s%.*s%s", name,
                           value.size > 0 ? ": write [" : "", BYTES_FMT(value),
                           value.size > 0 ? "]" : ", of lines that start with \"- \"");
    }
    const yaml_node_item_t *start = node->data.sequence.items.start;
    const size_t count = (size_t)(node->data.sequence.items.top - start);
    if (count < schema->sequence.min || count > schema->sequence.max) {
        return place_fault(walk->fault, node_place(node),
                           "\"%s\" has %zu entries: it may have %u to %u", name, count,
                           schema->sequence.min, schema->sequence.max);
    }
    char entry[PATH_BYTES];
    (void)snprintf(entry, sizeof entry, "an entry of \"%s\"", name);
    const char *entry_name = schema->sequence.entry->type == CYAML_MAPPING ? entry : name;
    for (size_t i = 0; i < count; i++) {
        const enum err err = walk_value(walk, schema->sequence.entry, start[i], entry_name);
        if (err != ERR_OK) {
            return err;
        }
    }
    return ERR_OK;
}

/* Decimal digits without a leading zero, in the range of the type: base 0 of libcyaml would take
 * 010 for eight. */
static enum err walk_number(struct walk *walk, const struct cyaml_schema_value *schema,
                            const yaml_node_t *node, const char *name)
{
    const struct bytes text = scalar_bytes(node);
    const uint64_t max = UINT64_MAX >> (64 - 8 * schema->data_size);
    uint64_t value = 0;
    if (bytes_to_u64(text, max, &value) != ERR_OK || (text.size > 1 && text.data[0] == '0')) {
        return place_fault(walk->fault, node_place(node),
                           "\"%s\" must be a whole number, written in digits without leading zeros",
                           name);
    }
    return ERR_OK;
}

static enum err walk_enum(struct walk *walk, const struct cyaml_schema_value *schema,
                          const yaml_node_t *node, const char *name)
{
    struct hint hint;
    hint_init(&hint, echo(scalar_bytes(node)));
    for (uint32_t i = 0; i < schema->enumeration.count; i++) {
        const struct bytes word = bytes_text(schema->enumeration.strings[i].str);
        if (bytes_equal(word, scalar_bytes(node))) {
            return ERR_OK;
        }
        hint_offer(&hint, word);
    }
    return place_fault(walk->fault, node_place(node),
                       "\"%.*s\" is not allowed for \"%s\"%s: write one of %s",
                       BYTES_FMT(hint.word), name, hint_question(&hint), hint_list(&hint));
}

static enum err walk_string(struct walk *walk, const struct cyaml_schema_value *schema,
                            const yaml_node_t *node, const char *name)
{
    const struct bytes text = scalar_bytes(node);
    const struct place place = node_place(node);
    assert((schema->flags & CYAML_FLAG_POINTER) != 0);
    if (text.size < schema->string.min) {
        return place_fault(walk->fault, place,
                           "\"%s\" is empty: write a value, or leave the key out "
                           "where it is optional",
                           name);
    }
    if (text.size > schema->string.max) {
        return place_fault(walk->fault, place, "\"%s\" is %zu bytes long: %u are allowed", name,
                           text.size, schema->string.max);
    }
    if (!bytes_clean(text)) {
        return place_fault(
            walk->fault, place,
            "\"%s\" holds a line end, a control character or a hidden one: type it anew", name);
    }
    return ERR_OK;
}

static enum err walk_scalar(struct walk *walk, const struct cyaml_schema_value *schema,
                            const yaml_node_t *node, const char *name)
{
    if (node->type != YAML_SCALAR_NODE) {
        return place_fault(walk->fault, node_place(node), "\"%s\" must be one value, not a %s",
                           name, node->type == YAML_SEQUENCE_NODE ? "list" : "mapping");
    }
    if (schema->type == CYAML_UINT) {
        return walk_number(walk, schema, node, name);
    }
    if (schema->type == CYAML_ENUM) {
        return walk_enum(walk, schema, node, name);
    }
    assert(schema->type == CYAML_STRING);
    return walk_string(walk, schema, node, name);
}

/* As deep as the schema, whatever the text. */
static enum err walk_value(struct walk *walk, const struct cyaml_schema_value *schema, int number,
                           const char *name)
{
    const yaml_node_t *node = yaml_document_get_node(walk->tree, number);
    assert(node != NULL);
    if (schema->type == CYAML_MAPPING) {
        return walk_mapping(walk, schema, node, name);
    }
    if (schema->type == CYAML_SEQUENCE) {
        return walk_sequence(walk, schema, node, name);
    }
    return walk_scalar(walk, schema, node, name);
}

static enum err tree_check(struct document *self, struct config_fault *fault)
{
    struct walk walk = {.tree = &self->tree, .fault = fault};
    return walk_value(&walk, self->schema, 1, "the file");
}

/* What libcyaml logs of an error: first the message, then where, the innermost first. */
struct refusal {
    char text[200];
    struct place place;
};

static void refusal_log(cyaml_log_t level, void *context, const char *format, va_list arguments)
{
    struct refusal *refusal = context;
    char line[200];
    size_t row = 0;
    size_t column = 0;
    if (level < CYAML_LOG_ERROR) {
        return;
    }
    (void)vsnprintf(line, sizeof line, format, arguments);
    line[strcspn(line, "\n")] = '\0';
    if (refusal->text[0] == '\0') {
        memcpy(refusal->text, line, sizeof line);
    }
    const char *where = strstr(line, "(line: ");
    if (refusal->place.line == 0 && where != NULL &&
        sscanf(where, "(line: %zu, column: %zu)", &row, &column) == 2) {
        refusal->place = (struct place){.line = (uint32_t)row, .column = (uint32_t)column};
    }
}

static cyaml_config_t cyaml_config(struct refusal *refusal)
{
    return (cyaml_config_t){.log_fn = refusal_log,
                            .log_ctx = refusal,
                            .mem_fn = wiping_mem,
                            .log_level = CYAML_LOG_ERROR,
                            .flags = CYAML_CFG_NO_ALIAS};
}

static enum err data_load(struct document *self, struct bytes text, struct config_fault *fault)
{
    struct refusal refusal = {.text = ""};
    const cyaml_config_t config = cyaml_config(&refusal);
    const cyaml_err_t err =
        cyaml_load_data(text.data, text.size, &config, self->schema, &self->data, NULL);
    if (err == CYAML_ERR_OOM) {
        return ERR_MEMORY;
    }
    if (err != CYAML_OK) {
        return place_fault(fault, refusal.place, "%s",
                           refusal.text[0] != '\0' ? refusal.text : cyaml_strerror(err));
    }
    return ERR_OK;
}

enum err document_new(struct bytes text, const struct cyaml_schema_value *schema,
                      struct document **out, struct config_fault *fault)
{
    /* libyaml would count the mark as a column, and the first key would stand further in. */
    text = bytes_unmarked(text);
    if (!bytes_utf8(text)) {
        return place_fault(fault, place_of_offset(text, utf8_end(text)),
                           "this is not UTF-8: save the file as UTF-8");
    }
    struct document *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    self->schema = schema;
    enum err err = text_scan(text, fault);
    if (err == ERR_OK) {
        err = tree_load(self, text, fault);
    }
    if (err == ERR_OK) {
        err = tree_check(self, fault);
    }
    if (err == ERR_OK) {
        err = data_load(self, text, fault);
    }
    if (err != ERR_OK) {
        document_free(&self);
        return err;
    }
    *out = self;
    return ERR_OK;
}

static void tree_wipe(yaml_document_t *tree)
{
    for (yaml_node_t *node = tree->nodes.start; node < tree->nodes.top; node++) {
        if (node->type == YAML_SCALAR_NODE) {
            explicit_bzero(node->data.scalar.value, node->data.scalar.length);
        }
    }
    yaml_document_delete(tree);
}

void document_free(struct document **self)
{
    if (*self == NULL) {
        return;
    }
    if ((*self)->data != NULL) {
        struct refusal refusal = {.text = ""};
        const cyaml_config_t config = cyaml_config(&refusal);
        (void)cyaml_free(&config, (*self)->schema, (*self)->data, 0);
    }
    if ((*self)->has_tree) {
        tree_wipe(&(*self)->tree);
    }
    mem_free(*self);
    *self = NULL;
}

void *document_data(const struct document *self)
{
    return self->data;
}

/* The node one step down the path, which is moved behind it; NO_NODE where there is none. */
static int step_down(yaml_document_t *tree, const yaml_node_t *node, const char **path)
{
    if (**path == '[') {
        size_t index = 0;
        for ((*path)++; **path != ']'; (*path)++) {
            assert(**path >= '0' && **path <= '9');
            index = index * 10 + (size_t)(**path - '0');
        }
        (*path)++;
        const bool there =
            node->type == YAML_SEQUENCE_NODE &&
            index < (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
        return there ? node->data.sequence.items.start[index] : NO_NODE;
    }
    *path += **path == '.' ? 1 : 0;
    const struct bytes key = bytes_of(*path, strcspn(*path, ".["));
    *path += key.size;
    if (node->type != YAML_MAPPING_NODE) {
        return NO_NODE;
    }
    for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top; pair++) {
        if (bytes_equal(scalar_bytes(yaml_document_get_node(tree, pair->key)), key)) {
            return pair->value;
        }
    }
    return NO_NODE;
}

/* The node that the path names, or the nearest around it. */
static const yaml_node_t *node_at(const struct document *self, const char *path)
{
    /* libyaml's getters take no const; they change nothing. */
    yaml_document_t *tree = (yaml_document_t *)&self->tree;
    const yaml_node_t *node = yaml_document_get_root_node(tree);
    while (*path != '\0') {
        const int next = step_down(tree, node, &path);
        if (next == NO_NODE) {
            break;
        }
        node = yaml_document_get_node(tree, next);
    }
    return node;
}

struct place document_place(const struct document *self, const char *format, ...)
{
    char text[PATH_BYTES];
    va_list arguments;
    va_start(arguments, format);
    const int size = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    assert(size >= 0 && (size_t)size < sizeof text);
    return node_place(node_at(self, text));
}

size_t document_count(const struct document *self, const char *path, size_t size)
{
    char text[PATH_BYTES];
    assert(size < sizeof text);
    memcpy(text, path, size);
    text[size] = '\0';
    const yaml_node_t *node = node_at(self, text);
    return node->type == YAML_SEQUENCE_NODE
               ? (size_t)(node->data.sequence.items.top - node->data.sequence.items.start)
               : 0;
}

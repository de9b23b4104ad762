/* The happy path is: 1 libcyaml's table of the file is walked, and each of its keys looked up in
 * programme_keys; 2 entries of lists become definitions, each once; 3 all is printed.
 *
 * What may go wrong: memory. A key without a row is our own mistake. */
#include "config/programme_schema.h"

#include <assert.h>
#include <cyaml/cyaml.h>
#include <jansson.h>
#include <string.h>

#include "config/programme_derived.h"
#include "config/programme_keys.h"
#include "config/programme_text.h"
#include "core/model/event.h"

#define CONTROLS "\\u0000-\\u001f\\u007f-\\u009f"

#define SPACES " \xc2\xa0\xe1\x9a\x80\xe2\x80\x80-\xe2\x80\x8a\xe2\x80\xaf\xe2\x81\x9f\xe3\x80\x80"
static const char code_pattern[] = "^[^,;|\"'" SPACES CONTROLS "]+$";
static const char text_pattern[] = "^[^" CONTROLS "]+$";
static const char date_pattern[] =
    "^([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}\\.[0-9]{1,2}\\.[0-9]{4})$";
static const char whole_pattern[] = "^(0|[1-9][0-9]*)$";

struct schema {
    json_t *definitions; /* by the name of an entry */
    bool failed;         /* memory was missing: what is there has holes */
};

static void put(struct schema *self, json_t *json, const char *key, json_t *value)
{
    self->failed |= json_object_set_new(json, key, value) != 0;
}

static void add(struct schema *self, json_t *list, json_t *value)
{
    self->failed |= json_array_append_new(list, value) != 0;
}

/* third may be null. */
static void put_types(struct schema *self, json_t *json, const char *first, const char *second,
                      const char *third)
{
    put(self, json, "type",
        third != NULL ? json_pack("[sss]", first, second, third)
                      : json_pack("[ss]", first, second));
}

static json_t *words_json(struct schema *self, enum programme_words words)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < programme_words_count(words); i++) {
        const char *word = programme_words_get(words, i);
        if (word != NULL) {
            add(self, list, json_string(word));
        }
        if (word != NULL && strcmp(word, "true") == 0) {
            add(self, list, json_true());
        }
    }
    return list;
}

/* Lengths hold for strings alone, and bounds for numbers: so one schema says both. */
static void put_scalar(struct schema *self, json_t *json, const struct cyaml_schema_value *schema,
                       const struct programme_key *key)
{
    const char *pattern = text_pattern;
    assert(schema->type == (key->form == PROGRAMME_FORM_AGE ? CYAML_UINT : CYAML_STRING));
    switch (key->form) {
    case PROGRAMME_FORM_WORD:
        put(self, json, "enum", words_json(self, key->words));
        return;
    case PROGRAMME_FORM_AGE:
        put_types(self, json, "integer", "string", NULL);
        put(self, json, "minimum", json_integer(0));
        put(self, json, "maximum", json_integer(AGE_MAX));
        put(self, json, "pattern", json_string(whole_pattern));
        return;
    case PROGRAMME_FORM_DATE:
        put(self, json, "type", json_string("string"));
        put(self, json, "pattern", json_string(date_pattern));
        return;
    case PROGRAMME_FORM_FIGURE:
        put_types(self, json, "string", "number", NULL);
        put(self, json, "minimum", json_integer(0));
        break;
    case PROGRAMME_FORM_CODE:
        pattern = code_pattern;
        put_types(self, json, "string", "number", "boolean");
        break;
    case PROGRAMME_FORM_TEXT:
        put_types(self, json, "string", "number", "boolean");
        break;
    case PROGRAMME_FORM_NONE:
        assert(false);
    }
    put(self, json, "minLength", json_integer(schema->string.min));
    put(self, json, "maxLength", json_integer(schema->string.max));
    put(self, json, "pattern", json_string(pattern));
}

static void put_keys(struct schema *self, json_t *json, const struct cyaml_schema_value *schema,
                     const char *mapping);

static json_t *items_json(struct schema *self, const struct cyaml_schema_value *entry,
                          const struct programme_key *key)
{
    json_t *json = json_object();
    if (entry->type != CYAML_MAPPING) {
        put_scalar(self, json, entry, key);
        return json;
    }
    assert(key->entry != NULL);
    if (json_object_get(self->definitions, key->entry) == NULL) {
        json_t *definition = json_object();
        put_keys(self, definition, entry, key->entry);
        put(self, self->definitions, key->entry, definition);
    }
    put(self, json, "$ref", json_sprintf("#/$defs/%s", key->entry));
    return json;
}

static void put_list(struct schema *self, json_t *json, const struct cyaml_schema_value *schema,
                     const struct programme_key *key)
{
    put(self, json, "type", json_string("array"));
    put(self, json, "minItems", json_integer(schema->sequence.min));
    put(self, json, "maxItems", json_integer(schema->sequence.max));
    if (key->form == PROGRAMME_FORM_WORD) {
        put(self, json, "uniqueItems", json_true());
    }
    put(self, json, "items", items_json(self, schema->sequence.entry, key));
}

static json_t *value_json(struct schema *self, const struct cyaml_schema_value *schema,
                          const struct programme_key *key)
{
    json_t *json = json_object();
    put(self, json, "title", json_string(key->title));
    put(self, json, "description", json_string(key->text));
    if (schema->type == CYAML_MAPPING) {
        put_keys(self, json, schema, key->key);
    } else if (schema->type == CYAML_SEQUENCE) {
        put_list(self, json, schema, key);
    } else {
        put_scalar(self, json, schema, key);
    }
    return json;
}

static void put_keys(struct schema *self, json_t *json, const struct cyaml_schema_value *schema,
                     const char *mapping)
{
    json_t *keys = json_object();
    json_t *needed = json_array();
    for (const struct cyaml_schema_field *field = schema->mapping.fields; field->key != NULL;
         field++) {
        const struct programme_key *key = programme_keys_find(mapping, field->key);
        assert(key != NULL);
        put(self, keys, field->key, value_json(self, &field->value, key));
        if ((field->value.flags & CYAML_FLAG_OPTIONAL) == 0) {
            add(self, needed, json_string(field->key));
        }
    }
    put(self, json, "type", json_string("object"));
    put(self, json, "properties", keys);
    put(self, json, "required", needed);
    put(self, json, "additionalProperties", json_false());
}

/* If the count is this one, some keys are needed and others may not be there. */
static json_t *mode_json(struct schema *self, enum count_mode mode)
{
    json_t *then = json_object(), *keys = json_object(), *needed = json_array();
    enum programme_key_use use = PROGRAMME_KEY_MAY;
    const char *key;
    for (unsigned i = 0; (key = programme_derived_key(i, mode, &use)) != NULL; i++) {
        if (use == PROGRAMME_KEY_NOT) {
            put(self, keys, key, json_false());
        } else if (use == PROGRAMME_KEY_NEEDED) {
            add(self, needed, json_string(key));
        }
    }
    put(self, then, "properties", keys);
    put(self, then, "required", needed);
    return json_pack("{s:{s:{s:{s:s}},s:[s]},s:o}", "if", "properties", "count", "const",
                     count_mode_text(mode), "required", "count", "then", then);
}

static void put_modes(struct schema *self, json_t *indicator)
{
    json_t *all = json_array();
    for (enum count_mode mode = 0; mode < COUNT_MODE_COUNT; mode++) {
        add(self, all, mode_json(self, mode));
    }
    put(self, indicator, "allOf", all);
}

/* The indicators may all stand in what is included. */
static void put_sources(struct schema *self, json_t *json)
{
    json_t *either =
        json_pack("[{s:[s]},{s:[s]}]", "required", "indicators", "required", "include");
    put(self, json, "anyOf", either);
}

static json_t *schema_json(struct schema *self, enum programme_schema which)
{
    const bool own = which == PROGRAMME_SCHEMA_PROGRAMME;
    json_t *json = json_object();
    put(self, json, "$schema", json_string("https://json-schema.org/draft/2020-12/schema"));
    put(self, json, "title",
        json_string(own ? "Programme file of Ogniwo" : "Indicator file of Ogniwo"));
    put(self, json, "description",
        json_string(
            own ? "All that a programme counts: partners, tasks, words, indicators, targets."
                : "Vocabulary and indicators that programme files include."));
    put_keys(self, json, own ? &programme_text_schema : &programme_text_included_schema,
             own ? "programme" : "included");
    put_modes(self, json_object_get(self->definitions, "indicator"));
    if (own) {
        put_sources(self, json);
    }
    return json;
}

static int buffer_take(const char *data, size_t size, void *context)
{
    return buffer_add(context, bytes_of(data, size)) == ERR_OK ? 0 : -1;
}

enum err programme_schema_write(enum programme_schema which, struct buffer *out)
{
    struct schema self = {.definitions = json_object()};
    json_t *json = schema_json(&self, which);
    put(&self, json, "$defs", self.definitions);
    enum err err = self.failed ? ERR_MEMORY : ERR_OK;
    if (err == ERR_OK && json_dump_callback(json, buffer_take, out, JSON_INDENT(2)) != 0) {
        err = ERR_FULL;
    }
    json_decref(json);
    return err == ERR_OK ? buffer_add_text(out, "\n") : err;
}

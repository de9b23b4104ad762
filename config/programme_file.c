/* The happy path is: 1 the YAML is read by its schema; 2 codes, bands, indicators, targets and
 * views are built in this order, each from what stands before it; 3 the whole is given away.
 *
 * What may go wrong: whatever someone may write. Each fault names where it stands, what is wrong
 * and what to do; the first one ends the work. */
#include "config/programme_file.h"

#include <assert.h>

#include "config/build.h"
#include "config/document.h"
#include "config/programme_codes.h"
#include "config/programme_indicators.h"
#include "config/programme_targets.h"
#include "config/region_files.h"
#include "config/source.h"
#include "core/base/mem.h"

static enum err regions_build(struct build *build, struct bytes csv)
{
    struct config_fault fault = {0};
    const struct bytes table = csv.size > 0 ? csv : bytes_text(region_files_header);
    enum err err = region_files_parse(table, &build->programme->regions, &fault);
    if (err != ERR_OK) {
        const struct place whole = {0};
        return err == ERR_MEMORY ? err
               : fault.line > 0
                   ? BUILD_FAULT(build, whole, "region tables, line %u: %s", fault.line, fault.text)
                   : BUILD_FAULT(build, whole, "%s", fault.text);
    }
    for (uint32_t i = 0; i < regions_count(build->programme->regions) && err == ERR_OK; i++) {
        uint32_t unused;
        err = names_add(build->regions, regions_get(build->programme->regions, i)->code, &unused);
    }
    assert(err == ERR_OK || err == ERR_MEMORY);
    return err;
}

static enum err head_build(struct build *build)
{
    const struct programme_text *text = build->text;
    struct programme *programme = build->programme;
    enum err err =
        build_code(build, BUILD_PLACE(build, "programme"), text->programme, &programme->id);
    if (err == ERR_OK) {
        err = build_copy(build, text->title, &programme->title);
    }
    if (err == ERR_OK) {
        err = build_date(build, BUILD_PLACE(build, "starts_on"), text->starts_on,
                         &programme->starts_on);
    }
    if (err == ERR_OK) {
        err = build_date(build, BUILD_PLACE(build, "ends_on"), text->ends_on, &programme->ends_on);
    }
    if (err == ERR_OK && programme->starts_on > programme->ends_on) {
        return BUILD_FAULT(build, BUILD_PLACE(build, "ends_on"),
                           "the programme ends before it starts: exchange starts_on and ends_on");
    }
    return err;
}

static enum err lead_build(struct build *build)
{
    uint32_t number;
    const struct place place = BUILD_PLACE(build, "lead");
    const enum err err = build_number(build, place, CODES_PARTNER, build->text->lead, &number);
    if (err == ERR_OK) {
        build->programme->lead = build->programme->codes[CODES_PARTNER][number].id;
    }
    return err;
}

/* All that needs the register of indicators' ids. */
static enum err counts_build(struct build *build)
{
    struct names *ids;
    enum err err = names_new(INDICATORS_MAX, &ids);
    if (err != ERR_OK) {
        return err;
    }
    err = programme_indicators_build(build, ids);
    if (err == ERR_OK) {
        err = programme_targets_build(build, ids);
    }
    if (err == ERR_OK) {
        err = programme_targets_live(build, ids);
    }
    names_free(&ids);
    return err;
}

static enum err programme_build(struct build *build, struct bytes regions_csv)
{
    enum err err = head_build(build);
    if (err == ERR_OK) {
        err = regions_build(build, regions_csv);
    }
    if (err == ERR_OK) {
        err = programme_codes_build(build);
    }
    if (err == ERR_OK) {
        err = lead_build(build);
    }
    if (err == ERR_OK) {
        err = programme_codes_bands(build);
    }
    return err == ERR_OK ? counts_build(build) : err;
}

/* Enough for all that a file of this size can ask for: its costliest form is a list of one-letter
 * codes, two bytes each, that take 32 in memory. */
static size_t memory_bytes(size_t yaml_bytes)
{
    return 24 * yaml_bytes + VIEWS_MAX * sizeof(struct view) + sizeof(struct programme) + 4096;
}

static enum err sources_build(struct build *build, struct bytes yaml, struct bytes regions_csv,
                              struct programme **out)
{
    enum err err = names_new(REGIONS_MAX, &build->regions);
    if (err != ERR_OK) {
        return err;
    }
    err = programme_new(memory_bytes(yaml.size), &build->programme);
    if (err == ERR_OK) {
        err = programme_build(build, regions_csv);
    }
    if (err == ERR_OK) {
        *out = build->programme;
    } else {
        programme_free(&build->programme);
    }
    names_free(&build->regions);
    return err;
}

enum err programme_parse(struct bytes yaml, struct bytes regions_csv, struct programme **out,
                         struct config_fault *fault)
{
    struct programme_sources *sources = NULL;
    if (yaml.size > PROGRAMME_FILE_BYTES_MAX ||
        regions_csv.size > PROGRAMME_FILE_BYTES_MAX - yaml.size) {
        return place_fault(
            fault, (struct place){0},
            "the programme file and its regions have %zu bytes: %d are allowed, as they "
            "travel in one message; leave regions out that are not needed",
            yaml.size + regions_csv.size, PROGRAMME_FILE_BYTES_MAX);
    }
    enum err err = programme_sources_new(yaml, &sources, fault);
    if (err != ERR_OK) {
        return err;
    }
    struct build build = {
        .sources = sources, .text = programme_sources_text(sources), .fault = fault};
    err = sources_build(&build, yaml, regions_csv, out);
    if (err == ERR_CONFIG) {
        programme_sources_fault(sources, fault);
    }
    programme_sources_free(&sources);
    return err;
}

enum err programme_file_read(const char *path, struct buffer *yaml, struct buffer *regions,
                             struct config_fault *fault)
{
    struct document *document = NULL;
    yaml->bytes_max = yaml->bytes_max > 0 ? yaml->bytes_max : PROGRAMME_FILE_BYTES_MAX;
    regions->bytes_max = regions->bytes_max > 0 ? regions->bytes_max : PROGRAMME_FILE_BYTES_MAX;
    buffer_clear(yaml);
    buffer_clear(regions);
    enum err err = programme_sources_read(path, yaml, &document, fault);
    if (err != ERR_OK) {
        return err;
    }
    const struct programme_text *text = document_data(document);
    err =
        region_files_merge(path, document, text->regions.list, text->regions.count, regions, fault);
    document_free(&document);
    return err;
}

enum err programme_included_check(const char *path, struct config_fault *fault)
{
    struct document *document = NULL;
    struct buffer text = {.bytes_max = PROGRAMME_FILE_BYTES_MAX};
    enum err err = source_read(path, &text, fault);
    if (err == ERR_OK) {
        err = document_new(buffer_bytes(&text), &programme_text_included_schema, &document, fault);
    }
    document_free(&document);
    buffer_fini(&text);
    return err;
}

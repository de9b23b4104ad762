#include "tests/sim/office.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/date.h"
#include "core/model/reject.h"
#include "tests/sim/folder_fake.h"
#include "tests/sim/programme.h"

enum {
    LINE_BYTES = 8192,
    CONTENT_BYTES_MAX = 4 << 20,
    FAT_BYTES = 3500,
    STEP_BYTES = 256 * 1024,
    SLOW_MS = 6000,
    DAYS_ENROLLING = 50,
    DAYS_AFTER = 150
};

static const char header[] = "key;op;kind;occurred_on;task;region;person;person_scheme;sex;age;"
                             "status;support;activity;quantity;unit\n";

void office_init(struct office *self, uint32_t node)
{
    *self = (struct office){.node = node};
    chance_init(&self->chance, world.seed, 500 + node);
    snprintf(self->folder, sizeof self->folder, "folder-%u", node);
    self->deletes_enrolments = chance_below(&self->chance, 2) == 0;
    self->has_keyless = chance_below(&self->chance, 2) == 0;
    self->is_fat = chance_below(&self->chance, 12) == 0;
}

void office_fini(struct office *self)
{
    for (uint32_t i = 0; i < self->file_count; i++) {
        buffer_fini(&self->files[i].content);
    }
}

/* ---- people ---- */

struct office_person office_person_of(int shared)
{
    const struct date born = {
        .year = 1950 + shared * 2, .month = 1 + shared % 12, .day = 1 + shared};
    return (struct office_person){.born = date_days(born), .woman = shared % 2 == 0};
}

static void write_pesel(int shared, char out[16])
{
    static const int weights[] = {1, 3, 7, 9, 1, 3, 7, 9, 1, 3};
    const struct office_person person = office_person_of(shared);
    const struct date born = date_of(person.born);
    int sum = 0;
    snprintf(out, 16, "%02u%02u%02u%03u%u", (unsigned)born.year % 100, (unsigned)born.month % 100,
             (unsigned)born.day % 100, 100 + (unsigned)shared % 100, person.woman ? 2u : 3u);
    for (int i = 0; i < 10; i++) {
        sum += weights[i] * (out[i] - '0');
    }
    out[10] = (char)('0' + (10 - sum % 10) % 10);
    out[11] = '\0';
}

static void write_nip(int firm, char out[16])
{
    static const int weights[] = {6, 5, 7, 2, 3, 4, 5, 6, 7};
    for (int serial = 100 + firm * 10;; serial++) {
        int sum = 0;
        snprintf(out, 16, "526%06u", (unsigned)serial % 1000000);
        for (int i = 0; i < 9; i++) {
            sum += weights[i] * (out[i] - '0');
        }
        if (sum % 11 != 10) {
            out[9] = (char)('0' + sum % 11);
            out[10] = '\0';
            return;
        }
    }
}

void office_identifier(const struct office *self, const struct office_row *row, char out[16])
{
    (void)self;
    if (row->person == OFFICE_NOBODY) {
        out[0] = '\0';
    } else if (row->firm) {
        write_nip(row->person, out);
    } else if (row->person < OFFICE_SHARED) {
        write_pesel(row->person, out);
        if (row->flaw == FLAW_PESEL) {
            out[10] = out[10] == '9' ? '0' : (char)(out[10] + 1);
        }
    } else {
        snprintf(out, 16, "%d", row->person);
    }
}

/* ---- the books ---- */

static uint32_t draw(struct office *self, uint32_t limit)
{
    return chance_below(&self->chance, limit);
}

/* A number of a list, or none. */
static int draw_code(struct office *self, uint32_t count)
{
    return (int)draw(self, count + 1) - 1;
}

/* People enrol before they do anything else; activities may lie before that. */
static int32_t draw_day(struct office *self, enum event_kind kind)
{
    const int32_t last = WORLD_EPOCH_DAY - 1;
    return kind == EVENT_ENROLLED   ? last - DAYS_AFTER - (int32_t)draw(self, DAYS_ENROLLING)
           : kind == EVENT_ACTIVITY ? last - (int32_t)draw(self, DAYS_AFTER + DAYS_ENROLLING)
                                    : last - (int32_t)draw(self, DAYS_AFTER);
}

static void fill_person(struct office *self, struct office_row *row)
{
    do {
        row->person = (int)draw(self, OFFICE_SHARED + OFFICE_OWN);
    } while (self->gone[row->person]);
    row->firm = false;
}

static void fill_activity(struct office *self, struct office_row *row)
{
    const uint32_t who = draw(self, 4);
    row->activity = (int)draw(self, PROGRAMME_ACTIVITIES);
    row->status = -1;
    if (who == 0) {
        row->person = (int)draw(self, OFFICE_FIRMS);
        row->firm = true;
    } else if (who == 1) {
        fill_person(self, row);
    } else {
        row->person = OFFICE_NOBODY;
    }
}

/* Everything of a row but its kind, and of an enrolment its person. */
static void fill_row(struct office *self, struct office_row *row)
{
    row->day = draw_day(self, row->kind);
    row->task = draw_code(self, PROGRAMME_TASKS);
    row->region = draw_code(self, PROGRAMME_REGIONS);
    row->status = draw(self, 4) == 0 ? (int)draw(self, PROGRAMME_STATUSES) : -1;
    row->support = row->kind == EVENT_ACTIVITY ? -1 : draw_code(self, PROGRAMME_SUPPORTS);
    row->activity = -1;
    row->hundredths = draw(self, 2) == 0 ? 25 * (1 + draw(self, 400)) : 0;
    row->flaw = draw(self, 8) == 0 ? (enum flaw)(1 + draw(self, FLAW_COUNT - 1)) : FLAW_NONE;
    if (row->flaw == FLAW_FUTURE) {
        row->day = WORLD_EPOCH_DAY + 5 + (int32_t)draw(self, 6);
    }
    if (row->kind == EVENT_ENROLLED) {
        row->region = (int)draw(self, PROGRAMME_REGIONS);
        row->status = (int)draw(self, PROGRAMME_STATUSES);
    } else if (row->kind == EVENT_ACTIVITY) {
        fill_activity(self, row);
    } else {
        fill_person(self, row);
    }
    if (row->flaw == FLAW_PESEL &&
        (row->firm || row->person == OFFICE_NOBODY || row->person >= OFFICE_SHARED)) {
        row->flaw = FLAW_NONE;
    }
    if (row->flaw == FLAW_ORDER && row->kind != EVENT_STARTED && row->kind != EVENT_COMPLETED) {
        row->flaw = FLAW_NONE;
    } else if (row->flaw == FLAW_ORDER) {
        row->day -= DAYS_ENROLLING + DAYS_AFTER;
    }
}

static void add_row(struct office *self)
{
    static const enum event_kind kinds[] = {EVENT_STARTED, EVENT_STARTED, EVENT_COMPLETED,
                                            EVENT_ACTIVITY, EVENT_ACTIVITY};
    if (self->row_count == OFFICE_ROWS_MAX) {
        return;
    }
    struct office_row *row = &self->rows[self->row_count];
    *row = (struct office_row){.there = true, .changed = true, .kind = EVENT_ENROLLED};
    fill_person(self, row);
    if (self->enrolments[row->person] != 0 || draw(self, 3) != 0) {
        row->kind = kinds[draw(self, sizeof kinds / sizeof kinds[0])];
    } else {
        self->enrolments[row->person] = (int)self->row_count + 1;
    }
    fill_row(self, row);
    row->keyless = self->has_keyless && row->kind == EVENT_ACTIVITY && draw(self, 3) == 0;
    if (row->keyless && row->flaw == FLAW_PESEL) {
        row->flaw = FLAW_NONE;
    }
    self->row_count++;
}

/* The same thing happened twice: both rows are in the books, and alike. */
static void repeat_row(struct office *self, const struct office_row *row)
{
    if (row->keyless && self->row_count < OFFICE_ROWS_MAX) {
        self->rows[self->row_count] = *row;
        self->rows[self->row_count].changed = true;
        self->rows[self->row_count].dropped = false;
        self->row_count++;
    }
}

static void change_row(struct office *self, struct office_row *row)
{
    const bool enrols = row->kind == EVENT_ENROLLED;
    if (row->keyless) {
        repeat_row(self, row);
        return;
    }
    if (enrols && !row->there) {
        return;
    }
    row->there = true;
    fill_row(self, row);
    row->changed = true;
}

static void strike(struct office_row *row)
{
    world_mark(MARK_ROW_DELETED);
    row->there = false;
    row->changed = row->dropped;
}

/* Who is taken out of the programme goes with all rows: what they had inherited cannot be asked
 * back, because a node forgets the birth date. */
static void take_out(struct office *self, int person)
{
    for (uint32_t i = 0; i < self->row_count; i++) {
        struct office_row *row = &self->rows[i];
        if (row->there && !row->firm && row->person == person) {
            strike(row);
        }
    }
    self->enrolments[person] = 0;
    self->gone[person] = true;
    self->gone_count++;
    world_mark(MARK_ENROLMENT_DELETED);
}

/* Rows without a key cannot be deleted, so who has one stays. */
static bool may_be_taken_out(const struct office *self, int person)
{
    for (uint32_t i = 0; i < self->row_count; i++) {
        const struct office_row *row = &self->rows[i];
        if (row->keyless && !row->firm && row->person == person) {
            return false;
        }
    }
    return self->deletes_enrolments && self->gone_count < OFFICE_GONE_MAX;
}

static void delete_row(struct office *self, struct office_row *row)
{
    if (row->keyless || !row->there) {
        return;
    }
    if (row->kind != EVENT_ENROLLED) {
        strike(row);
    } else if (may_be_taken_out(self, row->person)) {
        take_out(self, row->person);
    }
}

void office_work(struct office *self)
{
    for (uint32_t count = 1 + draw(self, 12); count > 0; count--) {
        const uint32_t what = self->row_count == 0 ? 0 : draw(self, 10);
        struct office_row *row = &self->rows[draw(self, self->row_count + 1)];
        if (what < 6 || row == &self->rows[self->row_count]) {
            add_row(self);
        } else if (what < 9) {
            change_row(self, row);
        } else {
            delete_row(self, row);
        }
    }
}

/* ---- files ---- */

static const char *code_text(const char *const *codes, int number)
{
    return number < 0 ? "" : codes[number];
}

static void write_date(struct office *self, int32_t day, char out[DATE_TEXT_BYTES])
{
    const struct date date = date_of(day);
    if (draw(self, 2) == 0) {
        date_format(day, out);
    } else {
        snprintf(out, DATE_TEXT_BYTES, "%02u.%02u.%04u", (unsigned)date.day % 100,
                 (unsigned)date.month % 100, (unsigned)date.year % 10000);
    }
}

static void write_quantity(struct office *self, const struct office_row *row, char out[24])
{
    out[0] = '\0';
    if (row->hundredths > 0) {
        snprintf(out, 24, "%u%c%02u", row->hundredths / 100, draw(self, 2) == 0 ? '.' : ',',
                 row->hundredths % 100);
    }
}

static const char *scheme_text(const struct office_row *row)
{
    return row->person == OFFICE_NOBODY  ? ""
           : row->firm                   ? "nip"
           : row->person < OFFICE_SHARED ? "pesel"
                                         : "local";
}

/* One line. Own people tell their sex and age when they enrol; the others' PESEL does. */
static void write_line(struct office *self, uint32_t number, char *out)
{
    const struct office_row *row = &self->rows[number];
    char key[8] = "", day[DATE_TEXT_BYTES] = "", identifier[16], quantity[24];
    const bool tells = row->kind == EVENT_ENROLLED && row->person >= OFFICE_SHARED;
    const int pad = self->is_fat ? FAT_BYTES : 0;
    if (!row->keyless) {
        snprintf(key, sizeof key, "r%u", number % 1000);
    }
    if (!row->there) {
        snprintf(out, LINE_BYTES, "%s;delete;;;;;;;;;;;;;\n", key);
        return;
    }
    write_date(self, row->day, day);
    office_identifier(self, row, identifier);
    write_quantity(self, row, quantity);
    snprintf(out, LINE_BYTES, "%s;;%s;%s;%s;%s;%s;%s;%s;%s;%s;%s;%s;%s;%s%*s\n", key,
             event_kind_text(row->kind), day,
             row->flaw == FLAW_TASK ? "T9" : code_text(programme_tasks, row->task),
             code_text(programme_region_codes, row->region), identifier, scheme_text(row),
             tells ? (row->person % 2 == 0 ? "K" : "M") : "", tells ? "41" : "",
             code_text(programme_statuses, row->status),
             code_text(programme_supports, row->support),
             code_text(programme_activities, row->activity), quantity,
             row->hundredths > 0 ? "h" : "", pad, "");
}

static void add_line(struct office *self, struct office_file *file, uint32_t row)
{
    char line[LINE_BYTES];
    if (file->line_count == OFFICE_LINES_MAX) {
        return;
    }
    write_line(self, row, line);
    const enum err err = buffer_add_text(&file->content, line);
    assert(err == ERR_OK);
    file->rows[file->line_count++] = (int16_t)row;
}

/* Rows without a key are told apart by how often their content came before in the file: so alike
 * ones are always dropped together. */
static bool alike(const struct office_row *a, const struct office_row *b)
{
    return a->keyless && b->keyless && a->there && b->there && a->kind == b->kind &&
           a->day == b->day && a->task == b->task && a->region == b->region &&
           a->status == b->status && a->activity == b->activity && a->person == b->person &&
           a->firm == b->firm && a->hundredths == b->hundredths && a->flaw == b->flaw;
}

static void choose_alike(const struct office *self, bool chosen[OFFICE_ROWS_MAX])
{
    for (uint32_t i = 0; i < self->row_count; i++) {
        for (uint32_t k = 0; chosen[i] && self->rows[i].keyless && k < self->row_count; k++) {
            chosen[k] = chosen[k] || alike(&self->rows[i], &self->rows[k]);
        }
    }
}

static struct office_file *file_new(struct office *self)
{
    assert(self->file_count < OFFICE_FILES_MAX);
    struct office_file *file = &self->files[self->file_count++];
    *file = (struct office_file){.content = {.bytes_max = CONTENT_BYTES_MAX}};
    snprintf(file->name, sizeof file->name, "%03u.csv", self->file_count % 1000);
    const enum err err = buffer_add_text(&file->content, header);
    assert(err == ERR_OK);
    return file;
}

/* The first part of a content, up to the end of a line. */
static struct bytes first_part(struct bytes content)
{
    size_t size = content.size / 2;
    while (size < content.size && content.data[size - 1] != '\n') {
        size++;
    }
    return bytes_of(content.data, size);
}

static void tell_lines(const struct office_file *file)
{
    const struct bytes content = buffer_bytes(&file->content);
    size_t at = sizeof header - 1;
    for (uint32_t i = 0; world.verbose && i < file->line_count; i++) {
        const uint8_t *end = memchr(content.data + at, '\n', content.size - at);
        const size_t size = end != NULL ? (size_t)(end - content.data) - at : content.size - at;
        world_say("  line %u, row %d: %.*s", i + 2, file->rows[i], size < 100 ? (int)size : 100,
                  (const char *)content.data + at);
        at += size + 1;
    }
}

static void drop(struct office *self, struct office_file *file, bool maybe_slow)
{
    const struct bytes content = buffer_bytes(&file->content);
    world_say("office %u drops %s, %u rows", self->node, file->name, file->line_count);
    tell_lines(file);
    if (maybe_slow && world.faulty && chance_happens(&self->chance, world.faults.folder_ppm)) {
        self->writing_until_ms = world.now_ms + 1 + draw(self, SLOW_MS);
        file->slow = true;
        folder_fake_drop(self->folder, file->name, first_part(content));
    } else {
        folder_fake_drop(self->folder, file->name, content);
    }
}

void office_go_on(struct office *self)
{
    const struct office_file *file = &self->files[self->file_count - 1];
    self->writing_until_ms = 0;
    folder_fake_drop(self->folder, file->name, buffer_bytes(&file->content));
}

static void add_lines(struct office *self, struct office_file *file,
                      const bool chosen[OFFICE_ROWS_MAX])
{
    for (uint32_t i = 0; i < self->row_count; i++) {
        if (chosen[i]) {
            add_line(self, file, i);
            self->rows[i].changed = false;
            self->rows[i].dropped = true;
        }
    }
}

static void drop_rows(struct office *self, bool whole)
{
    struct office_file *file = file_new(self);
    bool chosen[OFFICE_ROWS_MAX] = {false};
    for (uint32_t i = 0; i < self->row_count; i++) {
        struct office_row *row = &self->rows[i];
        chosen[i] = row->changed || row->named || (whole && row->there);
        if (row->named) {
            world_mark(MARK_REFUSED_ROW_SENT_AGAIN);
            row->named = false;
        }
    }
    choose_alike(self, chosen);
    add_lines(self, file, chosen);
    drop(self, file, true);
}

/* A clerk's slips: a line twice, alike or not. */
static void slip(struct office *self, struct office_file *file)
{
    if (file->line_count == 0 || draw(self, 4) != 0) {
        return;
    }
    const uint32_t number = (uint32_t)file->rows[draw(self, file->line_count)];
    struct office_row *row = &self->rows[number];
    if (row->keyless || !row->there) {
        return;
    }
    const struct office_row kept = *row;
    if (draw(self, 2) == 0) {
        row->hundredths += 100;
    }
    add_line(self, file, number);
    *row = kept;
}

static void drop_again(struct office *self)
{
    const struct office_file *old = &self->files[draw(self, self->file_count)];
    struct office_file *file = file_new(self);
    buffer_clear(&file->content);
    const enum err err = buffer_add(&file->content, buffer_bytes(&old->content));
    assert(err == ERR_OK);
    file->line_count = old->line_count;
    memcpy(file->rows, old->rows, sizeof file->rows);
    for (uint32_t i = 0; i < file->line_count; i++) {
        struct office_row *row = &self->rows[file->rows[i]];
        /* A row that the lead may not have is new to it, whatever became of it in the books. */
        row->changed = row->changed || row->doubtful || !row->there;
    }
    world_mark(MARK_FILE_AGAIN);
    /* At once: a first part of it would be a new file with old rows. */
    drop(self, file, false);
}

void office_drop_something(struct office *self)
{
    const uint32_t what = draw(self, 8);
    /* Files are read in the order of their names once they rest: after one that took its time, the
     * clerk waits until it has been taken. */
    const bool waits = self->file_count > 0 && self->files[self->file_count - 1].slow &&
                       folder_fake_waiting(self->folder) > 0;
    if (self->file_count > OFFICE_FILES_MAX - 24 || self->writing_until_ms != 0 || waits) {
        return;
    }
    if (what == 0 && self->file_count > 0) {
        drop_again(self);
        return;
    }
    struct office_file *file = file_new(self);
    bool chosen[OFFICE_ROWS_MAX] = {false};
    for (uint32_t i = 0; i < self->row_count; i++) {
        const struct office_row *row = &self->rows[i];
        chosen[i] = row->changed ? draw(self, 4) != 0 : what == 1 && row->there;
    }
    choose_alike(self, chosen);
    add_lines(self, file, chosen);
    slip(self, file);
    drop(self, file, true);
}

/* What a clerk can put right. */
static void mend(struct office_row *row)
{
    if (row->flaw == FLAW_FUTURE) {
        row->day = WORLD_EPOCH_DAY - 3 - (row->kind == EVENT_ENROLLED ? DAYS_AFTER : 0);
    }
    if (row->flaw == FLAW_ORDER) {
        row->day += DAYS_ENROLLING + DAYS_AFTER;
    }
    if (row->support == 1 && row->day > PROGRAMME_CLOSED_DAY) {
        row->support = 0;
    }
    row->flaw = FLAW_NONE;
}

/* An enrolment may be refused for what others of the person's rows say. */
static void mend_order(struct office *self, const struct office_row *enrolment)
{
    for (uint32_t i = 0; i < self->row_count; i++) {
        struct office_row *row = &self->rows[i];
        if (row->flaw == FLAW_ORDER && row->there && row->person == enrolment->person) {
            mend(row);
            row->changed = true;
        }
    }
}

bool office_drop_outstanding(struct office *self, bool whole)
{
    bool any = whole;
    for (uint32_t i = 0; i < self->row_count; i++) {
        struct office_row *row = &self->rows[i];
        if (row->named && row->there) {
            mend(row);
        }
        if (row->named && row->there && row->kind == EVENT_ENROLLED) {
            mend_order(self, row);
        }
        any = any || row->changed || row->named;
    }
    if (any) {
        drop_rows(self, whole);
    }
    return any;
}

/* ---- reports ---- */

static struct office_file *file_named(struct office *self, const char *name)
{
    for (uint32_t i = 0; i < self->file_count; i++) {
        if (strcmp(self->files[i].name, name) == 0) {
            return &self->files[i];
        }
    }
    world_fail("a report of node %u names a file that was not dropped: %s", self->node, name);
}

void office_report_missing(struct office *self, const char *name)
{
    const struct office_file *file = file_named(self, name);
    for (uint32_t i = 0; i < file->line_count; i++) {
        self->rows[file->rows[i]].named = true;
        self->rows[file->rows[i]].doubtful = true;
    }
}

static uint64_t number_of(const json_t *json, const char *name)
{
    return (uint64_t)json_integer_value(json_object_get(json, name));
}

/* A row that cannot be deleted because the lead never had it is as the books want it; and a key
 * that stands twice was taken in its first form. */
static bool is_settled(const struct office_row *row, enum reject code)
{
    return (code == REJECT_DELETE_UNKNOWN && !row->there) || code == REJECT_KEY_TWICE;
}

static void note_fault(struct office *self, const struct office_file *file, const json_t *fault)
{
    const uint64_t line = number_of(fault, "line");
    const enum reject code = (enum reject)number_of(fault, "number");
    const bool by_lead = json_is_true(json_object_get(fault, "by_lead"));
    world_mark(by_lead ? MARK_ROW_REFUSED_BY_LEAD : MARK_ROW_REFUSED_BY_NODE);
    struct office_row *row = &self->rows[file->rows[line - 2]];
    if (code == REJECT_DATE_BEFORE_ENROLMENT || code == REJECT_DATE_AFTER_ROWS) {
        world_mark(code == REJECT_DATE_AFTER_ROWS ? MARK_ENROLMENT_AFTER_ROWS
                                                  : MARK_ROW_BEFORE_ENROLMENT);
    }
    if (!is_settled(row, code)) {
        world_say("office %u: row %d named by %s line %" PRIu64 ": %s%s", self->node,
                  file->rows[line - 2], file->name, line, reject_name(code),
                  by_lead ? " (lead)" : "");
        row->named = row->doubtful = true;
    }
}

static void check_sum(const struct office *self, const struct office_file *file,
                      const json_t *report)
{
    const uint64_t read = number_of(report, "rows_read");
    const uint64_t sum = number_of(report, "accepted") + number_of(report, "corrected") +
                         number_of(report, "known") + number_of(report, "rejected");
    const uint64_t faults = json_array_size(json_object_get(report, "rejects"));
    const bool whole = file->slow ? read <= file->line_count : read == file->line_count;
    if (file->content.size > STEP_BYTES) {
        world_mark(MARK_FILE_IN_STEPS);
    }
    if (!whole || read != sum || number_of(report, "rejected") != faults) {
        char *text = json_dumps(report, JSON_COMPACT);
        world_fail("P4: the report of %s (%u rows) at node %u does not add up: %s", file->name,
                   file->line_count, self->node, text);
    }
}

/* Faults are listed by line: what the lead refuses later comes in between. */
static void note_faults(struct office *self, const struct office_file *file, const json_t *faults,
                        struct office_report *seen)
{
    uint8_t counts[2 + OFFICE_LINES_MAX] = {0};
    for (size_t i = 0; i < json_array_size(faults); i++) {
        const json_t *fault = json_array_get(faults, i);
        const uint64_t line = number_of(fault, "line");
        if (line < 2 || line - 2 >= file->line_count) {
            world_fail("node %u names line %" PRIu64 " of %s, which has %u rows", self->node, line,
                       file->name, file->line_count);
        }
        if (++counts[line] > seen->faults[line]) {
            seen->faults[line] = counts[line];
            note_fault(self, file, fault);
        }
    }
}

void office_read_report(struct office *self, const json_t *report)
{
    const struct office_file *file =
        file_named(self, json_string_value(json_object_get(report, "file")));
    const json_t *faults = json_object_get(report, "rejects");
    const uint64_t number = number_of(report, "number");
    const uint64_t imported_at_ms = number_of(report, "imported_at_ms");
    check_sum(self, file, report);
    assert(number < OFFICE_FILES_MAX);
    struct office_report *seen = &self->reports[number];
    if (seen->imported_at_ms != imported_at_ms) {
        *seen = (struct office_report){.imported_at_ms = imported_at_ms};
        world_mark(number_of(report, "corrected") > 0 ? MARK_ROW_CORRECTED : MARK_FILE_READ);
    }
    if (number_of(report, "changed_later") > 0) {
        world_mark(MARK_FILE_CHANGED_LATER);
    }
    note_faults(self, file, faults, seen);
}

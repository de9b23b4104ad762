/* The happy path of a row: 1. its key and the digest of its content; 2. what is known of it; 3. the
 * rules of admission; 4. its person's number and stay, whose days may still refuse it; 5. the
 * event, with what it inherits from the enrolment; 6. an assertion, or a correction of what was
 * sent; 7. if it is the enrolment itself, corrections of the rows that inherited from it.
 *
 * What may go wrong: a row is refused before anything of it is written. An error of the store ends
 * the transaction. */
#include "nodes/registry.h"

#include <assert.h>
#include <string.h>

#include "core/admission/admission.h"
#include "core/base/mem.h"
#include "core/base/table.h"
#include "nodes/seek.h"
#include "nodes/stays.h"
#include "proto/keys.h"
#include "proto/sealing.h"

enum { ROWS_A_FILE_MAX = 1 << 26, SCRATCH_BYTES = 4 << 20 };

/* A row seen in the file in hand. */
struct seen {
    uint8_t content[ROW_CONTENT_BYTES];
    uint32_t line, reserved;
};

struct registry {
    struct registry_options options;
    struct registry_file file;
    struct table *seen;        /* row key -> struct seen */
    struct table *occurrences; /* content -> how many rows of the file have it */
    struct columns_builder *builder;
    struct stays stays;
    struct arena *arena; /* of the row in hand */
    struct arena *other; /* of another row of its person */
    struct arena *old;   /* of the event that is withdrawn */
    struct buffer packed;
};

/* A row on its way through. */
struct row {
    const struct mapping_draft *draft;
    uint32_t line;
    uint8_t key[ROW_KEY_BYTES];
    uint8_t content[ROW_CONTENT_BYTES];
    uint16_t own;
    struct row_record record;
    struct event event;
    uint32_t person;
    struct stay_record stay;
    bool enrols;   /* it is the enrolment of its stay */
    bool newcomer; /* its person had no row here before */
};

enum err registry_new(const struct registry_options *options, struct registry **out)
{
    struct registry *self = mem_calloc(1, sizeof *self);
    const struct table_options seen = {.key_bytes = ROW_KEY_BYTES,
                                       .value_bytes = sizeof(struct seen),
                                       .count_max = ROWS_A_FILE_MAX};
    const struct table_options occurrences = {
        .key_bytes = ROW_CONTENT_BYTES, .value_bytes = 4, .count_max = ROWS_A_FILE_MAX};
    if (self == NULL) {
        return ERR_MEMORY;
    }
    self->options = *options;
    self->packed.bytes_max = UINT16_MAX;
    if (table_new(&seen, &self->seen) != ERR_OK ||
        table_new(&occurrences, &self->occurrences) != ERR_OK ||
        columns_builder_new(&self->builder) != ERR_OK ||
        arena_new(SCRATCH_BYTES, &self->arena) != ERR_OK ||
        arena_new(SCRATCH_BYTES, &self->other) != ERR_OK ||
        arena_new(SCRATCH_BYTES, &self->old) != ERR_OK) {
        registry_free(&self);
        return ERR_MEMORY;
    }
    self->stays = (struct stays){.records = options->records, .arena = self->other};
    *out = self;
    return ERR_OK;
}

void registry_free(struct registry **self)
{
    if (*self != NULL) {
        table_free(&(*self)->seen);
        table_free(&(*self)->occurrences);
        columns_builder_free(&(*self)->builder);
        arena_free(&(*self)->arena);
        arena_free(&(*self)->other);
        arena_free(&(*self)->old);
        buffer_fini(&(*self)->packed);
        mem_free(*self);
    }
    *self = NULL;
}

enum err registry_begin(struct registry *self, const struct registry_file *file)
{
    self->file = *file;
    table_clear(self->seen);
    table_clear(self->occurrences);
    return ERR_OK;
}

/* ---- who the row is ---- */

static void add_part(struct seal_stream *stream, struct bytes part)
{
    uint8_t size[4];
    bytes_put32(size, (uint32_t)part.size);
    sealing_stream_add(stream, bytes_of(size, sizeof size));
    sealing_stream_add(stream, part);
}

/* A digest of what the office wrote, under the node's own secret: it names the content and tells
 * nothing of it. */
static void digest_content(const struct registry *self, const struct mapping_draft *draft,
                           uint8_t out[ROW_CONTENT_BYTES])
{
    const struct event *event = &draft->event;
    const struct event_profile *profile = &event->profile;
    uint8_t numbers[32] = {0}, digest[DIGEST_BYTES];
    struct seal_stream stream;
    numbers[0] = (uint8_t)event->kind;
    numbers[1] = draft->has_identity ? 1 : 0;
    numbers[2] = (uint8_t)profile->sex;
    numbers[3] = draft->op == DRAFT_DELETE ? 1 : 0;
    bytes_put32(numbers + 4, (uint32_t)event->occurred_on);
    bytes_put64(numbers + 8, (uint64_t)event->quantity);
    bytes_put32(numbers + 16, draft->gave_age ? (uint32_t)profile->age : UINT32_MAX);
    sealing_stream_begin(&stream, SEAL_ROW);
    sealing_stream_add(&stream, bytes_of(self->options.join->row_key, KEY_BYTES));
    sealing_stream_add(&stream, bytes_of(numbers, sizeof numbers));
    const struct bytes parts[] = {
        event->task,
        event->region,
        event->support,
        event->outcome,
        event->activity,
        event->unit,
        profile->education,
        profile->status,
        bytes_text(draft->has_identity ? draft->identity.scheme_text : ""),
        bytes_text(draft->has_identity ? draft->identity.text : "")};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        add_part(&stream, parts[i]);
    }
    for (uint32_t i = 0; i < profile->flag_count; i++) {
        add_part(&stream, profile->flags[i]);
    }
    sealing_stream_end(&stream, digest);
    memcpy(out, digest, ROW_CONTENT_BYTES);
}

/* The row's key: of the office's own key, or of the content and how often it came before. */
static enum err name_row(struct registry *self, struct row *row)
{
    uint8_t name[1 + ROW_CONTENT_BYTES + 4] = {'r'};
    uint8_t keyed[1 + CODE_BYTES_MAX] = {'k'};
    const struct bytes key = row->draft->key;
    struct bytes what = bytes_of(name, sizeof name);
    digest_content(self, row->draft, row->content);
    if (key.size > 0) {
        assert(key.size <= CODE_BYTES_MAX);
        memcpy(keyed + 1, key.data, key.size);
        what = bytes_of(keyed, 1 + key.size);
    } else {
        bool fresh;
        uint32_t *count = table_put(self->occurrences, row->content, &fresh);
        if (count == NULL) {
            return ERR_MEMORY;
        }
        memcpy(name + 1, row->content, ROW_CONTENT_BYTES);
        bytes_put32(name + 1 + ROW_CONTENT_BYTES, (*count)++);
    }
    keys_row(self->options.join->row_key, self->file.programme->id, what, row->key);
    return ERR_OK;
}

/* Whether the key stood in this file before, and with which content. */
static enum err check_twice(struct registry *self, const struct row *row, bool *again,
                            enum reject *fault)
{
    bool fresh;
    struct seen *seen = table_put(self->seen, row->key, &fresh);
    *again = false;
    if (seen == NULL) {
        return ERR_MEMORY;
    }
    if (fresh) {
        memcpy(seen->content, row->content, ROW_CONTENT_BYTES);
        seen->line = row->line;
    } else if (memcmp(seen->content, row->content, ROW_CONTENT_BYTES) == 0) {
        *again = true;
    } else {
        *fault = REJECT_KEY_TWICE;
    }
    return ERR_OK;
}

/* ---- what the event is ---- */

/* The rules that the broker will run again, over this one event. */
static enum err admit(struct registry *self, const struct row *row, enum reject *fault)
{
    struct columns columns;
    uint16_t verdict = 0;
    struct event event = row->draft->event;
    event.person = row->draft->has_identity ? 1 : 0;
    event.entity = row->draft->has_identity && row->draft->identity.entity;
    event.participation = event.person;
    columns_builder_reset(self->builder);
    const enum err err = columns_builder_add(self->builder, &event);
    if (err != ERR_OK) {
        *fault = REJECT_ENCODING;
        return err == ERR_RANGE ? ERR_OK : err;
    }
    columns_builder_finish(self->builder, &columns);
    const struct admission_options options = {.programme = self->file.programme,
                                              .partner = bytes_text(self->options.join->partner),
                                              .today = self->file.today,
                                              .first_seq = 1,
                                              .person_last = 1,
                                              .own_profile = true};
    admission_check(&options, &columns, NULL, &verdict);
    *fault = (enum reject)verdict;
    return ERR_OK;
}

static uint16_t own_parts(const struct mapping_draft *draft)
{
    const struct event_profile *profile = &draft->event.profile;
    return (uint16_t)((draft->gave_sex ? OWN_SEX : 0) | (draft->gave_age ? OWN_AGE : 0) |
                      (profile->education.size > 0 ? OWN_EDUCATION : 0) |
                      (profile->status.size > 0 ? OWN_STATUS : 0) |
                      (profile->flag_count > 0 ? OWN_FLAGS : 0) |
                      (draft->event.region.size > 0 ? OWN_REGION : 0));
}

static const struct row_version *current(const struct row_record *record)
{
    return record->count > 0 ? &record->versions[record->count - 1] : NULL;
}

/* Finds the stay that the row belongs to; an enrolment after the person left begins the next. */
static void place_in_stay(struct row *row)
{
    struct stay_record *stay = &row->stay;
    const bool enrolment = row->event.kind == EVENT_ENROLLED;
    const bool entry = stay->has_enrolment && memcmp(stay->row, row->key, ROW_KEY_BYTES) == 0;
    if (stay->ordinal == 0) {
        stay->ordinal = 1;
    } else if (enrolment && stay->has_enrolment && !entry && stay->left &&
               row->event.occurred_on >= stay->left_on) {
        *stay = (struct stay_record){.ordinal = stay->ordinal + 1};
    }
    row->enrols = enrolment && (entry || !stay->has_enrolment);
    stay->has_enrolment = stay->has_enrolment && (enrolment || !entry);
    row->event.participation = stay->ordinal;
    row->event.window = stays_window(&row->event, stay);
}

/* An enrolment says all of its person itself; other rows take what is missing from *from, where
 * there is one. */
static void describe(struct row *row, const struct event *from)
{
    if (row->event.entity) {
        return;
    }
    if (row->event.kind == EVENT_ENROLLED) {
        row->own = OWN_ALL;
        row->event.has_profile = true;
    } else if (from != NULL && from->has_profile) {
        stays_inherit(&row->event, row->own, from);
    }
}

/* Puts the row into a stay that is over, with that stay's profile. */
static enum err put_in_older(struct registry *self, struct row *row, uint32_t ordinal,
                             const struct event *from)
{
    struct stay_record stay = {.ordinal = ordinal};
    const enum err err = stays_leaving(&self->stays, row->person, row->key, &stay);
    row->event.participation = ordinal;
    row->event.window = stays_window(&row->event, &stay);
    describe(row, from);
    return err;
}

/* A row of a stay that is over stays in it, with the profile it had. */
static enum err keep_older_stay(struct registry *self, struct row *row, bool *older)
{
    const struct row_version *last = current(&row->record);
    struct event old;
    *older = false;
    if (last == NULL || last->event.size == 0) {
        return ERR_OK;
    }
    const enum err err = packer_unpack(last->event, self->arena, &old);
    *older = err == ERR_OK && old.person == row->person && old.participation < row->stay.ordinal;
    return *older ? put_in_older(self, row, old.participation, &old) : err;
}

/* A row dated before the latest enrolment belongs to an earlier stay, or is wrong. */
static enum err find_older_stay(struct registry *self, struct row *row, bool *older,
                                enum reject *fault)
{
    const struct stay_record *stay = &row->stay;
    struct event enrolment;
    *older = false;
    if (!stays_bound(&row->event) || !stay->has_enrolment ||
        memcmp(stay->row, row->key, ROW_KEY_BYTES) == 0) {
        return ERR_OK;
    }
    enum err err = packer_unpack(stay->event, self->arena, &enrolment);
    if (err != ERR_OK || row->event.occurred_on >= enrolment.occurred_on) {
        return err;
    }
    uint32_t ordinal = stay->ordinal;
    err = stays_earlier(&self->stays, row->person, row->event.occurred_on, &ordinal, self->arena,
                        &enrolment);
    if (err == ERR_NOT_FOUND) {
        *fault = REJECT_DATE_BEFORE_ENROLMENT;
        return ERR_OK;
    }
    *older = err == ERR_OK;
    return *older ? put_in_older(self, row, ordinal, &enrolment) : err;
}

/* An enrolment lies before all that its person does in the stay. */
static enum err check_enrolment(struct registry *self, const struct row *row, enum reject *fault)
{
    int32_t earliest = INT32_MAX;
    const enum err err =
        stays_earliest(&self->stays, row->person, row->stay.ordinal, row->key, &earliest);
    *fault = row->event.occurred_on > earliest ? REJECT_DATE_AFTER_ROWS : REJECT_NONE;
    return err;
}

/* Finds the row's stay and what it inherits there. */
static enum err join_stay(struct registry *self, struct row *row, enum reject *fault)
{
    struct event enrolment;
    bool older = false;
    enum err err = keep_older_stay(self, row, &older);
    if (err == ERR_OK && !older) {
        err = find_older_stay(self, row, &older, fault);
    }
    if (err != ERR_OK || older || *fault != REJECT_NONE) {
        return err;
    }
    row->newcomer = row->stay.ordinal == 0;
    place_in_stay(row);
    if (row->enrols && !row->event.entity && !row->newcomer) {
        err = check_enrolment(self, row, fault);
    }
    const bool inherits = err == ERR_OK && row->stay.has_enrolment && !row->event.entity;
    if (inherits) {
        err = packer_unpack(row->stay.event, self->arena, &enrolment);
    }
    describe(row, inherits && err == ERR_OK ? &enrolment : NULL);
    return err;
}

/* Numbers the row's person and completes its event. A row is at fault here only where its person
 * had rows before, so that nothing of it is kept. */
static enum err complete(struct registry *self, struct row *row, enum reject *fault)
{
    const struct mapping_draft *draft = row->draft;
    row->event = draft->event;
    row->own = own_parts(draft);
    if (!draft->has_identity) {
        return ERR_OK;
    }
    char scheme[SEEK_SCHEME_BYTES];
    seek_scheme(self->options.join, &draft->identity, scheme);
    enum err err = packer_person(self->options.packer, bytes_text(scheme),
                                 bytes_text(draft->identity.text), &row->person);
    if (err == ERR_OK) {
        err = records_stay_get(self->options.records, row->person, self->arena, &row->stay);
    }
    if (err != ERR_OK) {
        return err;
    }
    row->event.person = row->person;
    row->event.entity = draft->identity.entity;
    return join_stay(self, row, fault);
}

/* ---- writing ---- */

/* Adds the newest version. What the lead has (the last one acknowledged) stays until a newer one is
 * acknowledged; older ones go. When the list is full, one that is still on its way goes. */
static void push_version(struct registry *self, struct row_record *record,
                         const struct row_version *version)
{
    const uint64_t acked = records_state(self->options.records)->acked_seq;
    uint32_t drop = 0;
    while (drop + 1 < record->count && record->versions[drop + 1].seq <= acked) {
        drop++;
    }
    if (drop > 0) {
        memmove(record->versions, record->versions + drop,
                (record->count - drop) * sizeof record->versions[0]);
        record->count -= drop;
    }
    if (record->count == ROW_VERSIONS_MAX) {
        memmove(record->versions + 1, record->versions + 2,
                (ROW_VERSIONS_MAX - 2) * sizeof record->versions[0]);
        record->count--;
    }
    record->versions[record->count++] = *version;
}

/* Sends the withdrawal of what a version asserted; `more` events follow in the same batch. */
static enum err withdraw(struct registry *self, const struct row_version *version,
                         const uint8_t key[ROW_KEY_BYTES], uint32_t more, uint64_t *seq)
{
    struct event old;
    arena_reset(self->old);
    enum err err = packer_unpack(version->event, self->old, &old);
    if (err != ERR_OK) {
        return err;
    }
    old.withdrawal = true;
    old.withdraws = version->seq;
    return packer_add(self->options.packer, &old, key, more, self->file.now_ms, seq);
}

/* Sends the event, as a correction where there is something to correct, and keeps its version. */
static enum err send(struct registry *self, struct arena *arena, const uint8_t key[ROW_KEY_BYTES],
                     struct row_record *record, struct row_version *version,
                     const struct event *event)
{
    const struct row_version *old = current(record);
    struct event sent = *event;
    uint64_t seq;
    enum err err = ERR_OK;
    sent.withdrawal = false;
    sent.withdraws = 0;
    buffer_clear(&self->packed);
    err = packer_pack(self->options.packer, &sent, &self->packed);
    if (err == ERR_OK && old != NULL && old->event.size > 0) {
        sent.withdraws = old->seq;
        err = withdraw(self, old, key, 1, &seq);
    }
    if (err == ERR_OK) {
        err = packer_add(self->options.packer, &sent, key, 0, self->file.now_ms, &version->seq);
    }
    if (err == ERR_OK) {
        err = arena_copy(arena, buffer_bytes(&self->packed), &version->event);
    }
    if (err != ERR_OK) {
        return err;
    }
    push_version(self, record, version);
    return records_row_put(self->options.records, key, record);
}

/* Corrects one other row of the person, if what it inherits has changed. */
static enum err inherit_again(struct registry *self, const uint8_t key[ROW_KEY_BYTES],
                              const struct stay_record *stay, const struct event *enrolment)
{
    struct row_record record;
    struct event old;
    arena_reset(self->other);
    enum err err = records_row_get(self->options.records, key, self->other, &record);
    const struct row_version *last = current(&record);
    if (err != ERR_OK || last == NULL || last->event.size == 0) {
        return err;
    }
    err = packer_unpack(last->event, self->other, &old);
    if (err != ERR_OK || old.participation != stay->ordinal) {
        return err;
    }
    struct event renewed = old;
    renewed.window = stays_window(&old, stay);
    if (enrolment != NULL && !old.entity) {
        stays_inherit(&renewed, last->own, enrolment);
    }
    if (event_same(&old, &renewed)) {
        return ERR_OK;
    }
    struct row_version version = *last;
    return send(self, self->other, key, &record, &version, &renewed);
}

/* Tells the person's rows, but for the one named, of the enrolment (null: as before) and of the
 * day the person left. */
static enum err spread(struct registry *self, uint32_t person, const struct stay_record *stay,
                       const struct event *enrolment, const uint8_t *but)
{
    uint8_t key[ROW_KEY_BYTES];
    bool started = false;
    enum err err = ERR_OK;
    while (err == ERR_OK) {
        err = records_person_row_next(self->options.records, person, &started, key);
        if (err == ERR_OK && (but == NULL || memcmp(key, but, ROW_KEY_BYTES) != 0)) {
            err = inherit_again(self, key, stay, enrolment);
        }
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* Finds anew, from the rows that stand, when the person left that stay. *moved: the latest stay
 * says something else than before; of earlier ones nothing is kept, so that it is always true. */
static enum err recount_leaving(struct registry *self, uint32_t person, uint32_t ordinal,
                                struct stay_record *stay, bool *moved)
{
    enum err err = records_stay_get(self->options.records, person, self->arena, stay);
    const struct stay_record before = *stay;
    if (err == ERR_OK && ordinal != before.ordinal) {
        *stay = (struct stay_record){.ordinal = ordinal};
    }
    if (err == ERR_OK) {
        err = stays_leaving(&self->stays, person, NULL, stay);
    }
    *moved = ordinal != before.ordinal || before.left != stay->left ||
             (stay->left && before.left_on != stay->left_on);
    return err == ERR_OK && *moved && ordinal == before.ordinal
               ? records_stay_put(self->options.records, person, stay)
               : err;
}

/* A row that says when the person left has come, changed or gone: outcomes follow. */
static enum err settle_leaving(struct registry *self, uint32_t person, uint32_t ordinal)
{
    struct stay_record stay;
    bool moved = false;
    const enum err err = recount_leaving(self, person, ordinal, &stay, &moved);
    return err == ERR_OK && moved ? spread(self, person, &stay, NULL, NULL) : err;
}

static enum err keep_person(struct registry *self, struct row *row)
{
    struct records *records = self->options.records;
    if (row->person == 0) {
        return ERR_OK;
    }
    if (row->enrols) {
        row->stay.has_enrolment = true;
        memcpy(row->stay.row, row->key, ROW_KEY_BYTES);
        row->stay.event = current(&row->record)->event;
    }
    enum err err = records_person_row_set(records, row->person, row->key, true);
    if (err == ERR_OK && row->event.participation == row->stay.ordinal) {
        err = records_stay_put(records, row->person, &row->stay);
    }
    if (err == ERR_OK && row->enrols && !row->event.entity && !row->newcomer) {
        err = spread(self, row->person, &row->stay, &row->event, row->key);
    }
    return err == ERR_OK && stays_leaves(&row->event)
               ? settle_leaving(self, row->person, row->event.participation)
               : err;
}

/* The row is no enrolment any more: the next one that comes is the stay's. */
static enum err vacate(struct registry *self, uint32_t person, const uint8_t row[ROW_KEY_BYTES])
{
    struct stay_record stay;
    enum err err = records_stay_get(self->options.records, person, self->arena, &stay);
    if (err == ERR_OK && stay.has_enrolment && memcmp(stay.row, row, ROW_KEY_BYTES) == 0) {
        stay.has_enrolment = false;
        err = records_stay_put(self->options.records, person, &stay);
    }
    return err;
}

/* Who left which stay; person 0: nobody. */
struct leaver {
    uint32_t person, ordinal;
};

/* Whom the row, as sent last, says to have left. */
static enum err leaver_of(struct registry *self, const struct row *row, struct leaver *leaver)
{
    const struct row_version *old = current(&row->record);
    struct event event;
    *leaver = (struct leaver){0};
    if (old == NULL || old->event.size == 0) {
        return ERR_OK;
    }
    const enum err err = packer_unpack(old->event, self->arena, &event);
    if (err == ERR_OK && stays_leaves(&event)) {
        *leaver = (struct leaver){.person = event.person, .ordinal = event.participation};
    }
    return err;
}

/* The person that the row named before, where the correction names another or none. */
static enum err leave_person(struct registry *self, const struct row *row)
{
    const struct row_version *old = current(&row->record);
    struct event event;
    if (old == NULL || old->event.size == 0) {
        return ERR_OK;
    }
    enum err err = packer_unpack(old->event, self->arena, &event);
    if (err != ERR_OK || event.person == 0 || event.person == row->person) {
        return err;
    }
    err = records_person_row_set(self->options.records, event.person, row->key, false);
    return err == ERR_OK ? vacate(self, event.person, row->key) : err;
}

static enum err upsert(struct registry *self, struct row *row, enum registry_outcome *outcome,
                       enum reject *fault)
{
    enum err err = admit(self, row, fault);
    if (err != ERR_OK || *fault != REJECT_NONE) {
        return err;
    }
    const bool corrects = row->record.count > 0;
    struct row_version version = {.file = self->file.file, .line = row->line};
    memcpy(version.content, row->content, ROW_CONTENT_BYTES);
    struct leaver leaver = {0};
    err = complete(self, row, fault);
    if (err != ERR_OK || *fault != REJECT_NONE) {
        return err;
    }
    version.own = row->own;
    err = leaver_of(self, row, &leaver);
    if (err == ERR_OK) {
        err = leave_person(self, row);
    }
    if (err == ERR_OK) {
        err = send(self, self->arena, row->key, &row->record, &version, &row->event);
    }
    if (err == ERR_OK) {
        err = keep_person(self, row);
    }
    if (err == ERR_OK && leaver.person != 0) {
        err = settle_leaving(self, leaver.person, leaver.ordinal);
    }
    *outcome = corrects ? ROW_CORRECTED : ROW_ACCEPTED;
    return err;
}

static enum err delete_row(struct registry *self, struct row *row, enum registry_outcome *outcome)
{
    struct row_version version = {.file = self->file.file, .line = row->line};
    memcpy(version.content, row->content, ROW_CONTENT_BYTES);
    const struct row_version *old = current(&row->record);
    assert(old != NULL && old->event.size > 0);
    struct leaver leaver = {0};
    enum err err = leaver_of(self, row, &leaver);
    if (err == ERR_OK) {
        err = leave_person(self, row);
    }
    if (err == ERR_OK) {
        err = withdraw(self, old, row->key, 0, &version.seq);
    }
    if (err == ERR_OK) {
        push_version(self, &row->record, &version);
        err = records_row_put(self->options.records, row->key, &row->record);
    }
    if (err == ERR_OK && leaver.person != 0) {
        err = settle_leaving(self, leaver.person, leaver.ordinal);
    }
    *outcome = ROW_CORRECTED;
    return err;
}

/* Whether the row, as the office has it now, is what was sent last. */
static bool is_known(const struct row *row)
{
    const struct row_version *last = current(&row->record);
    if (last == NULL) {
        return false;
    }
    if (row->draft->op == DRAFT_DELETE) {
        return last->event.size == 0;
    }
    return memcmp(last->content, row->content, ROW_CONTENT_BYTES) == 0;
}

/* Whether a file is read again whose row a later file has changed. What stands now may as well be
 * older than the file: its row was refused then, and is sent anew. */
static bool is_changed_later(const struct registry *self, const struct row *row)
{
    const struct row_version *last = current(&row->record);
    return self->file.known_file && last != NULL && last->file > self->file.file;
}

enum err registry_take(struct registry *self, const struct mapping_draft *draft, uint32_t line,
                       enum registry_outcome *outcome, enum reject *fault)
{
    struct row row = {.draft = draft, .line = line};
    bool again = false;
    *fault = REJECT_NONE;
    *outcome = ROW_REFUSED;
    arena_reset(self->arena);
    enum err err = name_row(self, &row);
    if (err == ERR_OK) {
        err = check_twice(self, &row, &again, fault);
    }
    if (err != ERR_OK || *fault != REJECT_NONE) {
        return err;
    }
    err = records_row_get(self->options.records, row.key, self->arena, &row.record);
    if (err != ERR_OK) {
        return err;
    }
    if (again || is_known(&row)) {
        *outcome = ROW_KNOWN;
        return ERR_OK;
    }
    if (is_changed_later(self, &row)) {
        *outcome = ROW_CHANGED_LATER;
        return ERR_OK;
    }
    if (draft->op == DRAFT_UPSERT) {
        return upsert(self, &row, outcome, fault);
    }
    if (row.record.count == 0) {
        *fault = REJECT_DELETE_UNKNOWN;
        return ERR_OK;
    }
    return delete_row(self, &row, outcome);
}

/* ---- what the lead says ---- */

/* The row is its person's again, or no longer, as the version that it went back to says. */
static enum err follow_standing(struct registry *self, const struct row_version *last,
                                const uint8_t key[ROW_KEY_BYTES])
{
    struct event event;
    if (last == NULL || last->event.size == 0) {
        return ERR_OK;
    }
    const enum err err = packer_unpack(last->event, self->arena, &event);
    return err == ERR_OK && event.person != 0
               ? records_person_row_set(self->options.records, event.person, key, true)
               : err;
}

static enum err follow_refusal(struct registry *self, const struct row_record *record,
                               const struct row_version *refused, const uint8_t key[ROW_KEY_BYTES])
{
    const struct row_version *last = current(record);
    struct event event = {0};
    enum err err = ERR_OK;
    if (refused->event.size > 0) {
        err = packer_unpack(refused->event, self->arena, &event);
    }
    if (err == ERR_OK && event.person != 0) {
        err = records_person_row_set(self->options.records, event.person, key, false);
    }
    if (err == ERR_OK) {
        err = follow_standing(self, last, key);
    }
    if (err == ERR_OK && event.person != 0 && last == NULL) {
        err = vacate(self, event.person, key);
    }
    if (err == ERR_OK && event.person != 0 && stays_leaves(&event)) {
        /* Outcomes follow when the row is sent again. */
        struct stay_record stay;
        bool moved = false;
        err = recount_leaving(self, event.person, event.participation, &stay, &moved);
    }
    return err;
}

enum err registry_refuse(struct registry *self, const uint8_t row[ROW_KEY_BYTES], uint64_t seq,
                         uint32_t *file, uint32_t *line)
{
    struct row_record record;
    *file = 0;
    *line = 0;
    arena_reset(self->arena);
    enum err err = records_row_get(self->options.records, row, self->arena, &record);
    for (uint32_t i = 0; err == ERR_OK && i < record.count; i++) {
        if (record.versions[i].seq != seq) {
            continue;
        }
        const struct row_version refused = record.versions[i];
        *file = refused.file;
        *line = refused.line;
        memmove(record.versions + i, record.versions + i + 1,
                (record.count - i - 1) * sizeof record.versions[0]);
        record.count--;
        if (record.count > 0 && i == record.count &&
            memcmp(record.versions[i - 1].content, refused.content, ROW_CONTENT_BYTES) == 0) {
            /* What was refused is what the row inherits: the next drop must see that it differs. */
            memset(record.versions[i - 1].content, 0, ROW_CONTENT_BYTES);
        }
        err = records_row_put(self->options.records, row, &record);
        return err == ERR_OK ? follow_refusal(self, &record, &refused, row) : err;
    }
    return err;
}

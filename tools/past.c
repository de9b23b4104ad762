#include "tools/past.h"

#include <inttypes.h>
#include <string.h>
#include <sysexits.h>

#include "config/hint.h"
#include "core/base/date.h"
#include "io/clock.h"
#include "proto/codec.h"
#include "proto/sealing.h"
#include "tools/moment.h"
#include "tools/progress.h"
#include "tools/say.h"

int past_open(const struct broker_config *config, struct past *out)
{
    *out = (struct past){0};
    enum err err = ledger_open(config->store, config->store_bytes_max, true, &out->ledger);
    if (err == ERR_NOT_FOUND) {
        return say(EX_NOINPUT, "start ogniwo-broker once", "%s: there is no log", config->store);
    }
    if (err == ERR_OK) {
        err = arena_new(CONTROL_ARENA_BYTES, &out->arena);
    }
    return err == ERR_OK ? EX_OK : say_err(err, config->store);
}

void past_close(struct past *self)
{
    exchange_free(&self->exchange);
    if (!self->beside) {
        ledger_close(&self->ledger);
    }
    arena_free(&self->arena);
}

int past_beside(const struct past *first, struct past *out)
{
    *out = (struct past){.ledger = first->ledger, .beside = true};
    const enum err err = arena_new(CONTROL_ARENA_BYTES, &out->arena);
    return err == ERR_OK ? EX_OK : say_err(err, "the log");
}

int past_find(struct past *self, const char *text, uint64_t *position)
{
    const uint64_t size = ledger_size(self->ledger);
    uint64_t wall_ms = 0;
    *position = size;
    if (text == NULL) {
        return EX_OK;
    }
    const char *digits = text[0] == '@' ? text + 1 : text;
    if (bytes_to_u64(bytes_text(digits), UINT64_MAX, position) == ERR_OK) {
        return *position >= 1 && *position <= size
                   ? EX_OK
                   : say(EX_NOINPUT, NULL, "there is no position %s: the log holds 1 to %" PRIu64,
                         digits, size);
    }
    if (moment_read(text, clock_wall_ms(), &wall_ms) != ERR_OK) {
        return say(EX_USAGE, "42, @42, 2024-07-01, 2024-07-01T08:00 or -2h",
                   "\"%s\" is neither a position nor a time", text);
    }
    const enum err err = ledger_at_time(self->ledger, wall_ms, position);
    if (err != ERR_OK) {
        return say_err(err, "the log");
    }
    return *position > 0 ? EX_OK : say(EX_NOINPUT, NULL, "the log is younger than %s", text);
}

static enum err read_entry(struct past *self, uint64_t position)
{
    struct log_entry entry;
    struct exchange_change change;
    char fault[EXCHANGE_FAULT_BYTES];
    arena_reset(self->arena);
    enum err err = ledger_read(self->ledger, position, self->arena, &entry, NULL);
    if (err != ERR_OK) {
        return err;
    }
    self->received_at_ms = entry.received_at_ms;
    if (entry.kind != LOG_BATCH) {
        return exchange_apply(self->exchange, &entry, self->arena, &change, fault);
    }
    struct batch_header header;
    err = codec_batch_header_decode(entry.batch.header, self->arena, &header);
    if (err == ERR_OK) {
        self->batches++;
        self->events += header.count;
        self->rejected += entry.batch.rejected_count;
    }
    return err;
}

int past_read(struct past *self, uint64_t through)
{
    struct progress progress;
    enum err err = exchange_new(&self->exchange);
    progress_start(&progress, "reading the log", "entries", through);
    for (uint64_t position = 1; err == ERR_OK && position <= through; position++) {
        err = read_entry(self, position);
        self->position = position;
        progress_tell(&progress, position);
    }
    progress_end(&progress);
    if (err != ERR_OK) {
        return say(say_code(err), "ogniwo log verify", "the log's entry %" PRIu64 ": %s",
                   self->position, err_text(err));
    }
    return EX_OK;
}

int past_programme(struct past *self, const char *id, struct exchange_programme **out)
{
    struct hint hint;
    uint32_t found = 0;
    hint_init(&hint, bytes_text(id));
    for (uint32_t i = 0; i < exchange_version_count(self->exchange); i++) {
        struct exchange_programme *version = exchange_version_at(self->exchange, i);
        if (exchange_programme(self->exchange, bytes_text(version->id)) != version) {
            continue;
        }
        hint_offer(&hint, bytes_text(version->id));
        if (id == NULL || strcmp(version->id, id) == 0) {
            found++;
            *out = version;
        }
    }
    if (found == 1 && (*out)->programme == NULL) {
        return say(EX_CONFIG, "the release that put it in force reads it",
                   "this release cannot read the programme file of %s at position %" PRIu64,
                   (*out)->id, (*out)->position);
    }
    if (found == 1) {
        return EX_OK;
    }
    if (found > 1) {
        return say(EX_USAGE, NULL, "which --programme? There are %s", hint_list(&hint));
    }
    return id == NULL
               ? say(EX_NOINPUT, "ogniwo programme put", "there is no programme yet")
               : say(EX_NOINPUT, NULL, "there is no programme \"%s\"%s", id, hint_question(&hint));
}

static bool tell(void *context, uint64_t position)
{
    progress_tell(context, position);
    return true;
}

int past_count(struct past *self, const struct counting_options *options, struct counting **out)
{
    struct progress progress;
    struct counting_options wanted = *options;
    wanted.exchange = self->exchange;
    progress_start(&progress, "counting", "entries", self->position);
    enum err err = counting_new(&wanted, out);
    if (err == ERR_OK) {
        err = counting_run(*out, self->ledger, self->position, NULL, tell, &progress);
    }
    progress_end(&progress);
    return err == ERR_OK ? EX_OK : say_err(err, "counting the log");
}

/* The root as of the position. */
static enum err root_at(struct past *self, uint8_t out[DIGEST_BYTES])
{
    struct merkle tree = {0};
    enum err err = ERR_OK;
    for (uint64_t position = 1; err == ERR_OK && position <= self->position; position++) {
        struct log_entry entry;
        struct bytes bytes;
        uint8_t digest[DIGEST_BYTES];
        arena_reset(self->arena);
        err = ledger_read(self->ledger, position, self->arena, &entry, &bytes);
        if (err == ERR_OK) {
            sealing_digest(SEAL_LOG_ENTRY, bytes, digest);
            merkle_add(&tree, digest);
        }
    }
    merkle_root(&tree, out);
    return err;
}

int past_digest(struct past *self, json_t **out)
{
    const struct counting_options options = {.until = DATE_MAX};
    struct counting *counting = NULL;
    uint8_t root[DIGEST_BYTES], totals[DIGEST_BYTES];
    char hex[2][2 * DIGEST_BYTES + 1];
    int status = past_count(self, &options, &counting);
    if (status == EX_OK) {
        enum err err = counting_digest(counting, totals);
        if (err == ERR_OK) {
            err = root_at(self, root);
        }
        status = err == ERR_OK ? EX_OK : say_err(err, "the log");
    }
    counting_free(&counting);
    if (status == EX_OK) {
        bytes_to_hex(bytes_of(root, sizeof root), hex[0]);
        bytes_to_hex(bytes_of(totals, sizeof totals), hex[1]);
        *out = json_pack("{s:I,s:s,s:s,s:b}", "position", (json_int_t)self->position, "root",
                         hex[0], "totals", hex[1], "live", 0);
    }
    return status;
}

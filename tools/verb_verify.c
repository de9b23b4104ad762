/* The happy path is: 1 every entry is read in order and its digest taken into a tree of our own; 2
 * the decisions are applied, which checks their signatures; 3 each batch is opened under the key
 * that its node had then and compared with the node's chain; 4 the tree's root is the stored one.
 *
 * What may go wrong is what this is for: the first entry at fault is named with what is wrong. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "core/base/mem.h"
#include "proto/codec.h"
#include "proto/sealing.h"
#include "tools/past.h"
#include "tools/progress.h"
#include "tools/say.h"
#include "tools/sheet.h"
#include "tools/site.h"
#include "tools/verbs.h"

/* How far a node's batches have come. */
struct trail {
    uint64_t epoch, last_seq;
    uint32_t last_person;
    uint8_t chain[DIGEST_BYTES];
};

struct verification {
    struct past *past;
    struct merkle tree;
    struct trail *trails; /* by node number */
    uint64_t received_at_ms, batches, events, decisions;
    char fault[256]; /* "": none yet */
};

__attribute__((format(printf, 2, 3))) static bool wrong(struct verification *self,
                                                        const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(self->fault, sizeof self->fault, format, arguments);
    va_end(arguments);
    return false;
}

static bool check_chain(struct verification *self, const struct opened_batch *batch,
                        struct trail *trail)
{
    const struct batch_header *header = &batch->header;
    if (header->first_seq != trail->last_seq + 1) {
        return wrong(self, "its events begin at %" PRIu64 ", the node's next is %" PRIu64,
                     header->first_seq, trail->last_seq + 1);
    }
    if (memcmp(header->previous, trail->chain, DIGEST_BYTES) != 0) {
        return wrong(self, "it does not continue its node's chain");
    }
    if (header->epoch < trail->epoch) {
        return wrong(self, "its epoch is %" PRIu64 " after %" PRIu64, header->epoch, trail->epoch);
    }
    if (header->person_count > 0 && header->first_person != trail->last_person + 1) {
        return wrong(self, "its people begin at number %u, the node's next is %u",
                     header->first_person, trail->last_person + 1);
    }
    trail->epoch = header->epoch;
    trail->last_seq += header->count;
    trail->last_person += header->person_count;
    memcpy(trail->chain, batch->chain, DIGEST_BYTES);
    return true;
}

/* What the broker wrote beside the batch: verdicts, numbers, and the place that receipts are made
 * from. */
static bool check_record(struct verification *self, const struct log_entry *entry,
                         const struct opened_batch *batch)
{
    const struct batch_header *header = &batch->header;
    struct ledger_place place;
    uint8_t root[DIGEST_BYTES];
    if (entry->batch.person_count != header->person_count) {
        return wrong(self, "it holds %u person numbers for %u people", entry->batch.person_count,
                     header->person_count);
    }
    if (entry->batch.rejected_count > 0 &&
        entry->batch.rejected_index[entry->batch.rejected_count - 1] >= header->count) {
        return wrong(self, "it refuses a row that it does not have");
    }
    const enum err err = ledger_place(self->past->ledger, header->node, header->first_seq, &place);
    merkle_root(&self->tree, root);
    if (err != ERR_OK || place.position != entry->position ||
        place.first_seq != header->first_seq || place.count != header->count ||
        memcmp(place.digest, batch->digest, DIGEST_BYTES) != 0 ||
        memcmp(place.root, root, DIGEST_BYTES) != 0) {
        return wrong(self, "the place that its receipt is made from says otherwise");
    }
    return true;
}

static bool check_columns(struct verification *self, const struct log_entry *entry,
                          const struct batch_header *header)
{
    struct columns columns;
    if (entry->batch.rejected_count == header->count) {
        /* Refused as a whole, perhaps because its columns cannot be read. */
        return true;
    }
    const enum err err = codec_columns_decode(entry->batch.columns, self->past->arena, &columns);
    if (err != ERR_OK) {
        return wrong(self, "its columns: %s", err_text(err));
    }
    return columns.count == header->count ||
           wrong(self, "it has %u events, its header says %u", columns.count, header->count);
}

static bool check_batch(struct verification *self, const struct log_entry *entry)
{
    struct past *past = self->past;
    const struct genesis *genesis = exchange_genesis(past->exchange);
    const struct sealed_batch sealed = {.header = entry->batch.header,
                                        .signature = entry->batch.signature,
                                        .columns = entry->batch.columns};
    struct batch_header header;
    struct opened_batch batch;
    enum err err = codec_batch_header_decode(sealed.header, past->arena, &header);
    if (err != ERR_OK) {
        return wrong(self, "its header: %s", err_text(err));
    }
    const uint32_t number = exchange_node_find(past->exchange, header.node);
    if (number == UINT32_MAX || genesis == NULL) {
        return wrong(self, "its node was not enrolled");
    }
    const struct exchange_node *node = exchange_node_at(past->exchange, number);
    if (node->revoked) {
        return wrong(self, "its node was revoked before");
    }
    if (memcmp(header.exchange, genesis->exchange, ID_BYTES) != 0) {
        return wrong(self, "it belongs to another exchange");
    }
    err = sealing_open(&sealed, false, node->signing_key, past->arena, &batch);
    if (err != ERR_OK) {
        return wrong(self, "%s", err_text(err));
    }
    self->batches++;
    self->events += header.count;
    return check_chain(self, &batch, &self->trails[number]) && check_record(self, entry, &batch) &&
           check_columns(self, entry, &header);
}

static bool check_entry(struct verification *self, uint64_t position)
{
    struct past *past = self->past;
    struct log_entry entry;
    struct bytes bytes;
    struct exchange_change change;
    char fault[EXCHANGE_FAULT_BYTES];
    uint8_t digest[DIGEST_BYTES];
    arena_reset(past->arena);
    enum err err = ledger_read(past->ledger, position, past->arena, &entry, &bytes);
    if (err != ERR_OK) {
        return wrong(self, "it cannot be read: %s", err_text(err));
    }
    if (entry.position != position) {
        return wrong(self, "it says that it is entry %" PRIu64, entry.position);
    }
    if (entry.received_at_ms < self->received_at_ms) {
        return wrong(self, "it was received before the entry in front of it");
    }
    self->received_at_ms = entry.received_at_ms;
    sealing_digest(SEAL_LOG_ENTRY, bytes, digest);
    merkle_add(&self->tree, digest);
    if (entry.kind == LOG_BATCH) {
        return check_batch(self, &entry);
    }
    self->decisions += entry.kind == LOG_DECISION ? 1 : 0;
    err = exchange_apply(past->exchange, &entry, past->arena, &change, fault);
    return err == ERR_OK ||
           wrong(self, "%s%s%.180s", err_text(err), fault[0] != '\0' ? ": " : "", fault);
}

/* Nothing may stand behind the end, unless the broker has just gone on. */
static bool check_end(struct verification *self, uint64_t size)
{
    struct past *past = self->past;
    struct log_entry entry;
    uint8_t root[DIGEST_BYTES], ours[DIGEST_BYTES];
    ledger_root(past->ledger, root);
    merkle_root(&self->tree, ours);
    if (memcmp(root, ours, sizeof root) != 0) {
        return wrong(self, "the root over entries 1 to %" PRIu64 " is not the stored one", size);
    }
    arena_reset(past->arena);
    const enum err err = ledger_read(past->ledger, size + 1, past->arena, &entry, NULL);
    if (err == ERR_NOT_FOUND) {
        return true;
    }
    if (ledger_refresh(past->ledger) == ERR_OK && ledger_size(past->ledger) > size) {
        return true;
    }
    return wrong(self, "an entry stands behind the stored end");
}

static int report(const struct request *request, const struct verification *self, uint64_t position,
                  uint64_t size)
{
    char root[2 * DIGEST_BYTES + 1];
    uint8_t bytes[DIGEST_BYTES];
    const bool fine = self->fault[0] == '\0';
    merkle_root(&self->tree, bytes);
    bytes_to_hex(bytes_of(bytes, sizeof bytes), root);
    json_t *json = json_pack("{s:b,s:I,s:I,s:I,s:I}", "verified", fine ? 1 : 0, "entries",
                             (json_int_t)size, "batches", (json_int_t)self->batches, "events",
                             (json_int_t)self->events, "decisions", (json_int_t)self->decisions);
    if (fine) {
        json_object_set_new(json, "root", json_string(root));
    } else {
        json_object_set_new(json, "position", json_integer((json_int_t)position));
        json_object_set_new(json, "fault", json_string(self->fault));
        (void)say(EX_DATAERR, NULL, "entry %" PRIu64 ": %s", position, self->fault);
    }
    const int status = sheet_print_object(request, json);
    json_decref(json);
    return status != EX_OK ? status : fine ? EX_OK : EX_DATAERR;
}

static int verify(const struct request *request, struct past *past)
{
    struct verification self = {.past = past};
    struct progress progress;
    const uint64_t size = ledger_size(past->ledger);
    uint64_t position = 0;
    bool fine = true;
    self.trails = mem_calloc(NODES_MAX, sizeof *self.trails);
    if (self.trails == NULL || exchange_new(&past->exchange) != ERR_OK) {
        mem_free(self.trails);
        return say_err(ERR_MEMORY, "verifying");
    }
    progress_start(&progress, "verifying", "entries", size);
    while (fine && position < size) {
        fine = check_entry(&self, ++position);
        progress_tell(&progress, position);
    }
    fine = fine && check_end(&self, size);
    progress_end(&progress);
    mem_free(self.trails);
    return report(request, &self, position, size);
}

int verb_log_verify(int count, char **words)
{
    static const struct usage usage = {
        .doc = "Checks the whole log: every entry's form and place, every partner's signature and "
               "chain, every administrator's decision, and the root. It names the first entry "
               "that is wrong; the exit code is then 65."
               "\vExample:\n  ogniwo log verify --broker broker.yaml",
        .uses = USES_BROKER | USES_FORMAT | USES_LANGUAGE};
    struct request request = {0};
    struct broker_config broker;
    struct past past = {0};
    usage_read(&usage, count, words, &request);
    int status = site_broker(&request, &broker);
    if (status == EX_OK) {
        status = past_open(&broker, &past);
    }
    if (status == EX_OK) {
        status = verify(&request, &past);
    }
    past_close(&past);
    return status;
}

#include "e2e/support/still.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

struct still still_look(struct here *here)
{
    struct still still = {.size = broker_size(here->broker),
                          .refused = here_counter(here, "batches_refused"),
                          .appended = here_counter(here, "batches_appended")};
    json_t *json = here_ask(here, "digest", "{}");
    assert_int_equal(ERR_OK, broker_digest(here->broker, still.digest));
    strncpy(still.root, json_string_value(json_object_get(json, "root")), 64);
    json_decref(json);
    return still;
}

void still_check(struct here *here, const struct still *before)
{
    const struct still after = still_look(here);
    assert_int_equal(before->size, after.size);
    assert_int_equal(before->appended, after.appended);
    assert_string_equal(before->root, after.root);
    assert_memory_equal(before->digest, after.digest, 32);
}

void still_refused(struct raw *raw, enum ingest_refusal refusal)
{
    assert_int_equal(MESSAGE_ERROR, raw_wait(raw));
    assert_int_equal(refusal, raw->control.refusal);
    assert_true(raw->control.text.size > 0);
}

void still_refuses(struct raw *raw, struct bytes body, enum ingest_refusal refusal)
{
    const struct still before = still_look(raw->here);
    raw_send(raw, MESSAGE_BATCH, body);
    still_refused(raw, refusal);
    still_check(raw->here, &before);
    assert_int_equal(before.refused + 1, here_counter(raw->here, "batches_refused"));
    raw_deliver_good(raw);
    assert_int_equal(before.size + 1, broker_size(raw->here->broker));
    assert_int_equal(ERR_OK, broker_check(raw->here->broker));
}

void still_open(struct here *here, const char *partner, struct raw *raw)
{
    raw_open(here, here_enrol_only(here, partner), raw);
    raw_greet(raw);
    raw_deliver_good(raw);
}

struct raw_batch still_batch(struct raw *raw)
{
    struct raw_batch batch;
    const struct event event = raw_started(raw->last_person + 1);
    raw_make(raw, &event, 1, 1, &batch);
    return batch;
}

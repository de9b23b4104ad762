#include "tools/decide.h"

#include <string.h>
#include <sysexits.h>

#include "core/base/buffer.h"
#include "io/clock.h"
#include "proto/codec.h"
#include "proto/keys.h"
#include "proto/sealing.h"
#include "tools/client.h"
#include "tools/say.h"

int decide_keys(const char *path, const char *purpose, struct key_file *out)
{
    struct config_fault fault = {0};
    const enum err err = key_file_load(path, out, &fault);
    if (err != ERR_OK) {
        return say_config(err, path, &fault);
    }
    if (strcmp(out->purpose, purpose) != 0) {
        const int status =
            say(EX_CONFIG, NULL, "%s: these are the keys of purpose \"%s\", not \"%s\"", path,
                out->purpose, purpose);
        keys_wipe(out, sizeof *out);
        return status;
    }
    return EX_OK;
}

int decide_hex(const json_t *json, const char *name, uint8_t *out, size_t size)
{
    const char *text = json_string_value(json);
    return text != NULL && bytes_from_hex(bytes_text(text), out, size) == ERR_OK
               ? EX_OK
               : say(EX_PROTOCOL, NULL, "the broker's answer has no \"%s\"", name);
}

static int submit(const char *endpoint, struct bytes data, uint64_t *position)
{
    struct client *client = NULL;
    const struct client_question question = {.verb = "submit", .data = data};
    json_t *answer = NULL;
    uint32_t status = 0;
    enum err err = client_open(endpoint, &client);
    if (err == ERR_OK) {
        err = client_ask(client, &question, &status, &answer);
    }
    client_close(&client);
    if (err != ERR_OK) {
        return say_err(err, endpoint);
    }
    const char *fault = json_string_value(json_object_get(answer, "fault"));
    const bool says_why = fault != NULL && fault[0] != '\0';
    if (status == EX_OK) {
        *position = (uint64_t)json_integer_value(json_object_get(answer, "position"));
    } else {
        say((int)status,
            status == EX_NOPERM && !says_why
                ? "is this administrator's key in the exchange's genesis?"
                : NULL,
            "the broker refuses: %s", client_error(answer));
    }
    json_decref(answer);
    return (int)status;
}

/* Signs it; the bytes lie in the buffer. */
static int sign(const struct decide_options *options, struct decision *decision,
                struct buffer *body, uint8_t signature[SIGNATURE_BYTES],
                struct signed_decision *out)
{
    struct key_file keys;
    struct signing_keys signing;
    int status = decide_hex(json_object_get(options->status, "exchange"), "exchange",
                            decision->exchange, ID_BYTES);
    if (status == EX_OK) {
        status = decide_keys(options->admin, "administrator", &keys);
    }
    if (status != EX_OK) {
        return status;
    }
    keys_signing(keys.signing_seed, &signing);
    decision->decided_at_ms = clock_wall_ms();
    enum err err = codec_decision_encode(decision, body);
    if (err == ERR_OK) {
        err = sealing_sign(SEAL_DECISION, buffer_bytes(body), signing.secret, signature);
    }
    if (err == ERR_OK) {
        *out = (struct signed_decision){.body = buffer_bytes(body),
                                        .signature = bytes_of(signature, SIGNATURE_BYTES)};
        memcpy(out->administrator, signing.public_key, KEY_BYTES);
    }
    keys_wipe(&keys, sizeof keys);
    keys_wipe(&signing, sizeof signing);
    return err == ERR_OK ? EX_OK : say_err(err, "the decision");
}

int decide(const struct decide_options *options, struct decision *decision, uint64_t *position)
{
    struct buffer body = {.bytes_max = FRAME_BYTES_MAX}, outer = {.bytes_max = FRAME_BYTES_MAX};
    uint8_t signature[SIGNATURE_BYTES];
    struct signed_decision made;
    int status = sign(options, decision, &body, signature, &made);
    if (status == EX_OK) {
        const enum err err = codec_signed_decision_encode(&made, &outer);
        status = err == ERR_OK ? submit(options->broker->admin, buffer_bytes(&outer), position)
                               : say_err(err, "the decision");
    }
    buffer_fini(&body);
    buffer_fini(&outer);
    return status;
}

int decide_entry(const struct decide_options *options, struct decision *decision,
                 struct arena *arena, struct log_entry *out)
{
    struct buffer body = {.bytes_max = FRAME_BYTES_MAX};
    uint8_t signature[SIGNATURE_BYTES];
    struct signed_decision made;
    int status = sign(options, decision, &body, signature, &made);
    *out = (struct log_entry){.kind = LOG_DECISION};
    if (status == EX_OK) {
        out->decision = made;
        enum err err = arena_copy(arena, made.body, &out->decision.body);
        if (err == ERR_OK) {
            err = arena_copy(arena, made.signature, &out->decision.signature);
        }
        status = err == ERR_OK ? EX_OK : say_err(err, "the decision");
    }
    buffer_fini(&body);
    return status;
}

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
    if (status == EX_OK) {
        *position = (uint64_t)json_integer_value(json_object_get(answer, "position"));
    } else {
        say((int)status,
            status == EX_NOPERM ? "is this administrator's key in the exchange's genesis?" : NULL,
            "the broker refuses: %s", client_error(answer));
    }
    json_decref(answer);
    return (int)status;
}

int decide(const struct decide_options *options, struct decision *decision, uint64_t *position)
{
    struct key_file keys;
    struct signing_keys signing;
    struct buffer body = {.bytes_max = FRAME_BYTES_MAX}, outer = {.bytes_max = FRAME_BYTES_MAX};
    uint8_t signature[SIGNATURE_BYTES];
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
    enum err err = codec_decision_encode(decision, &body);
    if (err == ERR_OK) {
        err = sealing_sign(SEAL_DECISION, buffer_bytes(&body), signing.secret, signature);
    }
    if (err == ERR_OK) {
        struct signed_decision signed_body = {.body = buffer_bytes(&body),
                                              .signature = bytes_of(signature, sizeof signature)};
        memcpy(signed_body.administrator, signing.public_key, KEY_BYTES);
        err = codec_signed_decision_encode(&signed_body, &outer);
    }
    keys_wipe(&keys, sizeof keys);
    keys_wipe(&signing, sizeof signing);
    status = err == ERR_OK ? submit(options->broker->admin, buffer_bytes(&outer), position)
                           : say_err(err, "the decision");
    buffer_fini(&body);
    buffer_fini(&outer);
    return status;
}

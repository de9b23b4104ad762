/* The happy path is: 1 a plain connect() tells at once whether somebody listens; 2 the question is
 * sent as soon as ZeroMQ has its connection; 3 the answer's parts are joined.
 *
 * What may go wrong: nobody listens, or no sign comes in time; parts of an earlier question are
 * passed over by their correlation. */
#include "tools/client.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/base/arena.h"
#include "core/base/buffer.h"
#include "core/base/mem.h"
#include "io/clock.h"
#include "io/link.h"
#include "proto/codec.h"
#include "proto/keys.h"

enum { ANSWER_BYTES_MAX = 512 << 20, WAIT_MS = 20 };

struct client {
    struct link *link;
    struct arena *arena;
    uint64_t correlation;
};

static enum err probe(const char *endpoint)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *path = strncmp(endpoint, "ipc://", 6) == 0 ? endpoint + 6 : endpoint;
    if (strlen(path) >= sizeof address.sun_path) {
        return ERR_RANGE;
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    /* Without waiting: a broker that hangs, with many who wait for it, is one that does not
     * answer. */
    const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) {
        return ERR_IO;
    }
    const int status = connect(descriptor, (const struct sockaddr *)&address, sizeof address);
    close(descriptor);
    return status == 0 ? ERR_OK : ERR_UNREACHABLE;
}

enum err client_open(const char *endpoint, struct client **out)
{
    enum err err = probe(endpoint);
    if (err != ERR_OK) {
        return err;
    }
    struct client *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    const struct link_options options = {.endpoint = endpoint, .body_bytes_max = FRAME_BYTES_MAX};
    err = arena_new(2 * FRAME_BYTES_MAX, &self->arena);
    if (err == ERR_OK) {
        err = link_connect(&options, &self->link);
    }
    if (err != ERR_OK) {
        client_close(&self);
        return err;
    }
    *out = self;
    return ERR_OK;
}

void client_close(struct client **self)
{
    if (*self != NULL) {
        link_close(&(*self)->link);
        arena_free(&(*self)->arena);
        mem_free(*self);
    }
    *self = NULL;
}

static void wait_a_little(struct client *self)
{
    struct pollfd wanted = {.fd = link_descriptor(self->link), .events = POLLIN};
    if (!link_ready(self->link)) {
        (void)poll(&wanted, 1, WAIT_MS);
    }
}

static enum err send_question(struct client *self, struct bytes body, uint64_t deadline_ms)
{
    uint8_t header[FRAME_HEADER_BYTES];
    const struct frame_header frame = {.type = MESSAGE_QUERY, .correlation = ++self->correlation};
    codec_frame_header_put(&frame, header);
    for (;;) {
        const enum err err = link_send(self->link, NULL, bytes_of(header, sizeof header), body);
        if (err != ERR_UNREACHABLE && err != ERR_FULL) {
            return err;
        }
        if (clock_monotonic_ms() >= deadline_ms) {
            return ERR_UNREACHABLE;
        }
        wait_a_little(self);
    }
}

/* Takes one part into *text; *more as it says. */
static enum err take_part(struct client *self, const struct link_message *message,
                          struct buffer *text, uint32_t *status, bool *more)
{
    struct frame_header frame;
    struct answer answer;
    arena_reset(self->arena);
    enum err err = codec_frame_header_get(message->header, &frame);
    if (err != ERR_OK || frame.type != MESSAGE_ANSWER || frame.correlation != self->correlation) {
        return err;
    }
    err = codec_answer_decode(message->body, self->arena, &answer);
    if (err == ERR_OK) {
        *status = answer.status;
        *more = answer.more;
        err = buffer_add(text, answer.json);
    }
    return err;
}

static enum err collect(struct client *self, uint64_t timeout_ms, struct buffer *text,
                        uint32_t *status)
{
    uint64_t deadline_ms = clock_monotonic_ms() + timeout_ms;
    bool more = true;
    while (more) {
        struct link_message message;
        enum err err = link_receive(self->link, &message);
        if (err == ERR_OK) {
            deadline_ms = clock_monotonic_ms() + timeout_ms;
            err = take_part(self, &message, text, status, &more);
        } else if (err == ERR_NOT_FOUND) {
            err = clock_monotonic_ms() < deadline_ms ? ERR_OK : ERR_TIMEOUT;
            wait_a_little(self);
        }
        if (err != ERR_OK) {
            return err;
        }
    }
    return ERR_OK;
}

enum err client_ask(struct client *self, const struct client_question *question, uint32_t *status,
                    json_t **answer)
{
    struct buffer body = {.bytes_max = FRAME_BYTES_MAX};
    struct buffer text = {.bytes_max = ANSWER_BYTES_MAX};
    char *json = question->request != NULL ? json_dumps(question->request, JSON_COMPACT) : NULL;
    const uint64_t timeout_ms = question->timeout_ms > 0 ? question->timeout_ms : CLIENT_TIMEOUT_MS;
    const struct query query = {.verb = bytes_text(question->verb),
                                .json = bytes_text(json != NULL ? json : "{}"),
                                .data = question->data};
    *answer = NULL;
    enum err err = codec_query_encode(&query, &body);
    if (err == ERR_OK) {
        err = send_question(self, buffer_bytes(&body), clock_monotonic_ms() + timeout_ms);
    }
    if (err == ERR_OK) {
        err = collect(self, timeout_ms, &text, status);
    }
    if (err == ERR_OK) {
        *answer = json_loadb((const char *)text.data, text.size, 0, NULL);
        err = *answer != NULL ? ERR_OK : ERR_MALFORMED;
    }
    free(json);
    if (body.size > 0) {
        keys_wipe(body.data, body.size); /* it may hold an identifier */
    }
    buffer_fini(&body);
    buffer_fini(&text);
    return err;
}

const char *client_error(const json_t *answer)
{
    const char *fault = json_string_value(json_object_get(answer, "fault"));
    const char *error = json_string_value(json_object_get(answer, "error"));
    return fault != NULL && fault[0] != '\0' ? fault : error != NULL ? error : "";
}

/* The happy path is: 1. the handler is bound and its thread runs; 2. libzmq asks about each key
 * that knocks; 3. the answer is the name that the key was let in under, or a refusal.
 *
 * What may go wrong: whatever is not a whole request of CURVE in our domain is refused. The
 * thread ends only with its context; should it end for another reason, zap_ended() tells. */
#include "io/zap.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include <zmq.h>

#include "core/base/bytes.h"
#include "core/base/mem.h"
#include "core/base/table.h"

enum { FRAMES = 7, FRAME_BYTES = 256, KEYS_MAX = 65536 };

const char zap_domain[] = "ogniwo";

struct zap {
    void *socket; /* the thread's, once it runs */
    pthread_t thread;
    pthread_mutex_t mutex; /* guards users */
    struct table *users;   /* key -> name, empty for one let in no longer */
    _Atomic uint64_t refused;
    atomic_bool ended;
};

struct request {
    uint8_t frames[FRAMES][FRAME_BYTES];
    size_t sizes[FRAMES];
    uint32_t count;
    bool whole;
};

/* False when the context ends. */
static bool receive(void *socket, struct request *out)
{
    int more = 1;
    out->count = 0;
    out->whole = true;
    while (more != 0) {
        uint8_t spare[FRAME_BYTES];
        const bool fits = out->count < FRAMES;
        uint8_t *frame = fits ? out->frames[out->count] : spare;
        const int size = zmq_recv(socket, frame, FRAME_BYTES, 0);
        if (size < 0 && errno == EINTR) {
            continue;
        }
        if (size < 0) {
            return false;
        }
        out->whole = out->whole && fits && size <= FRAME_BYTES;
        if (fits) {
            out->sizes[out->count++] = (size_t)(size <= FRAME_BYTES ? size : 0);
        }
        size_t more_size = sizeof(more);
        if (zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &more_size) != 0) {
            return false;
        }
    }
    return true;
}

static struct bytes frame(const struct request *request, uint32_t at)
{
    return at < request->count ? bytes_of(request->frames[at], request->sizes[at])
                               : bytes_of("", 0);
}

/* Frames: version, request, domain, address, routing id, mechanism, credentials. Writes the user's
 * name, empty for a stranger. */
static void decide(struct zap *self, const struct request *request, char user[ZAP_USER_BYTES])
{
    const struct bytes key = frame(request, 6);
    user[0] = '\0';
    if (!request->whole || request->count != FRAMES || key.size != ZAP_KEY_BYTES ||
        !bytes_is(frame(request, 0), "1.0") || !bytes_is(frame(request, 2), zap_domain) ||
        !bytes_is(frame(request, 5), "CURVE")) {
        return;
    }
    pthread_mutex_lock(&self->mutex);
    const char *name = table_find(self->users, key.data);
    if (name != NULL) {
        memcpy(user, name, ZAP_USER_BYTES);
    }
    pthread_mutex_unlock(&self->mutex);
}

static bool answer_one(void *socket, const struct request *request, const char *user)
{
    const bool known = user[0] != '\0';
    const struct bytes parts[] = {
        bytes_text("1.0"),
        frame(request, 1),
        bytes_text(known ? "200" : "400"),
        bytes_text(known ? "OK" : "unknown key"),
        bytes_text(user),
        bytes_text(""),
    };
    const size_t count = sizeof(parts) / sizeof(parts[0]);
    for (size_t i = 0; i < count; i++) {
        const int flags = i + 1 < count ? ZMQ_SNDMORE : 0;
        if (zmq_send(socket, parts[i].data, parts[i].size, flags) < 0) {
            return false;
        }
    }
    return true;
}

static void *answer_all(void *argument)
{
    struct zap *self = argument;
    struct request request;
    char user[ZAP_USER_BYTES];
    while (receive(self->socket, &request)) {
        decide(self, &request, user);
        if (user[0] == '\0') {
            atomic_fetch_add(&self->refused, 1);
        }
        if (!answer_one(self->socket, &request, user)) {
            break;
        }
    }
    atomic_store(&self->ended, true);
    zmq_close(self->socket);
    return NULL;
}

enum err zap_new(void *context, struct zap **out)
{
    const struct table_options options = {
        .key_bytes = ZAP_KEY_BYTES, .value_bytes = ZAP_USER_BYTES, .count_max = KEYS_MAX};
    struct zap *self = mem_calloc(1, sizeof(*self));
    if (self == NULL) {
        return ERR_MEMORY;
    }
    const int rc = pthread_mutex_init(&self->mutex, NULL);
    assert(rc == 0);
    enum err err = table_new(&options, &self->users);
    if (err != ERR_OK) {
        goto fail_self;
    }
    err = ERR_IO;
    self->socket = zmq_socket(context, ZMQ_REP);
    if (self->socket == NULL) {
        goto fail_table;
    }
    if (zmq_bind(self->socket, "inproc://zeromq.zap.01") != 0) {
        goto fail_socket;
    }
    if (pthread_create(&self->thread, NULL, answer_all, self) != 0) {
        goto fail_socket;
    }
    *out = self;
    return ERR_OK;

fail_socket:
    zmq_close(self->socket);
fail_table:
    table_free(&self->users);
fail_self:
    pthread_mutex_destroy(&self->mutex);
    mem_free(self);
    return err;
}

void zap_free(struct zap **self)
{
    struct zap *zap = *self;
    if (zap == NULL) {
        return;
    }
    pthread_join(zap->thread, NULL);
    table_free(&zap->users);
    pthread_mutex_destroy(&zap->mutex);
    mem_free(zap);
    *self = NULL;
}

enum err zap_allow(struct zap *self, const uint8_t key[ZAP_KEY_BYTES], const char *user)
{
    assert(user == NULL || (user[0] != '\0' && strlen(user) < ZAP_USER_BYTES));
    bool fresh = false;
    enum err err = ERR_OK;
    pthread_mutex_lock(&self->mutex);
    char *name = user == NULL ? table_find(self->users, key) : table_put(self->users, key, &fresh);
    if (name != NULL) {
        memset(name, 0, ZAP_USER_BYTES);
        memcpy(name, user == NULL ? "" : user, user == NULL ? 0 : strlen(user));
    } else if (user != NULL) {
        err = table_count(self->users) == KEYS_MAX ? ERR_FULL : ERR_MEMORY;
    }
    pthread_mutex_unlock(&self->mutex);
    return err;
}

uint64_t zap_refused(const struct zap *self)
{
    return atomic_load(&self->refused);
}

void zap_forget_refused(struct zap *self)
{
    atomic_store(&self->refused, 0);
}

bool zap_ended(const struct zap *self)
{
    return atomic_load(&self->ended);
}

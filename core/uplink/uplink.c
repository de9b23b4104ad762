#include "core/uplink/uplink.h"

#include <assert.h>
#include <string.h>

#include "core/base/mem.h"

/* The happy path is: 1. START says HELLO. 2. WELCOME names the session and what the broker has;
 * sending begins behind the last stored receipt. 3. One batch is asked for at a time, the next one
 * when SENT has come, while window and credit allow. 4. A RECEIPT for the first batch in flight is
 * to be stored; RECEIPT_STORED moves the acknowledged sequence.
 *
 * What may go wrong: no WELCOME comes or the broker falls silent (the link is opened anew, later
 * and later); a receipt is lost (it is not missed until the one behind it is ignored; the resend
 * timer then starts again from the first unreceipted batch, and the broker repeats its receipts);
 * a batch is lost (RESEND); the link is full (BLOCKED, a short pause); the two histories differ
 * (STOPPED: nothing here may decide which is right). */

static const uint64_t blocked_ms = 50;
static const uint64_t resend_repeat_ms = 200; /* one lost batch may be asked for several times */

/* A batch in flight. */
struct flight {
    uint64_t first_seq, through_seq;
};

struct uplink {
    struct uplink_options options;
    enum uplink_state state;
    struct uplink_position position;
    uint64_t session;     /* 0 unless READY */
    uint64_t session_max; /* of all that were taken */
    uint64_t limit_seq;   /* the broker's credit */
    uint64_t sent_seq;    /* through here batches are in flight or acknowledged */
    uint64_t asked_seq;   /* send_from was given and not answered yet; 0: none */
    uint64_t storing_seq; /* a receipt through here is being stored; 0: none */

    uint32_t flight_count;
    struct flight flights[WINDOW_BATCHES]; /* oldest first, without gaps, acked + 1 to sent_seq */

    uint32_t attempts;  /* greetings since the broker was last heard in a session */
    bool greet_quietly; /* the next HELLO goes out on the link as it is */
    uint64_t greet_at_ms;
    uint64_t heard_at_ms;
    uint64_t said_at_ms;
    uint64_t progress_at_ms;   /* the first batch in flight waits since then */
    uint64_t blocked_until_ms; /* 0: not blocked */
    uint64_t resend_seq;       /* of the last RESEND followed */
    uint64_t resend_at_ms;
};

enum err uplink_new(const struct uplink_options *options, struct uplink **out)
{
    assert(options->window_batches >= 1);
    assert(options->window_batches <= WINDOW_BATCHES);
    assert(options->hello_ms >= 1);
    assert(options->hello_ms_max >= options->hello_ms);
    assert(options->ping_ms >= 1);
    assert(options->dead_ms > options->ping_ms);
    assert(options->resend_ms >= 1);

    struct uplink *self = mem_calloc(1, sizeof(*self));
    if (!self) {
        return ERR_MEMORY;
    }
    self->options = *options;
    self->state = UPLINK_IDLE;
    *out = self;
    return ERR_OK;
}

void uplink_free(struct uplink **self)
{
    mem_free(*self);
    *self = NULL;
}

/* Everything behind the last stored receipt is to be sent again. */
static void go_back(struct uplink *self)
{
    self->sent_seq = self->position.acked_seq;
    self->flight_count = 0;
}

/* How long to wait for an answer to the next HELLO: doubled every time, and spread by a quarter,
 * so that the nodes of a broker that comes back do not all call at once. */
static uint64_t backoff_ms(struct uplink *self, uint64_t random)
{
    uint64_t wait = self->options.hello_ms;
    for (uint32_t i = 0; i < self->attempts && wait < self->options.hello_ms_max; i++) {
        wait *= 2;
    }
    if (wait > self->options.hello_ms_max) {
        wait = self->options.hello_ms_max;
    }
    if (self->attempts < UINT32_MAX) {
        self->attempts++;
    }
    return wait - wait / 4 + random % (wait / 2 + 1);
}

static void leave_session(struct uplink *self, enum uplink_state state)
{
    self->state = state;
    self->session = 0;
    self->blocked_until_ms = 0;
    self->resend_seq = 0;
    go_back(self);
}

static void greet(struct uplink *self, const struct uplink_event *event,
                  struct uplink_effects *effects)
{
    leave_session(self, UPLINK_GREETING);
    self->greet_quietly = false;
    self->greet_at_ms = event->now_ms + backoff_ms(self, event->random);
    effects->send_hello = true;
}

/* Greets again after a while, without opening the link anew: it works. */
static void greet_later(struct uplink *self, const struct uplink_event *event)
{
    leave_session(self, UPLINK_GREETING);
    self->greet_quietly = true;
    self->greet_at_ms = event->now_ms + backoff_ms(self, event->random);
}

static void stop(struct uplink *self, struct uplink_effects *effects)
{
    leave_session(self, UPLINK_STOPPED);
    self->storing_seq = 0;
    *effects = (struct uplink_effects){.stopped = true};
}

static void step_start(struct uplink *self, const struct uplink_event *event,
                       struct uplink_effects *effects)
{
    assert(self->state == UPLINK_IDLE || self->state == UPLINK_STOPPED);
    assert(event->position.epoch != 0);
    assert(event->position.acked_seq <= event->position.head_seq);
    self->position = event->position;
    self->attempts = 0;
    greet(self, event, effects);
}

/* Errors: ERR_CHAIN, what the broker has is not a part of what this node has. */
static enum err compare(const struct uplink_position *position, const struct uplink_event *event)
{
    if (event->broker_epoch == 0) {
        const bool both_new = event->broker_seq == 0 && position->acked_seq == 0;
        return both_new ? ERR_OK : ERR_CHAIN;
    }
    if (event->broker_seq > position->head_seq || event->broker_seq < position->acked_seq) {
        return ERR_CHAIN;
    }
    return ERR_OK;
}

static enum err step_welcome(struct uplink *self, const struct uplink_event *event,
                             struct uplink_effects *effects)
{
    const bool greeting = self->state == UPLINK_GREETING;
    /* Two greetings crossed: only the newer session lives at the broker. */
    const bool newer = self->state == UPLINK_READY && event->session > self->session;
    if (event->session == 0 || (!greeting && !newer)) {
        return ERR_OK;
    }
    if (event->broker_epoch != 0 && event->broker_epoch != self->position.epoch) {
        stop(self, effects);
        return ERR_OK;
    }
    /* An answer to an earlier HELLO that comes late may know less than later receipts told. */
    if (event->session <= self->session_max && event->broker_seq < self->position.acked_seq) {
        return ERR_OK;
    }
    const enum err err = compare(&self->position, event);
    if (err != ERR_OK) {
        stop(self, effects);
        return err;
    }
    leave_session(self, UPLINK_READY);
    self->session = event->session;
    if (self->session_max < event->session) {
        self->session_max = event->session;
    }
    self->limit_seq = event->limit_seq;
    self->heard_at_ms = event->now_ms;
    self->said_at_ms = event->now_ms;
    return ERR_OK;
}

static void step_stored(struct uplink *self, const struct uplink_event *event)
{
    if (self->state == UPLINK_IDLE) {
        return; /* START will say it */
    }
    assert(event->head_seq >= self->position.head_seq);
    self->position.head_seq = event->head_seq;
}

static void step_sent(struct uplink *self, const struct uplink_event *event)
{
    assert(self->asked_seq != 0);
    assert(event->through_seq >= self->asked_seq);
    assert(event->through_seq <= self->position.head_seq);
    const uint64_t first_seq = self->asked_seq;
    self->asked_seq = 0;
    /* Sending may have gone back since the batch was asked for. */
    if (self->state != UPLINK_READY || first_seq != self->sent_seq + 1) {
        return;
    }
    assert(self->flight_count < self->options.window_batches);
    if (self->flight_count == 0) {
        self->progress_at_ms = event->now_ms;
    }
    self->flights[self->flight_count++] =
        (struct flight){.first_seq = first_seq, .through_seq = event->through_seq};
    self->sent_seq = event->through_seq;
    self->said_at_ms = event->now_ms;
}

static void step_blocked(struct uplink *self, const struct uplink_event *event)
{
    assert(self->asked_seq != 0);
    self->asked_seq = 0;
    if (self->state == UPLINK_READY) {
        self->blocked_until_ms = event->now_ms + blocked_ms;
    }
}

/* The broker spoke in the present session: it lives, and the session is good. */
static void hear(struct uplink *self, const struct uplink_event *event)
{
    self->heard_at_ms = event->now_ms;
    self->attempts = 0;
}

static enum err step_receipt(struct uplink *self, const struct uplink_event *event,
                             struct uplink_effects *effects)
{
    self->storing_seq = 0; /* one that was not told stored did not fit its batch */
    if (event->count == 0 || event->first_seq == 0 ||
        event->first_seq > UINT64_MAX - (event->count - 1)) {
        return ERR_MALFORMED;
    }
    const uint64_t through_seq = event->first_seq + (event->count - 1);
    if (through_seq > self->position.head_seq) {
        return ERR_MALFORMED;
    }
    hear(self, event);
    if (event->first_seq != self->position.acked_seq + 1) {
        return ERR_OK;
    }
    /* One for a batch that went out before the last greeting or go-back: it goes out again, and its
     * receipt comes again. */
    if (through_seq > self->sent_seq) {
        return ERR_OK;
    }
    assert(self->flight_count > 0);
    assert(self->flights[0].first_seq == event->first_seq);
    if (self->flights[0].through_seq != through_seq) {
        return ERR_MALFORMED;
    }
    self->storing_seq = through_seq;
    effects->store_receipt = true;
    return ERR_OK;
}

static void drop_flights_through(struct uplink *self, uint64_t through_seq)
{
    uint32_t count = 0;
    while (count < self->flight_count && self->flights[count].through_seq <= through_seq) {
        count++;
    }
    self->flight_count -= count;
    memmove(self->flights, self->flights + count, self->flight_count * sizeof(self->flights[0]));
}

static void step_receipt_stored(struct uplink *self, const struct uplink_event *event)
{
    assert(self->storing_seq != 0);
    assert(event->through_seq == self->storing_seq);
    self->storing_seq = 0;
    self->position.acked_seq = event->through_seq;
    memcpy(self->position.chain, event->chain, sizeof(self->position.chain));
    drop_flights_through(self, event->through_seq);
    if (self->sent_seq < self->position.acked_seq) {
        self->sent_seq = self->position.acked_seq;
    }
    self->progress_at_ms = event->now_ms;
}

/* The broker has all before from_seq, maybe with receipts lost: only the timer goes back to those.
 * A from_seq at which no batch in flight begins is another history's; the next HELLO will tell. */
static void step_resend(struct uplink *self, const struct uplink_event *event)
{
    hear(self, event);
    if (event->from_seq == self->resend_seq &&
        event->now_ms - self->resend_at_ms < resend_repeat_ms) {
        return;
    }
    for (uint32_t i = 0; i < self->flight_count; i++) {
        if (self->flights[i].first_seq == event->from_seq) {
            self->flight_count = i;
            self->sent_seq = event->from_seq - 1;
            self->resend_seq = event->from_seq;
            self->resend_at_ms = event->now_ms;
            return;
        }
    }
}

/* The limit is absolute and only rises, so that one that comes late cannot take credit back. */
static void step_credit(struct uplink *self, const struct uplink_event *event)
{
    hear(self, event);
    if (event->limit_seq > self->limit_seq) {
        self->limit_seq = event->limit_seq;
    }
}

static void step_refused(struct uplink *self, const struct uplink_event *event,
                         struct uplink_effects *effects)
{
    const bool active = self->state == UPLINK_GREETING || self->state == UPLINK_READY;
    /* One that answers a HELLO names no session. */
    const bool ours = event->session == 0 || event->session == self->session;
    if (!active || !ours) {
        return;
    }
    switch (event->refusal) {
    case REFUSAL_RETRY:
        /* Every batch of a window is refused alike: one pause is enough. */
        if (self->state == UPLINK_READY || !self->greet_quietly) {
            greet_later(self, event);
        }
        break;
    case REFUSAL_DIVERGED:
    case REFUSAL_REVOKED:
    case REFUSAL_BATCH:
        stop(self, effects);
        break;
    }
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static void step_timeout(struct uplink *self, const struct uplink_event *event,
                         struct uplink_effects *effects)
{
    const uint64_t now_ms = event->now_ms;

    if (self->state == UPLINK_GREETING && now_ms >= self->greet_at_ms) {
        effects->reopen = !self->greet_quietly;
        greet(self, event, effects);
        return;
    }
    if (self->state != UPLINK_READY) {
        return;
    }
    if (now_ms >= self->heard_at_ms + self->options.dead_ms) {
        effects->reopen = true;
        greet(self, event, effects);
        return;
    }
    if (self->flight_count > 0 && now_ms >= self->progress_at_ms + self->options.resend_ms) {
        go_back(self);
    }
    if (now_ms >= self->said_at_ms + self->options.ping_ms) {
        self->said_at_ms = now_ms;
        effects->send_ping = true;
    }
}

/* Asks for the next batch where window, credit and link allow one. */
static void pump(struct uplink *self, uint64_t now_ms, struct uplink_effects *effects)
{
    if (self->state != UPLINK_READY || self->asked_seq != 0) {
        return;
    }
    if (now_ms < self->blocked_until_ms) {
        return;
    }
    self->blocked_until_ms = 0;
    if (self->sent_seq >= self->position.head_seq || self->sent_seq >= self->limit_seq) {
        return;
    }
    if (self->flight_count >= self->options.window_batches) {
        return;
    }
    self->asked_seq = self->sent_seq + 1;
    effects->send_from = self->asked_seq;
}

/* Whether a message of the broker belongs to the present session. */
static bool in_session(const struct uplink *self, const struct uplink_event *event)
{
    return self->state == UPLINK_READY && event->session == self->session;
}

static enum err step_message(struct uplink *self, const struct uplink_event *event,
                             struct uplink_effects *effects)
{
    if (!in_session(self, event)) {
        return ERR_OK;
    }
    if (event->kind == UPLINK_RECEIPT) {
        return step_receipt(self, event, effects);
    }
    if (event->kind == UPLINK_RESEND) {
        step_resend(self, event);
    } else {
        step_credit(self, event);
    }
    return ERR_OK;
}

enum err uplink_step(struct uplink *self, const struct uplink_event *event,
                     struct uplink_effects *effects)
{
    enum err err = ERR_OK;

    *effects = (struct uplink_effects){0};
    switch (event->kind) {
    case UPLINK_START:
        step_start(self, event, effects);
        break;
    case UPLINK_WELCOME:
        err = step_welcome(self, event, effects);
        break;
    case UPLINK_STORED:
        step_stored(self, event);
        break;
    case UPLINK_SENT:
        step_sent(self, event);
        break;
    case UPLINK_BLOCKED:
        step_blocked(self, event);
        break;
    case UPLINK_RECEIPT:
    case UPLINK_RESEND:
    case UPLINK_CREDIT:
        err = step_message(self, event, effects);
        break;
    case UPLINK_RECEIPT_STORED:
        step_receipt_stored(self, event);
        break;
    case UPLINK_REFUSED:
        step_refused(self, event, effects);
        break;
    case UPLINK_HEARD:
        if (self->state == UPLINK_READY) {
            self->heard_at_ms = event->now_ms;
        }
        break;
    case UPLINK_TIMEOUT:
        step_timeout(self, event, effects);
        break;
    }
    /* A receipt is stored before anything else is asked for. */
    if (err == ERR_OK && !effects->store_receipt) {
        pump(self, event->now_ms, effects);
    }
    uplink_check(self);
    return err;
}

uint64_t uplink_deadline_ms(const struct uplink *self)
{
    if (self->state == UPLINK_GREETING) {
        return self->greet_at_ms;
    }
    if (self->state != UPLINK_READY) {
        return UINT64_MAX;
    }
    uint64_t at_ms = earlier(self->heard_at_ms + self->options.dead_ms,
                             self->said_at_ms + self->options.ping_ms);
    if (self->flight_count > 0) {
        at_ms = earlier(at_ms, self->progress_at_ms + self->options.resend_ms);
    }
    if (self->blocked_until_ms != 0) {
        at_ms = earlier(at_ms, self->blocked_until_ms);
    }
    return at_ms;
}

enum uplink_state uplink_state(const struct uplink *self)
{
    return self->state;
}

uint64_t uplink_session(const struct uplink *self)
{
    return self->session;
}

struct uplink_position uplink_position(const struct uplink *self)
{
    return self->position;
}

void uplink_check(const struct uplink *self)
{
    assert(self->position.acked_seq <= self->sent_seq);
    assert(self->sent_seq <= self->position.head_seq);
    assert((self->session != 0) == (self->state == UPLINK_READY));
    assert(self->session <= self->session_max);
    assert(self->flight_count <= self->options.window_batches);
    assert(self->flight_count == 0 || self->state == UPLINK_READY);
    assert(self->storing_seq == 0 || self->storing_seq > self->position.acked_seq);
    assert(self->storing_seq <= self->position.head_seq);

    uint64_t through_seq = self->position.acked_seq;
    for (uint32_t i = 0; i < self->flight_count; i++) {
        assert(self->flights[i].first_seq == through_seq + 1);
        assert(self->flights[i].through_seq >= self->flights[i].first_seq);
        through_seq = self->flights[i].through_seq;
    }
    assert(through_seq == self->sent_seq);
}

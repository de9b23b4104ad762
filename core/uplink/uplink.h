/* uplink: the node's half of the conversation with the broker.
 *
 * Pure: times, numbers and decoded messages in, what to do next out. Batches stay in the outbox;
 * the uplink knows them by their first sequence. The happy path: START -> send HELLO -> WELCOME ->
 * send batches while the window and the broker's credit allow -> RECEIPT -> store it ->
 * RECEIPT_STORED.
 *
 * Receipts are taken strictly in order, so that none is lost: after a cut everything from the first
 * unreceipted batch is sent again, and the broker answers a duplicate with the same receipt. */
#ifndef CORE_UPLINK_H
#define CORE_UPLINK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/model/limits.h"

struct uplink;

struct uplink_options {
    uint32_t window_batches; /* on their way at once; 1 to WINDOW_BATCHES */
    uint32_t hello_ms;       /* wait for a WELCOME before the link is opened anew; 2,000 */
    uint32_t hello_ms_max;   /* backoff doubles up to this; 30,000 */
    uint32_t ping_ms;        /* idle time before a PING; 2,000 */
    uint32_t dead_ms;        /* silence after which the link is opened anew; 6,000 */
    uint32_t resend_ms;      /* no receipt for so long: go back to the first unreceipted; 5,000 */
};

/* Where the node's store stands. */
struct uplink_position {
    uint64_t epoch;
    uint64_t head_seq;  /* last sequence in the outbox */
    uint64_t acked_seq; /* through here receipts are stored */
    uint8_t chain[32];  /* chain head after acked_seq */
};

enum uplink_state {
    UPLINK_IDLE,     /* not started */
    UPLINK_GREETING, /* HELLO sent */
    UPLINK_READY,
    UPLINK_STOPPED /* broker and node disagree, or the key is refused: an operator is needed */
};

enum uplink_event_kind {
    UPLINK_START,          /* position */
    UPLINK_WELCOME,        /* session, broker_*, limit_seq */
    UPLINK_STORED,         /* head_seq: the outbox has grown */
    UPLINK_SENT,           /* through_seq: the batch asked for is with the link */
    UPLINK_BLOCKED,        /* the link takes no more now */
    UPLINK_RECEIPT,        /* first_seq, count */
    UPLINK_RECEIPT_STORED, /* through_seq, chain: committed */
    UPLINK_RESEND,         /* from_seq */
    UPLINK_CREDIT,         /* limit_seq */
    UPLINK_REFUSED,        /* refusal: an ERROR message */
    UPLINK_HEARD,          /* anything else from the broker, a PONG among them */
    UPLINK_TIMEOUT         /* the deadline passed */
};

/* What an ERROR message of the broker means for us. */
enum uplink_refusal {
    REFUSAL_RETRY,    /* busy, unknown session: greet again after a while */
    REFUSAL_DIVERGED, /* two histories: stop */
    REFUSAL_REVOKED,  /* this key may not publish: stop */
    REFUSAL_BATCH /* a batch was dropped as broken or not continuing the chain: stop and say so */
};

struct uplink_event {
    uint64_t now_ms; /* monotonic */
    uint64_t random; /* any number, fresh each time: jitter */
    enum uplink_event_kind kind;
    struct uplink_position position; /* START */
    uint64_t session;                /* WELCOME, and of the message for RECEIPT, RESEND, CREDIT,
                                        REFUSED (there 0 where a HELLO was refused) */
    uint64_t broker_epoch;           /* WELCOME: what the broker has of this node */
    uint64_t broker_seq;             /* WELCOME */
    uint64_t limit_seq;              /* WELCOME, CREDIT: send while last sequence <= this */
    uint64_t head_seq;               /* STORED */
    uint64_t through_seq;            /* SENT, RECEIPT_STORED */
    uint8_t chain[32];               /* RECEIPT_STORED: chain head after through_seq */
    uint64_t first_seq;              /* RECEIPT */
    uint32_t count;                  /* RECEIPT */
    uint64_t from_seq;               /* RESEND */
    enum uplink_refusal refusal;     /* REFUSED */
};

/* What to do, in this order. */
struct uplink_effects {
    bool reopen;     /* close the socket and open a new one */
    bool send_hello; /* with uplink_position() */
    /* The RECEIPT just given is next in order: store it, then RECEIPT_STORED. Where it does not fit
     * the batch say nothing: it is asked for again. */
    bool store_receipt;
    uint64_t send_from; /* send the batch that begins here, then SENT or BLOCKED; 0: none */
    bool send_ping;
    bool stopped; /* the state has just become UPLINK_STOPPED: say why */
};

/* Gives an uplink; free with uplink_free(). Errors: ERR_MEMORY. */
MUST_CHECK enum err uplink_new(const struct uplink_options *options, struct uplink **out);
void uplink_free(struct uplink **self);

/* Takes one event into account and fills *effects. Messages of another session than the present
 * are ignored.
 * Errors: ERR_MALFORMED, a receipt for what this node does not have or did not send in one batch:
 * it is ignored; ERR_CHAIN, the broker has more of this node than the node itself (restored image),
 * or less than it gave receipts for - state STOPPED. The effects are then empty or stopped. */
MUST_CHECK enum err uplink_step(struct uplink *self, const struct uplink_event *event,
                                struct uplink_effects *effects);

/* When the uplink next wants a TIMEOUT; UINT64_MAX for never. */
uint64_t uplink_deadline_ms(const struct uplink *self);

enum uplink_state uplink_state(const struct uplink *self);
uint64_t uplink_session(const struct uplink *self);
struct uplink_position uplink_position(const struct uplink *self);

/* Asserts what must hold between the fields. */
void uplink_check(const struct uplink *self);

#endif

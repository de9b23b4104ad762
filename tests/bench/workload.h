/* workload: the events that every figure is measured on, W1: made up, and the same for a seed.
 *
 * Partners take turns at random; nine in ten of a partner's events are about its own people, the
 * rest about anyone's; one line in a hundred is an exact repetition of one of the partner's last
 * 5,000. tests/bench/reference.py counts the same lines by itself. */
#ifndef TESTS_BENCH_WORKLOAD_H
#define TESTS_BENCH_WORKLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    WORKLOAD_PARTNERS = 20,
    WORKLOAD_LINE_BYTES = 192,
    WORKLOAD_ENROLLED = 2 /* the type of enrolments */
};

struct workload_event {
    uint64_t seq;         /* of the partner, from 1; a repetition repeats it */
    uint64_t id[2];       /* the event's */
    uint64_t person[2];   /* a pseudonym */
    int partner;          /* from 1 */
    int type;             /* 0 to 5 */
    int county;           /* four digits: voivodeship and county */
    int task;             /* from 1 */
    int birth_year;       /* the age is the event's year less this one */
    int year, month, day; /* of the event */
    int64_t amount;       /* hundredths; negative where there is none */
    bool woman;
};

struct workload;

/* Gives a workload of so many events; free with workload_free(). Ends the process
 * without memory. */
struct workload *workload_new(uint64_t events);
void workload_free(struct workload **self);

/* The next event; false after the last. */
bool workload_next(struct workload *self, struct workload_event *out);

/* Writes the event as a line of the peers' table, with its line end; returns its size:
 * partner,seq,event_id,person,type,county,task,sex,birth_year,date,amount */
size_t workload_line(const struct workload_event *event, char out[WORKLOAD_LINE_BYTES]);

#endif

/* redis: a client by hiredis.
 *
 *   redis PORT CSV JOB BATCH      JOB: xadd | totals | replay | check | latency
 *
 * `totals` runs as a Lua script over BATCH events, eight calls on their way: drop repetitions
 * (SADD), append (XADD), count (HINCRBY), keep people (SADD). */
#include "tests/bench/peers/measure.h"

#include <hiredis/hiredis.h>
#include <stdbool.h>

static const char script[] =
    "for i=1,#ARGV,6 do if redis.call('SADD','ids',ARGV[i])==1 then "
    "redis.call('XADD','ev','*','e',ARGV[i+1]) redis.call('HINCRBY','tn',ARGV[i+2],1) "
    "if ARGV[i+3]~='' then redis.call('HINCRBY','ts',ARGV[i+2],ARGV[i+3]) end "
    "redis.call('SADD','u:'..ARGV[i+4],ARGV[i+5]) end end return 1";

struct call {
    const char **words;
    size_t *sizes;
    int count;
    char *text; /* what the words of the events stand in */
    char sha[64];
};

struct job {
    redisContext *redis;
    const char *port, *csv;
    int batch;
    struct call call;
};

static redisContext *connect_to(const char *port)
{
    redisContext *redis = redisConnect("127.0.0.1", atoi(port));
    if (!redis || redis->err)
        DIE("redis: %s", redis ? redis->errstr : "?");
    return redis;
}

static void await(redisContext *redis)
{
    redisReply *reply;
    if (redisGetReply(redis, (void **)&reply) || reply->type == REDIS_REPLY_ERROR)
        DIE("redis: %s", redis->errstr);
    freeReplyObject(reply);
}

static void push(redisContext *redis)
{
    int written;
    do {
        redisBufferWrite(redis, &written);
    } while (!written);
}

static void add(struct call *call, const void *word, size_t size)
{
    call->words[call->count] = word;
    call->sizes[call->count++] = size;
}

static void append(struct job *job, const struct event *events, int count)
{
    struct call *call = &job->call;
    char *at = call->text;
    call->count = 0;
    add(call, "EVALSHA", 7);
    add(call, call->sha, 40);
    add(call, "0", 1);
    for (int i = 0; i < count; i++) {
        const struct event *e = events + i;
        add(call, e->id, 16);
        add(call, e->line, e->len);
        int size = sprintf(at, "%02d|%04d|%d|%d|%c|%d|%04d-%02d", e->teryt / 100, e->teryt, e->task,
                           e->type, e->sex, age_group(e->year - e->birth), e->year, e->month);
        add(call, at, (size_t)size);
        at += size + 1;
        size = e->amount < 0 ? 0 : sprintf(at, "%lld", (long long)e->amount);
        add(call, at, (size_t)size);
        at += size + 1;
        size = sprintf(at, "%04d|%d", e->teryt, e->task);
        add(call, at, (size_t)size);
        at += size + 1;
        add(call, e->person, 16);
    }
    redisAppendCommandArgv(job->redis, call->count, call->words, call->sizes);
}

static void run_xadd(struct job *job)
{
    size_t count, sent = 0, done = 0;
    struct event *events = load_csv(job->csv, &count);
    const double start = now();
    while (done < count) {
        while (sent < count && sent - done < (size_t)job->batch * 2) {
            const char *words[] = {"XADD", "ev", "*", "e", events[sent].line};
            const size_t sizes[] = {4, 2, 1, 1, events[sent].len};
            redisAppendCommandArgv(job->redis, 5, words, sizes);
            sent++;
        }
        for (int i = 0; i < job->batch && done < sent; i++, done++)
            await(job->redis);
    }
    out("redis", "always:xadd-nodedup", "ingest_eps", (double)count / (now() - start));
}

static void run_totals(struct job *job)
{
    size_t count;
    struct event *events = load_csv(job->csv, &count);
    int flying = 0;
    const double start = now();
    for (size_t i = 0; i < count; i += (size_t)job->batch) {
        append(job, events + i, count - i < (size_t)job->batch ? (int)(count - i) : job->batch);
        push(job->redis);
        if (++flying == 8) {
            await(job->redis);
            flying--;
        }
    }
    while (flying--)
        await(job->redis);
    out("redis", "always:dedup+totals", "ingest_eps", (double)count / (now() - start));
}

static void run_replay(struct job *job)
{
    struct agg totals = {0};
    char last[64] = "-";
    const double start = now();
    for (size_t got = (size_t)job->batch; got == (size_t)job->batch;) {
        redisReply *reply = redisCommand(job->redis, "XRANGE ev %s + COUNT %d", last, job->batch);
        if (!reply || reply->type != REDIS_REPLY_ARRAY)
            DIE("xrange: %s", reply ? reply->str : job->redis->errstr);
        for (size_t i = 0; i < reply->elements; i++) {
            const redisReply *field = reply->element[i]->element[1]->element[1];
            struct event e;
            parse_event(field->str, field->len, &e);
            agg_add(&totals, &e);
        }
        got = reply->elements;
        if (got)
            snprintf(last, sizeof last, "(%s", reply->element[got - 1]->element[0]->str);
        freeReplyObject(reply);
    }
    out("redis", "always:xrange+c-aggregate", "replay_eps",
        (double)totals.events / (now() - start));
    check("redis", "replay", agg_checksum(&totals));
}

static void run_check(struct job *job)
{
    uint64_t sum = 0;
    char text[256];
    redisReply *one, *all = redisCommand(job->redis, "HGETALL tn");
    for (size_t i = 0; i + 1 < all->elements; i += 2)
        redisAppendCommand(job->redis, "HGET ts %s", all->element[i]->str);
    for (size_t i = 0; i + 1 < all->elements; i += 2) {
        if (redisGetReply(job->redis, (void **)&one))
            DIE("redis: %s", job->redis->errstr);
        const int size =
            snprintf(text, sizeof text, "T|%s|%s|%s", all->element[i]->str,
                     all->element[i + 1]->str, one->type == REDIS_REPLY_STRING ? one->str : "0");
        sum += line_hash(text, (size_t)size);
        freeReplyObject(one);
    }
    redisReply *keys = redisCommand(job->redis, "KEYS u:*");
    for (size_t i = 0; i < keys->elements; i++) {
        one = redisCommand(job->redis, "SCARD %s", keys->element[i]->str);
        const int size =
            snprintf(text, sizeof text, "U|%s|%lld", keys->element[i]->str + 2, one->integer);
        sum += line_hash(text, (size_t)size);
        freeReplyObject(one);
    }
    check("redis", "totals", sum);
}

/* Until the server counts a client that waits: only then does the reader's wait cost no time of
 * the event's. */
static void await_blocked(redisContext *redis)
{
    bool blocked = false;
    while (!blocked) {
        redisReply *reply = redisCommand(redis, "INFO clients");
        if (!reply || reply->type == REDIS_REPLY_ERROR)
            DIE("info: %s", redis->errstr);
        blocked = strstr(reply->str, "blocked_clients:1") != NULL;
        freeReplyObject(reply);
    }
}

/* A second connection waits in XREAD. */
static void run_latency(struct job *job)
{
    enum { SAMPLES = 1000 };
    static double took[SAMPLES];
    size_t count;
    char last[64] = "0-0";
    struct event *events = load_csv(job->csv, &count);
    redisReply *reply;
    redisContext *monitor = connect_to(job->port);
    drop_dups(events, count < 5000 ? count : 5000);
    for (int i = 0; i < SAMPLES; i++) {
        redisAppendCommand(monitor, "XREAD BLOCK 5000 STREAMS ev %s", last);
        push(monitor);
        await_blocked(job->redis);
        const double start = now();
        append(job, events + i, 1);
        push(job->redis);
        if (redisGetReply(monitor, (void **)&reply) || reply->type != REDIS_REPLY_ARRAY)
            DIE("xread");
        took[i] = (now() - start) * 1e3;
        const redisReply *entries = reply->element[0]->element[1];
        snprintf(last, sizeof last, "%s", entries->element[entries->elements - 1]->element[0]->str);
        freeReplyObject(reply);
        await(job->redis);
    }
    out_latency("redis", "always:dedup+totals,xread", took, SAMPLES);
}

int main(int count, char **words)
{
    static const struct {
        const char *name;
        void (*run)(struct job *job);
    } jobs[] = {{"xadd", run_xadd},
                {"totals", run_totals},
                {"replay", run_replay},
                {"check", run_check},
                {"latency", run_latency}};
    if (count < 5)
        return 2;
    struct job job = {
        .redis = connect_to(words[1]), .port = words[1], .csv = words[2], .batch = atoi(words[4])};
    const size_t room = (size_t)job.batch * 6 + 8;
    job.call.words = malloc(room * sizeof *job.call.words);
    job.call.sizes = malloc(room * sizeof *job.call.sizes);
    job.call.text = malloc((size_t)job.batch * 128 + 128);
    redisReply *reply = redisCommand(job.redis, "SCRIPT LOAD %s", script);
    snprintf(job.call.sha, sizeof job.call.sha, "%s", reply->str);
    for (size_t i = 0; i < sizeof jobs / sizeof jobs[0]; i++)
        if (strcmp(jobs[i].name, words[3]) == 0)
            jobs[i].run(&job);
    return 0;
}

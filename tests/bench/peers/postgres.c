/* postgres: a client by libpq.
 *
 *   postgres CONNECTION CSV JOB BATCH      JOB: dedup | totals | rebuild | check | latency
 *
 * A batch is copied into a staging table and inserted from there in the same transaction, with the
 * totals where they are asked for. */
#include "tests/bench/peers/measure.h"

#include <libpq-fe.h>
#include <poll.h>
#include <stdbool.h>

struct job {
    PGconn *db;
    const char *connection, *csv;
    int batch;
};

static const char schema[] =
    "DROP TABLE IF EXISTS events,totals,pt_person,uniq;"
    "CREATE TABLE events(event_id uuid PRIMARY KEY,person uuid NOT NULL,partner int2,seq int8,"
    "type int2,teryt int2,task int2,sex \"char\",birth int2,ageg int2,month int4,day date,"
    "amount int8);"
    "CREATE TABLE totals(teryt int2,task int2,type int2,sex \"char\",ageg int2,month int4,n int8,"
    "amount int8,PRIMARY KEY(teryt,task,type,sex,ageg,month));"
    "CREATE TABLE pt_person(teryt int2,task int2,person uuid,PRIMARY KEY(person,teryt,task));"
    "CREATE TABLE uniq(teryt int2,task int2,n int8,PRIMARY KEY(teryt,task));";

static const char columns[] = "events(event_id,person,partner,seq,type,teryt,task,sex,birth,ageg,"
                              "month,day,amount)";

static const char count_inserted[] =
    " ON CONFLICT DO NOTHING RETURNING *)"
    ",t AS (INSERT INTO totals SELECT teryt,task,type,sex,ageg,month,count(*),"
    "coalesce(sum(amount),0) FROM ins GROUP BY 1,2,3,4,5,6"
    " ON CONFLICT(teryt,task,type,sex,ageg,month) DO UPDATE SET n=totals.n+excluded.n,"
    "amount=totals.amount+excluded.amount)"
    ",p AS (INSERT INTO pt_person SELECT DISTINCT teryt,task,person FROM ins"
    " ON CONFLICT DO NOTHING RETURNING teryt,task)"
    " INSERT INTO uniq SELECT teryt,task,count(*) FROM p GROUP BY 1,2"
    " ON CONFLICT(teryt,task) DO UPDATE SET n=uniq.n+excluded.n";

static PGconn *connect_to(const char *connection)
{
    PGconn *db = PQconnectdb(connection);
    if (PQstatus(db) != CONNECTION_OK)
        DIE("%s", PQerrorMessage(db));
    PQclear(PQexec(db, "SET client_min_messages=error"));
    return db;
}

static void execute(PGconn *db, const char *sql)
{
    PGresult *result = PQexec(db, sql);
    const ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_COPY_IN)
        DIE("%.120s: %s", sql, PQerrorMessage(db));
    PQclear(result);
}

static char *add_hex(char *at, const uint8_t *bytes)
{
    static const char digits[] = "0123456789abcdef";
    for (int i = 0; i < 16; i++) {
        *at++ = digits[bytes[i] >> 4];
        *at++ = digits[bytes[i] & 15];
    }
    return at;
}

/* The event's columns, each between quote and quote, with mark between them. */
static char *add_row(char *at, const struct event *e, const char *quote, const char *mark)
{
    at = add_hex(stpcpy(at, quote), e->id);
    at = stpcpy(stpcpy(stpcpy(at, quote), mark), quote);
    at = stpcpy(add_hex(at, e->person), quote);
    at += sprintf(at, "%s%d%s%llu%s%d%s%d%s%d%s%s%c%s", mark, e->partner, mark,
                  (unsigned long long)e->seq, mark, e->type, mark, e->teryt, mark, e->task, mark,
                  quote, e->sex, quote);
    at += sprintf(at, "%s%d%s%d%s%d%s%s%04d-%02d-%02d%s%s", mark, e->birth, mark,
                  age_group(e->year - e->birth), mark, e->year * 100 + e->month, mark, quote,
                  e->year, e->month, e->day, quote, mark);
    return e->amount >= 0 ? at + sprintf(at, "%lld", (long long)e->amount)
                          : stpcpy(at, *quote ? "NULL" : "\\N");
}

static void add_batch(PGconn *db, const struct event *events, size_t count, bool totals)
{
    char text[2048];
    sprintf(text, "BEGIN;COPY st%s FROM STDIN", strchr(columns, '('));
    execute(db, text);
    for (size_t i = 0; i < count; i++) {
        char *end = stpcpy(add_row(text, events + i, "", "\t"), "\n");
        PQputCopyData(db, text, (int)(end - text));
    }
    PQputCopyEnd(db, NULL);
    for (PGresult *result; (result = PQgetResult(db)); PQclear(result))
        if (PQresultStatus(result) == PGRES_FATAL_ERROR)
            DIE("%s", PQerrorMessage(db));
    sprintf(text, "%sINSERT INTO events SELECT * FROM st%s;COMMIT", totals ? "WITH ins AS (" : "",
            totals ? count_inserted : " ON CONFLICT DO NOTHING");
    execute(db, text);
}

static double ingest(const struct job *job, bool totals)
{
    size_t count;
    struct event *events = load_csv(job->csv, &count);
    execute(job->db, schema);
    execute(job->db, "CHECKPOINT");
    execute(job->db, "CREATE TEMP TABLE st(LIKE events) ON COMMIT DELETE ROWS");
    const double start = now();
    for (size_t i = 0; i < count; i += (size_t)job->batch)
        add_batch(job->db, events + i,
                  count - i < (size_t)job->batch ? count - i : (size_t)job->batch, totals);
    return (double)count / (now() - start);
}

static void run_dedup(const struct job *job)
{
    out("postgresql", "fsync:copy,dedup", "ingest_eps", ingest(job, false));
}

static void run_totals(const struct job *job)
{
    out("postgresql", "fsync:copy,dedup+totals", "ingest_eps", ingest(job, true));
}

static void run_rebuild(const struct job *job)
{
    const double start = now();
    execute(job->db, "BEGIN;TRUNCATE totals,uniq;"
                     "INSERT INTO totals SELECT teryt,task,type,sex,ageg,month,count(*),"
                     "coalesce(sum(amount),0) FROM events GROUP BY 1,2,3,4,5,6;"
                     "INSERT INTO uniq SELECT teryt,task,count(*) FROM "
                     "(SELECT DISTINCT teryt,task,person FROM events) x GROUP BY 1,2;COMMIT");
    const double took = now() - start;
    PGresult *count = PQexec(job->db, "SELECT count(*) FROM events");
    out("postgresql", "fsync:group-by", "replay_eps", atof(PQgetvalue(count, 0, 0)) / took);
    PQclear(count);
}

static void run_check(const struct job *job)
{
    PGresult *rows = PQexec(
        job->db,
        "SELECT format('T|%s|%s|%s|%s|%s|%s|%s-%s|%s|%s',lpad((teryt/100)::text,2,'0'),"
        "lpad(teryt::text,4,'0'),task,type,sex,ageg,month/100,lpad((month%100)::text,2,'0'),n,"
        "amount) FROM totals"
        " UNION ALL SELECT format('U|%s|%s|%s',lpad(teryt::text,4,'0'),task,n) FROM uniq");
    uint64_t sum = 0;
    if (PQresultStatus(rows) != PGRES_TUPLES_OK)
        DIE("%s", PQerrorMessage(job->db));
    for (int i = 0; i < PQntuples(rows); i++)
        sum += line_hash(PQgetvalue(rows, i, 0), (size_t)PQgetlength(rows, i, 0));
    check("postgresql", "totals", sum);
}

/* One event a transaction, seen by a connection that listens. */
static void run_latency(const struct job *job)
{
    enum { SAMPLES = 1000 };
    static double took[SAMPLES];
    static char text[8192];
    size_t count;
    struct event *events = load_csv(job->csv, &count);
    PGconn *monitor = connect_to(job->connection);
    execute(job->db, schema);
    execute(monitor, "LISTEN ev");
    for (int i = 0; i < SAMPLES; i++) {
        PGnotify *note = NULL;
        const double start = now();
        char *at = text + sprintf(text, "BEGIN;WITH ins AS (INSERT INTO %s VALUES (", columns);
        at = stpcpy(add_row(at, events + i, "'", ","), ")");
        stpcpy(stpcpy(at, count_inserted), ";NOTIFY ev;COMMIT");
        PQsendQuery(job->db, text);
        PQflush(job->db);
        while (!note) {
            struct pollfd ready = {PQsocket(monitor), POLLIN, 0};
            poll(&ready, 1, 5000);
            PQconsumeInput(monitor);
            note = PQnotifies(monitor);
        }
        took[i] = (now() - start) * 1e3;
        PQfreemem(note);
        for (PGresult *result; (result = PQgetResult(job->db));)
            PQclear(result);
    }
    out_latency("postgresql", "fsync:dedup+totals,listen-notify", took, SAMPLES);
}

int main(int count, char **words)
{
    static const struct {
        const char *name;
        void (*run)(const struct job *job);
    } jobs[] = {{"dedup", run_dedup},
                {"totals", run_totals},
                {"rebuild", run_rebuild},
                {"check", run_check},
                {"latency", run_latency}};
    if (count < 5)
        return 2;
    const struct job job = {.db = connect_to(words[1]),
                            .connection = words[1],
                            .csv = words[2],
                            .batch = atoi(words[4])};
    for (size_t i = 0; i < sizeof jobs / sizeof jobs[0]; i++)
        if (strcmp(jobs[i].name, words[3]) == 0)
            jobs[i].run(&job);
    PQfinish(job.db);
    return 0;
}

/* sqlite: SQLite embedded, WAL and synchronous=FULL.
 *
 *   sqlite DATABASE CSV JOB BATCH      JOB: dedup | totals | rebuild | check | latency */
#include "tests/bench/peers/measure.h"

#include <sqlite3.h>
#include <stdbool.h>

static sqlite3 *db;
static sqlite3_stmt *insert, *count_cell, *keep_person, *count_person;

struct job {
    const char *csv;
    int batch;
};

static void execute(const char *sql)
{
    char *message = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        DIE("%.100s: %s", sql, message);
}

static sqlite3_stmt *prepare(const char *sql)
{
    sqlite3_stmt *out_of = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &out_of, NULL) != SQLITE_OK)
        DIE("%s: %s", sql, sqlite3_errmsg(db));
    return out_of;
}

static void step(sqlite3_stmt *statement)
{
    if (sqlite3_step(statement) != SQLITE_DONE)
        DIE("%s", sqlite3_errmsg(db));
    sqlite3_reset(statement);
}

static void make_schema(void)
{
    execute("CREATE TABLE events(id INTEGER PRIMARY KEY,event_id BLOB UNIQUE,person BLOB,"
            "partner INT,seq INT,type INT,teryt INT,task INT,sex TEXT,birth INT,ageg INT,month INT,"
            "day INT,amount INT);"
            "CREATE TABLE totals(teryt INT,task INT,type INT,sex TEXT,ageg INT,month INT,n INT,"
            "amount INT,PRIMARY KEY(teryt,task,type,sex,ageg,month)) WITHOUT ROWID;"
            "CREATE TABLE pt_person(person BLOB,pt INT,PRIMARY KEY(person,pt)) WITHOUT ROWID;"
            "CREATE TABLE uniq(pt INTEGER PRIMARY KEY,n INT)");
    insert = prepare("INSERT OR IGNORE INTO events(event_id,person,partner,seq,type,teryt,task,sex,"
                     "birth,ageg,month,day,amount) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)");
    count_cell = prepare("INSERT INTO totals VALUES(?,?,?,?,?,?,1,?) ON CONFLICT DO UPDATE SET "
                         "n=n+1,amount=amount+excluded.amount");
    keep_person = prepare("INSERT OR IGNORE INTO pt_person VALUES(?,?)");
    count_person = prepare("INSERT INTO uniq VALUES(?,1) ON CONFLICT DO UPDATE SET n=n+1");
}

static void add_totals(const struct event *e, int age, int month)
{
    const int pair = e->teryt * 32 + e->task;
    const int numbers[] = {e->teryt, e->task, e->type, 0, age, month};
    for (int i = 0; i < 6; i++)
        if (i != 3)
            sqlite3_bind_int(count_cell, i + 1, numbers[i]);
    sqlite3_bind_text(count_cell, 4, &e->sex, 1, SQLITE_STATIC);
    sqlite3_bind_int64(count_cell, 7, e->amount < 0 ? 0 : e->amount);
    step(count_cell);
    sqlite3_bind_blob(keep_person, 1, e->person, 16, SQLITE_STATIC);
    sqlite3_bind_int(keep_person, 2, pair);
    step(keep_person);
    if (sqlite3_changes(db)) {
        sqlite3_bind_int(count_person, 1, pair);
        step(count_person);
    }
}

static void add(const struct event *e, bool totals)
{
    const int age = age_group(e->year - e->birth), month = e->year * 100 + e->month;
    const int numbers[] = {e->partner, (int)e->seq, e->type, e->teryt, e->task,
                           0,          e->birth,    age,     month,    month * 100 + e->day};
    sqlite3_bind_blob(insert, 1, e->id, 16, SQLITE_STATIC);
    sqlite3_bind_blob(insert, 2, e->person, 16, SQLITE_STATIC);
    for (int i = 0; i < 10; i++)
        if (i != 5)
            sqlite3_bind_int(insert, i + 3, numbers[i]);
    sqlite3_bind_text(insert, 8, &e->sex, 1, SQLITE_STATIC);
    if (e->amount < 0)
        sqlite3_bind_null(insert, 13);
    else
        sqlite3_bind_int64(insert, 13, e->amount);
    step(insert);
    if (totals && sqlite3_changes(db))
        add_totals(e, age, month);
}

static double ingest(const struct job *job, bool totals)
{
    size_t count;
    struct event *events = load_csv(job->csv, &count);
    make_schema();
    const double start = now();
    for (size_t i = 0; i < count; i += (size_t)job->batch) {
        execute("BEGIN");
        for (size_t k = i; k < count && k < i + (size_t)job->batch; k++)
            add(events + k, totals);
        execute("COMMIT");
    }
    return (double)count / (now() - start);
}

static void run_dedup(const struct job *job)
{
    out("sqlite", "wal+full:dedup", "ingest_eps", ingest(job, false));
}

static void run_totals(const struct job *job)
{
    out("sqlite", "wal+full:dedup+totals", "ingest_eps", ingest(job, true));
}

static void run_rebuild(const struct job *job)
{
    (void)job;
    const double start = now();
    execute("BEGIN;DELETE FROM totals;DELETE FROM uniq;"
            "INSERT INTO totals SELECT teryt,task,type,sex,ageg,month,count(*),"
            "coalesce(sum(amount),0) FROM events GROUP BY 1,2,3,4,5,6;"
            "INSERT INTO uniq SELECT teryt*32+task,count(DISTINCT person) FROM events GROUP BY 1;"
            "COMMIT");
    const double took = now() - start;
    sqlite3_stmt *count = prepare("SELECT count(*) FROM events");
    sqlite3_step(count);
    out("sqlite", "wal+full:group-by", "replay_eps", sqlite3_column_double(count, 0) / took);
}

static void run_check(const struct job *job)
{
    (void)job;
    sqlite3_stmt *rows = prepare(
        "SELECT printf('T|%02d|%04d|%d|%d|%s|%d|%04d-%02d|%d|%d',teryt/100,teryt,task,type,sex,"
        "ageg,month/100,month%100,n,amount) FROM totals"
        " UNION ALL SELECT printf('U|%04d|%d|%d',pt/32,pt%32,n) FROM uniq");
    uint64_t sum = 0;
    while (sqlite3_step(rows) == SQLITE_ROW)
        sum += line_hash((const char *)sqlite3_column_text(rows, 0),
                         (size_t)sqlite3_column_bytes(rows, 0));
    check("sqlite", "totals", sum);
}

/* The commit of one event; a reader has to poll. */
static void run_latency(const struct job *job)
{
    enum { SAMPLES = 1000 };
    static double took[SAMPLES];
    size_t count;
    struct event *events = load_csv(job->csv, &count);
    make_schema();
    for (int i = 0; i < SAMPLES; i++) {
        const double start = now();
        execute("BEGIN");
        add(events + i, true);
        execute("COMMIT");
        took[i] = (now() - start) * 1e3;
    }
    out_latency("sqlite", "wal+full:dedup+totals,commit-only", took, SAMPLES);
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
    if (count < 5 || sqlite3_open(words[1], &db) != SQLITE_OK)
        return 2;
    execute("PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA cache_size=-1000000;"
            "PRAGMA temp_store=MEMORY;PRAGMA mmap_size=0;PRAGMA wal_autocheckpoint=16384");
    const struct job job = {.csv = words[2], .batch = atoi(words[4])};
    for (size_t i = 0; i < sizeof jobs / sizeof jobs[0]; i++)
        if (strcmp(jobs[i].name, words[3]) == 0)
            jobs[i].run(&job);
    return 0;
}

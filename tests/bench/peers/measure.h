/* measure: what the peers' programs share: the workload's CSV read, a plain aggregator with the
 * totals' checksum, time, and the one line for each result. Built by lib.sh alone: no part of
 * Ogniwo is used here. */
#ifndef TESTS_BENCH_PEERS_MEASURE_H
#define TESTS_BENCH_PEERS_MEASURE_H

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static inline double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}
static inline void out(const char *peer, const char *mode, const char *metric, double v)
{
    printf("peer=%s mode=%s metric=%s value=%.6g\n", peer, mode, metric, v);
    fflush(stdout);
}
__attribute__((unused)) static int cmp_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}
__attribute__((unused)) static void out_latency(const char *peer, const char *mode, double *ms,
                                                int n)
{
    if (n <= 0)
        return;
    qsort(ms, (size_t)n, sizeof *ms, cmp_double);
    out(peer, mode, "latency_ms_p50", ms[n / 2]);
    out(peer, mode, "latency_ms_p99", ms[(int)((double)n * 0.99)]);
}
#define DIE(...)                                                                                   \
    do {                                                                                           \
        fprintf(stderr, __VA_ARGS__);                                                              \
        fputc('\n', stderr);                                                                       \
        exit(1);                                                                                   \
    } while (0)

struct event {
    uint64_t seq;
    uint8_t id[16], person[16];
    int64_t amount;   /* grosze, -1 when absent */
    const char *line; /* the CSV line, without newline */
    uint16_t len, partner, teryt, birth, year;
    uint8_t type, task, month, day;
    char sex;
};

static inline uint8_t hexv(char c)
{
    return (uint8_t)((c & 15) + (c >> 6) * 9);
}
static inline const char *uintp(const char *p, uint64_t *v)
{
    uint64_t x = 0;
    while ((unsigned)(*p - '0') < 10)
        x = x * 10 + (uint64_t)(*p++ - '0');
    *v = x;
    return p;
}
/* Parses one line of len bytes. */
static inline void parse_event(const char *s, size_t len, struct event *e)
{
    uint64_t v;
    const char *p = uintp(s, &v);
    e->partner = (uint16_t)v;
    p = uintp(p + 1, &e->seq);
    p++;
    for (int i = 0; i < 16; i++, p += 2)
        e->id[i] = (uint8_t)(hexv(p[0]) << 4 | hexv(p[1]));
    p++;
    for (int i = 0; i < 16; i++, p += 2)
        e->person[i] = (uint8_t)(hexv(p[0]) << 4 | hexv(p[1]));
    p = uintp(p + 1, &v);
    e->type = (uint8_t)v;
    p = uintp(p + 1, &v);
    e->teryt = (uint16_t)v;
    p = uintp(p + 1, &v);
    e->task = (uint8_t)v;
    e->sex = p[1];
    p = uintp(p + 3, &v);
    e->birth = (uint16_t)v;
    p = uintp(p + 1, &v);
    e->year = (uint16_t)v;
    p = uintp(p + 1, &v);
    e->month = (uint8_t)v;
    p = uintp(p + 1, &v);
    e->day = (uint8_t)v;
    p++;
    e->amount = -1;
    if (p < s + len) {
        uint64_t z, g;
        p = uintp(p, &z) + 1; /* two decimals; what follows the line may be anything */
        g = (uint64_t)((p[0] - '0') * 10 + (p[1] - '0'));
        e->amount = (int64_t)(z * 100 + g);
    }
    e->line = s;
    e->len = (uint16_t)len;
}
__attribute__((unused)) static struct event *load_csv(const char *path, size_t *n)
{
    int fd = open(path, O_RDONLY);
    struct stat st;
    if (fd < 0 || fstat(fd, &st))
        DIE("cannot open %s", path);
    char *m = malloc((size_t)st.st_size + 1);
    for (ssize_t o = 0, r; o < st.st_size; o += r)
        if ((r = read(fd, m + o, (size_t)(st.st_size - o))) <= 0)
            DIE("short read");
    m[st.st_size] = 0;
    close(fd);
    size_t cap = (size_t)st.st_size / 70 + 16, k = 0;
    struct event *ev = malloc(cap * sizeof *ev);
    for (char *p = m, *end = m + st.st_size; p < end;) {
        char *q = memchr(p, '\n', (size_t)(end - p));
        if (!q)
            q = end;
        if (k == cap)
            ev = realloc(ev, (cap *= 2) * sizeof *ev);
        parse_event(p, (size_t)(q - p), &ev[k++]);
        p = q + 1;
    }
    *n = k;
    return ev;
}

/* Age group from the year of the event less the year of birth. */
static inline int age_group(int age)
{
    return age < 18   ? 0
           : age < 25 ? 1
           : age < 30 ? 2
           : age < 40 ? 3
           : age < 50 ? 4
           : age < 60 ? 5
           : age < 65 ? 6
                      : 7;
}

/* ---- a plain in-memory aggregator: open addressing, linear probing ---- */
static inline uint64_t mix64(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
}
struct k16 {
    uint64_t a, b;
};
struct set16 {
    struct k16 *t;
    size_t cap, n;
};
static inline int set16_add(struct set16 *s, uint64_t a, uint64_t b)
{ /* 1 when new */
    if (!(a | b))
        a = 1;
    if (s->n * 10 >= s->cap * 6) {
        struct set16 g = {0};
        g.cap = s->cap ? s->cap * 2 : 1024;
        g.t = calloc(g.cap, sizeof *g.t);
        for (size_t i = 0; i < s->cap; i++)
            if (s->t[i].a | s->t[i].b) {
                size_t h = mix64(s->t[i].a ^ s->t[i].b * 0x9e3779b97f4a7c15ull) & (g.cap - 1);
                while (g.t[h].a | g.t[h].b)
                    h = (h + 1) & (g.cap - 1);
                g.t[h] = s->t[i];
            }
        g.n = s->n;
        free(s->t);
        *s = g;
    }
    size_t h = mix64(a ^ b * 0x9e3779b97f4a7c15ull) & (s->cap - 1);
    while (s->t[h].a | s->t[h].b) {
        if (s->t[h].a == a && s->t[h].b == b)
            return 0;
        h = (h + 1) & (s->cap - 1);
    }
    s->t[h].a = a;
    s->t[h].b = b;
    s->n++;
    return 1;
}
struct cell {
    uint64_t key;
    int64_t n, sum;
};
struct totals {
    struct cell *t;
    size_t cap, n;
};
static inline struct cell *cell_at(struct totals *s, uint64_t key)
{
    if (s->n * 10 >= s->cap * 6) {
        struct totals g = {0};
        g.cap = s->cap ? s->cap * 2 : 1024;
        g.t = calloc(g.cap, sizeof *g.t);
        for (size_t i = 0; i < s->cap; i++)
            if (s->t[i].key) {
                size_t h = mix64(s->t[i].key) & (g.cap - 1);
                while (g.t[h].key)
                    h = (h + 1) & (g.cap - 1);
                g.t[h] = s->t[i];
            }
        g.n = s->n;
        free(s->t);
        *s = g;
    }
    size_t h = mix64(key) & (s->cap - 1);
    while (s->t[h].key && s->t[h].key != key)
        h = (h + 1) & (s->cap - 1);
    if (!s->t[h].key) {
        s->t[h].key = key;
        s->n++;
    }
    return &s->t[h];
}
struct agg {
    struct set16 ids, people;
    struct totals cells, uniq;
    uint64_t events, dups;
};

static inline uint64_t cell_key(const struct event *e)
{
    return (((((((uint64_t)e->teryt * 32 + e->task) * 8 + e->type) * 2 + (e->sex == 'K')) * 8 +
              (uint64_t)age_group(e->year - e->birth)) *
                 4096 +
             e->year) *
                16 +
            e->month);
}
static inline int agg_add(struct agg *g, const struct event *e)
{
    uint64_t a, b;
    memcpy(&a, e->id, 8);
    memcpy(&b, e->id + 8, 8);
    g->events++;
    if (!set16_add(&g->ids, a, b)) {
        g->dups++;
        return 0;
    }
    struct cell *c = cell_at(&g->cells, cell_key(e));
    c->n++;
    if (e->amount > 0)
        c->sum += e->amount;
    /* person x (powiat, task): the pair is folded into the person's first word, which
     * is random, so that distinct pairs stay distinct with overwhelming odds */
    memcpy(&a, e->person, 8);
    memcpy(&b, e->person + 8, 8);
    uint64_t pt = (uint64_t)e->teryt * 32 + e->task;
    if (set16_add(&g->people, a ^ mix64(pt), b))
        cell_at(&g->uniq, pt)->n++;
    return 1;
}
static inline uint64_t line_hash(const char *s, size_t n)
{
    uint64_t h = 0xcbf29ce484222325ull;
    for (size_t i = 0; i < n; i++) {
        h ^= (uint8_t)s[i];
        h *= 0x100000001b3ull;
    }
    return mix64(h);
}
__attribute__((unused)) static uint64_t agg_checksum(const struct agg *g)
{
    static const char *sx[2] = {"M", "K"};
    char b[160];
    uint64_t sum = 0;
    for (size_t i = 0; i < g->cells.cap; i++)
        if (g->cells.t[i].key) {
            uint64_t k = g->cells.t[i].key;
            int mo = (int)(k % 16), y = (int)(k / 16 % 4096), ag = (int)(k >> 16 & 7),
                s = (int)(k >> 19 & 1), ty = (int)(k >> 20 & 7), ta = (int)(k >> 23 & 31),
                te = (int)(k >> 28);
            int l = snprintf(b, sizeof b, "T|%02d|%04d|%d|%d|%s|%d|%04d-%02d|%lld|%lld", te / 100,
                             te, ta, ty, sx[s], ag, y, mo, (long long)g->cells.t[i].n,
                             (long long)g->cells.t[i].sum);
            sum += line_hash(b, (size_t)l);
        }
    for (size_t i = 0; i < g->uniq.cap; i++)
        if (g->uniq.t[i].key) {
            uint64_t k = g->uniq.t[i].key;
            int l = snprintf(b, sizeof b, "U|%04d|%d|%lld", (int)(k / 32), (int)(k % 32),
                             (long long)g->uniq.t[i].n);
            sum += line_hash(b, (size_t)l);
        }
    return sum;
}
/* For the latency jobs: keeps only the first of each event id. */
__attribute__((unused)) static size_t drop_dups(struct event *e, size_t n)
{
    struct set16 ids = {0};
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t a, b;
        memcpy(&a, e[i].id, 8);
        memcpy(&b, e[i].id + 8, 8);
        if (set16_add(&ids, a, b))
            e[k++] = e[i];
    }
    free(ids.t);
    return k;
}
/* The checksum that must come out is passed in the environment (EXPECT). */
__attribute__((unused)) static void check(const char *peer, const char *mode, uint64_t sum)
{
    const char *e = getenv("EXPECT");
    char h[20];
    snprintf(h, sizeof h, "%016llx", (unsigned long long)sum);
    printf("# check peer=%s mode=%s checksum=%s %s\n", peer, mode, h,
           !e || !*e       ? "unchecked"
           : !strcmp(e, h) ? "OK"
                           : "WRONG");
    fflush(stdout);
}
#endif

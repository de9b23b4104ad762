#include "tests/bench/probe.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

double probe_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

double probe_own_cpu(void)
{
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (double)used.tv_sec + (double)used.tv_nsec * 1e-9;
}

double probe_cpu(pid_t process)
{
    char name[64], line[1024] = "";
    uint64_t user = 0, system = 0;
    snprintf(name, sizeof name, "/proc/%d/stat", (int)process);
    FILE *file = fopen(name, "r");
    if (file != NULL) {
        const size_t size = fread(line, 1, sizeof line - 1, file);
        line[size] = '\0';
        fclose(file);
    }
    const char *rest = strrchr(line, ')');
    if (rest == NULL ||
        sscanf(rest, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %" SCNu64 " %" SCNu64, &user,
               &system) != 2) {
        return 0;
    }
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

/* The number behind a word in a file of the process; 0 where it is not told. */
static uint64_t number_behind(pid_t process, const char *file_name, const char *word)
{
    char name[64], line[256];
    uint64_t number = 0;
    snprintf(name, sizeof name, "/proc/%d/%s", (int)process, file_name);
    FILE *file = fopen(name, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, word, strlen(word)) == 0) {
            number = strtoull(line + strlen(word), NULL, 10);
            break;
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return number;
}

uint64_t probe_resident_kib(pid_t process)
{
    return number_behind(process, "status", "VmRSS:");
}

uint64_t probe_written(pid_t process)
{
    return number_behind(process, "io", "write_bytes:");
}

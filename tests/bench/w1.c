/* w1: writes workload W1 as the peers' table to standard output.
 *
 *   ogniwo-bench-w1 [EVENTS] >w1.csv      1,000,000 by default */
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/workload.h"

int main(int count, char **words)
{
    struct workload *workload =
        workload_new(count > 1 ? strtoull(words[1], NULL, 10) : (uint64_t)1000000);
    struct workload_event event;
    char line[WORKLOAD_LINE_BYTES];
    while (workload_next(workload, &event)) {
        const size_t size = workload_line(&event, line);
        if (fwrite(line, 1, size, stdout) != size) {
            return 1;
        }
    }
    workload_free(&workload);
    return fflush(stdout) == 0 ? 0 : 1;
}

/* probe: time, processor time and memory of a process, asked from the system. */
#ifndef TESTS_BENCH_PROBE_H
#define TESTS_BENCH_PROBE_H

#include <stdint.h>
#include <sys/types.h>

/* Monotonic, in seconds. */
double probe_now(void);
/* Of all threads so far, in seconds; of another process in steps of 10 ms. */
double probe_own_cpu(void);
double probe_cpu(pid_t process);
uint64_t probe_resident_kib(pid_t process);
/* Bytes that it made the system write to disks so far. */
uint64_t probe_written(pid_t process);

#endif

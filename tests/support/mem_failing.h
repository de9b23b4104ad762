/* mem_failing: makes the Nth allocation of a unit test fail.
 *
 * Every unit test is linked with --wrap for mem_calloc and mem_resize, so that they come through
 * here; nothing fails until mem_failing_at() asks for it. The usual loop:
 *
 *     enum err err = ERR_MEMORY;
 *     for (size_t nth = 1; err == ERR_MEMORY; nth++) {
 *         mem_failing_at(nth);
 *         err = x_new(..., &x);
 *         assert_int_equal(mem_failing_done(), err == ERR_MEMORY);
 *     }
 */
#ifndef TESTS_SUPPORT_MEM_FAILING_H
#define TESTS_SUPPORT_MEM_FAILING_H

#include <stdbool.h>
#include <stddef.h>

/* The nth allocation from now on fails, once; 0: none does. */
void mem_failing_at(size_t nth);

/* Whether that allocation came and failed; from now on none fails. */
bool mem_failing_done(void);

/* Allocations since the last mem_failing_at(). */
size_t mem_failing_count(void);

#endif

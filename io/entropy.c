#include "io/entropy.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <sys/random.h>
#include <sys/types.h>

void entropy_fill(void *out, size_t size)
{
    uint8_t *at = out;
    assert(out != NULL || size == 0);
    while (size > 0) {
        const ssize_t got = getrandom(at, size, 0);
        /* Only an interruption can fail here; without entropy nothing may go on. */
        assert(got > 0 || errno == EINTR);
        if (got > 0) {
            at += got;
            size -= (size_t)got;
        }
    }
}

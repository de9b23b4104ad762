/* The happy path is: 1. signals to stop come by a descriptor; 2. each wait ends with a
 * descriptor that is readable, with the deadline, or with a signal.
 *
 * What may go wrong: the system refuses a wait (ERR_IO); a wait may also end without a reason,
 * so the caller looks at everything each time. */
#include "io/loop.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "core/base/mem.h"

enum { DESCRIPTORS_MAX = 32 };

struct loop {
    int signals;
    sigset_t mask_before;
    bool stopping;
};

/* Where a standard descriptor is closed, the next file opened would take its number, and a line
 * meant for standard error would be written into a store. */
static enum err fill_standard_descriptors(void)
{
    for (int descriptor = 0; descriptor <= STDERR_FILENO; descriptor++) {
        if (fcntl(descriptor, F_GETFD) == -1 && open("/dev/null", O_RDWR) != descriptor) {
            return ERR_IO;
        }
    }
    return ERR_OK;
}

enum err loop_new(struct loop **out)
{
    sigset_t set;
    enum err err = fill_standard_descriptors();
    if (err != ERR_OK) {
        return err;
    }
    struct loop *self = mem_calloc(1, sizeof(*self));
    if (self == NULL) {
        return ERR_MEMORY;
    }
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    err = ERR_IO;
    if (pthread_sigmask(SIG_BLOCK, &set, &self->mask_before) != 0) {
        goto fail_self;
    }
    self->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (self->signals < 0) {
        goto fail_mask;
    }
    *out = self;
    return ERR_OK;

fail_mask:
    pthread_sigmask(SIG_SETMASK, &self->mask_before, NULL);
fail_self:
    mem_free(self);
    return err;
}

void loop_free(struct loop **self)
{
    struct loop *loop = *self;
    if (loop == NULL) {
        return;
    }
    close(loop->signals);
    pthread_sigmask(SIG_SETMASK, &loop->mask_before, NULL);
    mem_free(loop);
    *self = NULL;
}

static void take_signals(struct loop *self)
{
    struct signalfd_siginfo info;
    while (read(self->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
        if (info.ssi_signo == SIGINT || info.ssi_signo == SIGTERM) {
            self->stopping = true;
        }
    }
}

/* Until a deadline of the monotonic clock; rounded up, so that the deadline has passed
 * afterwards. */
static int time_left_ms(uint64_t deadline_ms)
{
    struct timespec now;
    if (deadline_ms == UINT64_MAX) {
        return -1;
    }
    const int rc = clock_gettime(CLOCK_MONOTONIC, &now);
    assert(rc == 0);
    const uint64_t now_ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
    if (deadline_ms <= now_ms) {
        return 0;
    }
    const uint64_t left_ms = deadline_ms - now_ms;
    return left_ms < INT_MAX ? (int)left_ms : INT_MAX;
}

enum err loop_wait(struct loop *self, const int *descriptors, uint32_t count, uint64_t deadline_ms)
{
    struct pollfd items[DESCRIPTORS_MAX + 1] = {{.fd = self->signals, .events = POLLIN}};
    assert(count <= DESCRIPTORS_MAX);
    assert(descriptors != NULL || count == 0);
    for (uint32_t i = 0; i < count; i++) {
        items[i + 1] = (struct pollfd){.fd = descriptors[i], .events = POLLIN};
    }
    const int rc = poll(items, count + 1, time_left_ms(deadline_ms));
    if (rc < 0 && errno != EINTR) {
        return ERR_IO;
    }
    take_signals(self);
    return ERR_OK;
}

bool loop_stopping(const struct loop *self)
{
    return self->stopping;
}

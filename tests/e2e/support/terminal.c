#include "e2e/support/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/clock.h"

enum { SEEN_BYTES_MAX = 64 << 20, PATIENCE_MS = 30000, LOOK_MS = 20 };

void terminal_start(struct programs *programs, const char *const *words, uint16_t columns,
                    uint16_t rows, struct terminal *out)
{
    *out = (struct terminal){.seen = {.bytes_max = SEEN_BYTES_MAX}};
    out->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    assert_true(out->master >= 0 && grantpt(out->master) == 0 && unlockpt(out->master) == 0);
    out->slave = open(ptsname(out->master), O_RDWR | O_NOCTTY | O_CLOEXEC);
    assert_true(out->slave >= 0);
    setenv("TERM", "xterm", 1);
    unsetenv("NO_COLOR");
    terminal_resize(out, columns, rows);
    out->pid = programs_spawn(programs, words, out->slave);
}

void terminal_resize(struct terminal *self, uint16_t columns, uint16_t rows)
{
    const struct winsize size = {.ws_col = columns, .ws_row = rows};
    assert_int_equal(0, ioctl(self->master, TIOCSWINSZ, &size));
}

/* Reads what is there, or waits a little for it. */
static void look(struct terminal *self)
{
    struct pollfd wanted = {.fd = self->master, .events = POLLIN};
    char part[65536];
    ssize_t got = 0;
    poll(&wanted, 1, LOOK_MS);
    while ((got = read(self->master, part, sizeof part)) > 0) {
        assert_int_equal(ERR_OK, buffer_add(&self->seen, bytes_of(part, (size_t)got)));
    }
    assert_int_equal(ERR_OK, buffer_add(&self->seen, bytes_of("", 1)));
    self->seen.size--;
}

size_t terminal_await(struct terminal *self, const char *text)
{
    const uint64_t end_ms = clock_monotonic_ms() + PATIENCE_MS;
    const char *found = NULL;
    look(self);
    while ((found = strstr((const char *)self->seen.data + self->looked, text)) == NULL) {
        int status = 0;
        if (clock_monotonic_ms() >= end_ms || waitpid(self->pid, &status, WNOHANG) != 0) {
            fail_msg("\"%s\" was not drawn in:\n%s", text,
                     (const char *)self->seen.data + self->looked);
        }
        look(self);
    }
    self->looked = (size_t)(found - (const char *)self->seen.data) + strlen(text);
    return self->looked;
}

int terminal_end(struct terminal *self, const char *keys)
{
    const uint64_t end_ms = clock_monotonic_ms() + PATIENCE_MS;
    int status = 0;
    assert_int_equal(strlen(keys), write(self->master, keys, strlen(keys)));
    while (waitpid(self->pid, &status, WNOHANG) == 0) {
        assert_true(clock_monotonic_ms() < end_ms);
        look(self);
    }
    look(self);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

void terminal_close(struct terminal *self)
{
    close(self->master);
    close(self->slave);
    buffer_fini(&self->seen);
}

bool terminal_has(const struct terminal *self, size_t from, const char *text)
{
    return strstr((const char *)self->seen.data + from, text) != NULL;
}

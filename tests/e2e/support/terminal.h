/* terminal: a program that runs on a terminal of its own, read and typed at by a test. Asserts on
 * failure. */
#ifndef TESTS_E2E_SUPPORT_TERMINAL_H
#define TESTS_E2E_SUPPORT_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/buffer.h"
#include "e2e/support/programs.h"

struct terminal {
    pid_t pid;
    int master, slave;  /* the slave stays open here: what was drawn last can still be read */
    struct buffer seen; /* all that was drawn, with a zero behind it */
    size_t looked;      /* through which it was awaited */
};

/* Starts `ogniwo WORDS` on a terminal of that size, which is its controlling one. */
void terminal_start(struct programs *programs, const char *const *words, uint16_t columns,
                    uint16_t rows, struct terminal *out);

/* The window gets another size, and the program its SIGWINCH. */
void terminal_resize(struct terminal *self, uint16_t columns, uint16_t rows);

/* Reads along until the text was drawn behind what was awaited before; gives where in `seen` it
 * ends. */
size_t terminal_await(struct terminal *self, const char *text);

/* Types the keys, waits for the program's end and gives its exit code. */
int terminal_end(struct terminal *self, const char *keys);
void terminal_close(struct terminal *self);

/* Whether the text stands in what was drawn from there on. */
bool terminal_has(const struct terminal *self, size_t from, const char *text);

#endif

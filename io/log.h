/* log: one line a happening on standard error: time, level, stable id, sentence, key=value.
 *
 * Never a personal datum. Values are escaped: no control characters reach the terminal. */
#ifndef IO_LOG_H
#define IO_LOG_H

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

/* Lines below the level are left out; LOG_INFO at start. */
void log_level_set(enum log_level level);

/* The same by name ("warning"); a name that is none changes nothing. */
void log_level_named(const char *name);

/* log_line(LOG_INFO, "NODE-READY", "the node is connected", "partner=%s seq=%llu", ...): the last
 * format is of key=value pairs, or null. */
void log_line(enum log_level level, const char *id, const char *sentence, const char *pairs, ...)
    __attribute__((format(printf, 4, 5)));

#endif

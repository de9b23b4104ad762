/* err: the one list of what can go wrong, for codes, names and texts. */
#ifndef CORE_BASE_ERR_H
#define CORE_BASE_ERR_H

#define MUST_CHECK __attribute__((warn_unused_result))

/* X(code, text). Codes are never stored or sent: they may be renumbered. */
#define ERR_LIST(X)                                                                                \
    X(OK, "fine")                                                                                  \
    X(MEMORY, "out of memory")                                                                     \
    X(FULL, "a limit was reached")                                                                 \
    X(MALFORMED, "the bytes do not have the form they should have")                                \
    X(NOT_CANONICAL, "the bytes are not the one canonical encoding")                               \
    X(ENCODING, "the text is not valid UTF-8 or holds forbidden characters")                       \
    X(RANGE, "a value lies outside its range")                                                     \
    X(NOT_FOUND, "there is no such thing")                                                         \
    X(EXISTS, "it is there already")                                                               \
    X(DENIED, "the other side may not do this")                                                    \
    X(SIGNATURE, "the signature is not from the key it should be from")                            \
    X(DIGEST, "the digest does not match the bytes")                                               \
    X(CHAIN, "the chain does not continue what is stored")                                         \
    X(VERSION, "this version is not known here")                                                   \
    X(IO, "reading or writing failed")                                                             \
    X(STORE, "the store failed: its last outcome is unknown")                                      \
    X(BUSY, "another process holds it")                                                            \
    X(CONFIG, "the configuration is wrong")                                                        \
    X(UNREACHABLE, "the other side cannot be reached")                                             \
    X(TIMEOUT, "no answer came in time")                                                           \
    X(STATE, "this is not possible in the present state")

#define ERR_ENUM(code, text) ERR_##code,
enum err { ERR_LIST(ERR_ENUM) ERR_COUNT };
#undef ERR_ENUM

/* The code's name without its prefix ("MALFORMED"), and a sentence about it. Static text. */
const char *err_name(enum err err);
const char *err_text(enum err err);

#endif

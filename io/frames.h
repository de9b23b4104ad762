/* frames: one message of ZeroMQ read whole, however many frames it has.
 *
 * A part of link and feed, which alone use it. */
#ifndef IO_FRAMES_H
#define IO_FRAMES_H

#include <stdint.h>

/* Reads the next message without waiting: its first frames into these (zmq_msg_t each), what is
 * beyond them is let go. Returns how many frames it had, 0 for no message, or -1 with errno. */
int frames_read(void *socket, void *const *frames, uint32_t count);

#endif

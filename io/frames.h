/* frames: messages of ZeroMQ frame by frame: read whole, however many there are, and sent.
 *
 * A part of link and feed, which alone use it. */
#ifndef IO_FRAMES_H
#define IO_FRAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/bytes.h"

/* Reads the next message without waiting: its first frames into these (zmq_msg_t each), what is
 * beyond them is let go. Returns how many frames it had, 0 for no message, or -1 with errno. */
int frames_read(void *socket, void *const *frames, uint32_t count);

/* Sends one frame with these flags of zmq_send(); a signal that comes meanwhile is no reason to
 * give up. False: it was not taken, with errno. */
bool frames_send(void *socket, struct bytes frame, int flags);

#endif

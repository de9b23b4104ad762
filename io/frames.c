#include "io/frames.h"

#include <errno.h>

#include <zmq.h>

int frames_read(void *socket, void *const *frames, uint32_t count)
{
    zmq_msg_t spare;
    zmq_msg_init(&spare);
    int read = 0, more = 1;
    while (more != 0) {
        zmq_msg_t *frame = (uint32_t)read < count ? frames[read] : &spare;
        /* Once the first frame is there, so are the others. */
        if (zmq_msg_recv(frame, socket, ZMQ_DONTWAIT) < 0) {
            if (errno == EINTR) {
                continue;
            }
            read = errno == EAGAIN && read == 0 ? 0 : -1;
            break;
        }
        read++;
        more = zmq_msg_more(frame);
    }
    zmq_msg_close(&spare);
    return read;
}

bool frames_send(void *socket, struct bytes frame, int flags)
{
    int sent = -1;
    do {
        sent = zmq_send(socket, frame.data, frame.size, flags);
    } while (sent < 0 && errno == EINTR);
    return sent >= 0;
}

#include "proto/version.h"

#include "proto/sealing.h"

void version_digest(struct bytes yaml, struct bytes regions, uint8_t out[DIGEST_BYTES])
{
    uint8_t sizes[16];
    struct seal_stream stream;
    bytes_put64(sizes, yaml.size);
    bytes_put64(sizes + 8, regions.size);
    sealing_stream_begin(&stream, SEAL_PROGRAMME);
    sealing_stream_add(&stream, bytes_of(sizes, sizeof sizes));
    sealing_stream_add(&stream, yaml);
    sealing_stream_add(&stream, regions);
    sealing_stream_end(&stream, out);
}

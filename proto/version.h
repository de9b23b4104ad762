/* version: the digest that names a version of a programme file. */
#ifndef PROTO_VERSION_H
#define PROTO_VERSION_H

#include <stdint.h>

#include "core/base/bytes.h"
#include "proto/messages.h"

/* Of the sizes and bytes of the YAML and of the region table. */
void version_digest(struct bytes yaml, struct bytes regions, uint8_t out[DIGEST_BYTES]);

#endif

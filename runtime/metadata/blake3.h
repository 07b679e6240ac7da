/* blake3.h - BLAKE3 of bytes in memory, 32 bytes out; for the metadata digest at build time. */
#ifndef NALAR_METADATA_BLAKE3_H
#define NALAR_METADATA_BLAKE3_H

#include "core/platform.h"

void blake3(uint8_t out[static 32], const void *in, size_t len);

#endif

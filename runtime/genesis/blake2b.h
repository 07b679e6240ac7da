/* blake2b.h - BLAKE2b with a 64-byte digest (RFC 7693), unkeyed: the checksum of SS58 addresses. The node offers
 * shorter digests only. Used when a genesis is built, never in a block. */
#ifndef NALAR_GENESIS_BLAKE2B_H
#define NALAR_GENESIS_BLAKE2B_H

#include "core/platform.h"

void blake2b_512(uint8_t out[static 64], struct bytes in);

#endif

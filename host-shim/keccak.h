/* keccak.h - Keccak-f[1600] and the original Keccak-256 (padding 01, as Ethereum and the node use it). */
#ifndef NALAR_SHIM_KECCAK_H
#define NALAR_SHIM_KECCAK_H

#include "core/platform.h"

/* One permutation of the state, lanes in native little endian. */
void keccak_f1600(uint64_t state[static 25]);
void keccak_256(uint8_t out[static 32], struct bytes in);

#endif

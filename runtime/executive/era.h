/* era.h - mortal eras. polkadot-sdk stable2609 sp-runtime src/generic/era.rs. */
#ifndef NALAR_EXECUTIVE_ERA_H
#define NALAR_EXECUTIVE_ERA_H

#include "scale/scale.h"

struct era {
    uint32_t period; /* 0: immortal; else a power of two, 4 to 65536 */
    uint32_t phase;  /* below period */
};

/* Reads the one- or two-byte form; fails for a period below 4 or a phase beyond it. */
struct era era_decode(struct reader *in);
/* The block whose hash the signer signed, for the current block number. 0 for immortal eras. */
uint64_t era_birth(struct era era, uint64_t current);
/* The first block in which the extrinsic is no longer valid; UINT64_MAX for immortal eras. */
uint64_t era_death(struct era era, uint64_t current);

#endif

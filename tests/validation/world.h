/* world.h - a chain that lives on at random: what the relay chain shows and sends, upgrades, blocks of every kind. */
#ifndef NALAR_TESTS_VALIDATION_WORLD_H
#define NALAR_TESTS_VALIDATION_WORLD_H

#include "author.h"

struct world_counts {
    uint32_t povs, bundles, blocks, empty, full, extrinsics, failed, refused;
    uint32_t downward, horizontal, upgrades, aborts, models, active;
    uint32_t largest_proof; /* bytes */
};
extern struct world_counts world_counts;

void world_start(void);
/* The next proof of validity: blocks authored and imported. `small`: one or two blocks of few extrinsics. */
void world_next(uint64_t *seed, struct pov *pov, bool small);
/* Sets `models` and `active` to what the state holds. */
void world_count_models(void);
/* One block filled with transfers until the chain takes no more. */
void world_full(uint64_t *seed, struct pov *pov);

/* A number from the environment. */
uint64_t world_number(const char *name, uint64_t otherwise);

#endif

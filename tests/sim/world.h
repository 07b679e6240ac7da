/* world.h - the market's own runtime, natively: its state, blocks whose inherent moves the clock, and calls that go the
 * whole way (encoded, decoded, dispatched in a transaction). Fees are not taken; they may be added up. People are
 * numbers; each owns RICH at the start. One world at a time. */
#ifndef NALAR_TESTS_SIM_WORLD_H
#define NALAR_TESTS_SIM_WORLD_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compute/compute.h"
#include "core/ints.h"
#include "jobs/jobs.h"
#include "models/models.h"
#include "rewards/rewards.h"
#include "shim.h"

enum { TREASURY = 0, PEOPLE = 400 }; /* persons 1 .. PEOPLE */
#define RICH (400000 * UNIT)

/* --- chance: one stream for the world, one for who plays against it, both from the seed --- */
struct chance {
    uint64_t state;
};
extern struct chance nature, player;
uint64_t draw_number(struct chance *chance);
uint32_t below(struct chance *chance, uint32_t bound);      /* 0 .. bound - 1 */
u128 between(struct chance *chance, u128 least, u128 most); /* both included, most - least below 2^64 */
bool percent(struct chance *chance, uint32_t chances);

/* --- checks: what must hold, counted --- */
extern uint32_t checks_passed, checks_failed;
/* Prints a failed one, with the seed of the game. */
bool check(bool holds, const char *what, ...) __attribute__((format(printf, 2, 3)));
/* The same without counting what holds: for what is looked at all the time. */
bool expect(bool holds, const char *what, ...) __attribute__((format(printf, 2, 3)));
extern uint64_t game_seed;
extern const char *game_name;

/* --- the chain --- */
void world_start(void); /* genesis and people */
/* Nested marks of the state; back undoes everything since. The clock is part of the state. */
void world_mark(void);
void world_back(void);
/* After storage accessors have changed the state by themselves, for what no call does yet. */
void world_flush(void);
/* One block on each of the next `n` relay parents: a tick each, with randomness from `nature`. */
void world_tick(uint32_t n);
/* Relay parents without blocks of this chain until tick `now`, which is in a block; each epoch's end is in a block. */
void world_skip_to(uint32_t now);
void world_skip(uint32_t ticks);
void world_next_epoch(void);
/* Whether all that must hold of a state does; a failed check otherwise. */
bool world_check(void);
/* After every block: the invariants of the market's pallets, all sums, and world_check now and then. The books of
 * issuance (books.h) are always kept. */
extern bool world_checks_blocks;

/* --- calls --- */
enum { AS_ROOT = -1, AS_NOBODY = -2 };
account_id person(int n);             /* ascending with n; the treasury for 0 */
int person_of(const account_id *who); /* -1 for none */
dispatch_result act(int who, uint8_t pallet, uint8_t index, const void *args);
#define ACT(who, pallet, name, ...)                                                                                    \
    act(who, pallet_index_##pallet, pallet##_call_index_##name, &(const pallet##_call_##name){__VA_ARGS__})
#define ACT0(who, pallet, name) act(who, pallet_index_##pallet, pallet##_call_index_##name, NULL)
/* For steps that only a broken world refuses. */
bool must(dispatch_result result, const char *what, int line);
#define MUST(expression) must(expression, #expression, __LINE__)
/* Calls of those who are marked, that were done and are not free, book here what they cost at least: signed, with no
 * tip, and the lowest price of weight, which is nearly nothing. NULL: nothing is booked. */
extern bool pays_fees[PEOPLE + 1];
extern u128 *fees_go_to;
extern uint64_t acts_done, acts_refused;
extern uint32_t acts_by_call[256][64]; /* that were done */

u128 money_of(int n); /* free balance */
h256 hash_of(uint64_t a, uint64_t b);

/* Entries of a storage item in key order: the keys' bytes behind the item's prefix. False at the end. Nothing may
 * change while walking. */
struct walk {
    const struct storage_desc *item;
    uint32_t at;
};
bool walk_next(struct walk *walk, struct bytes *key);

#endif

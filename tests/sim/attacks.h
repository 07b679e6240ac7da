/* attacks.h - the strategies, by file; attacks.c lists them. Each has a prepare (what is there in both runs) and a
 * play. */
#ifndef NALAR_TESTS_SIM_ATTACKS_H
#define NALAR_TESTS_SIM_ATTACKS_H

#include "game.h"

#define STRATEGY(name)                                                                                                 \
    void prepare_##name(void);                                                                                         \
    void play_##name(bool attack);
/* attacks_wash.c */
STRATEGY(wash)
STRATEGY(reputation)
STRATEGY(tiny_jobs)
STRATEGY(late_settlement)
/* attacks_seat.c */
STRATEGY(copy)
STRATEGY(lazy)
STRATEGY(lazy_fee)
STRATEGY(equivocate)
STRATEGY(no_show)
STRATEGY(owner_stops)
STRATEGY(inflate)
STRATEGY(honest)
STRATEGY(bait)
STRATEGY(junk_bids)
STRATEGY(fake_input)
/* attacks_stake.c */
STRATEGY(run)
STRATEGY(front_run)
STRATEGY(joiner)
STRATEGY(late_bond)
STRATEGY(rounding)
STRATEGY(twin)
STRATEGY(storm)
/* attacks_draw.c */
STRATEGY(grind)
STRATEGY(shut_out)
STRATEGY(eviction)
STRATEGY(split)
/* attacks_decoy.c */
STRATEGY(decoys)
STRATEGY(jail)
#undef STRATEGY

/* Providers of a game on one model: `n` persons from `first` on, prices from 0.001 to 1 NLR within a factor of 2. */
void servers_at(int first, uint32_t n, uint64_t model);
/* An order on the model that everybody there can serve, worth at most `most` NLR. */
struct order some_order(uint64_t model, uint32_t n, uint32_t most);
/* Ascending allow list of persons first .. first + n - 1. */
const int *row_of(int first, uint32_t n);
/* Providers `first` on with one price, in one class of the book; a bond of 0 is any. */
void one_class(int first, uint32_t n, uint64_t model, u128 bond);
/* Seats of the job that persons first .. first + accounts - 1 have. */
uint32_t own_seats(uint64_t job, uint32_t n, int first, uint32_t accounts);
/* Those that a draw by the randomness to come would give them; nothing changes. */
uint32_t foreseen_seats(uint64_t job, uint32_t n, int first, uint32_t accounts);
/* Delegates as much of `amount` as the pool takes. */
bool put_behind(int who, int provider, u128 amount);

#endif

/* jobs.h - jobs of AI work: money in escrow, seats drawn or bid for, results committed and revealed, pay by agreement.
 * Rules, state table and formulas: docs/PROTOCOL.md. */
#ifndef NALAR_PALLETS_JOBS_H
#define NALAR_PALLETS_JOBS_H

#include "balances/balances.h"
#include "clock/clock.h"
#include "compute/compute.h"
#include "models/models.h"
#include "pallet/pallet.h"
#include "rewards/rewards.h"

#define JOBS_PALLET_ID {{'n', 'l', '/', 'j', 'o', 'b', 's', '/'}}
#define JOBS_MAX_VALUE (10000 * UNIT)
#define JOBS_MIN_VALUE (UNIT / 100)
#define JOBS_MAX_ACCEPT_FEE UNIT
#define JOBS_MIN_BOND UNIT
#define JOBS_DEPOSIT_BASE (UNIT / 10)
#define JOBS_DEPOSIT_PER_BYTE MILLI_UNIT

enum {
    JOBS_MAX_SEATS = 9,
    JOBS_MAX_RESERVES = 3,
    JOBS_MAX_REPLACED = 3,
    JOBS_MAX_BIDS = 32,
    JOBS_MAX_OPEN = 64,
    JOBS_MAX_DEPTH = 4,
    JOBS_MAX_SPEC = 1024, /* bytes; none that decodes is as long */
    JOBS_REST_TICKS = 14400,
    JOBS_RATE_TICKS = 14400,
    JOBS_KEEP_TICKS = 28 * CLOCK_EPOCH_TICKS,
    JOBS_KEEP_CLIENT_TICKS = 600,
    JOBS_MIN_ACCEPT = 5,
    JOBS_MAX_ACCEPT = 1200,
    JOBS_MIN_WINDOW = 10, /* commit and reveal */
    JOBS_MAX_WINDOW = 14400,
    JOBS_SILENCE_PAUSE = COMPUTE_ABSENCE, /* ticks an ask is paused after a seat was ignored */
    JOBS_DECLINE_PAUSE = 20,
    JOBS_SEED_KIND = 1, /* of clock_seed */
    JOBS_DRAW_TICKS = 4, /* price classes and validations of one assign */
    JOBS_DRAW_CHECKS = 32
};

#define THIS jobs
#define DEF "jobs/jobs.def"
#include "pallet/declare.inc"

extern const uint64_t jobs_first_id;
extern const struct balances_pot jobs_pot; /* holds escrows, bonds, deposits and dues */

void jobs_genesis(void);

/* The state as time makes it at tick `now` when `relay` is the newest relay parent: Submitted for a Ready job whose
 * randomness cannot be there yet, Revealing for a Working one past its deadline with enough commits, Tally when finalise
 * would tally; else what is stored. `draw` may be NULL for a job that is not Ready. */
jobs_state jobs_state_at(const jobs_job *job, const jobs_draw *draw, uint32_t now, uint32_t relay);

/* For tests: NULL, or what is wrong with the stored state. Walks everything. */
const char *jobs_try_state(void);

#endif

/* rewards.h - the split of fees, and emission bounded by what fees burned. Rules and formulas: docs/PROTOCOL.md. */
#ifndef NALAR_PALLETS_REWARDS_H
#define NALAR_PALLETS_REWARDS_H

#include "balances/balances.h"
#include "clock/clock.h"
#include "market/fee_split.h"
#include "pallet/pallet.h"

#define REWARDS_PALLET_ID {{'n', 'l', '/', 'r', 'e', 'w', 'r', 'd'}}
#define REWARDS_TREASURY_ID {{'p', 'y', '/', 't', 'r', 's', 'r', 'y'}}
#define REWARDS_MAX_SUPPLY (1000000000 * UNIT)
#define REWARDS_WORK_CAP (50000 * UNIT)
#define REWARDS_MAX_WORK_CAP (1000000 * UNIT)
#define REWARDS_CAPACITY (20000 * UNIT)
#define REWARDS_MIN_POINTS MILLI_UNIT

enum {
    REWARDS_KAPPA = 900000000,
    REWARDS_EXPIRY_EPOCHS = 84,
    REWARDS_MIN_BURN = 20000000,
    REWARDS_MIN_LOSS = 50000000, /* burned or for the treasury */
    REWARDS_MAX_LINES = 64
};

#define THIS rewards
#define DEF "rewards/rewards.def"
#include "pallet/declare.inc"

extern const rewards_fee_split rewards_default_split;
extern const rewards_schedule rewards_default_schedule;
extern const struct balances_pot rewards_pot; /* holds what clients' points earned */
extern const account_id rewards_treasury;     /* an account of nobody; only Root moves its money */

/* The pot, and an existential deposit of the treasury's own, so that it can take any amount. */
void rewards_genesis(void);

/* An epoch boundary: closes `epoch` with its budget, lets the capacity decay, puts a new schedule or split in force.
 * Constant work, cannot fail. */
void rewards_end_epoch(uint32_t epoch);

/* The key under which a model has points. */
void rewards_model_key(account_id *key, uint64_t model);
/* Points of an amount that is burned from settled fees; fewer than REWARDS_MIN_POINTS are not credited. True when that made
 * a new line of the present epoch, which the caller counts for rewards_note_burn. */
bool rewards_credit(const account_id *who, rewards_stream stream, balance points);
/* `amount` was burned from settled fees, for which there are so many new lines. */
void rewards_note_burn(balance amount, uint32_t lines);

/* The treasury's part of a fee, out of the caller's pot. A part that the treasury cannot take (Root may have emptied it) is
 * burned: what somebody did to the treasury never stops a job. */
MUST_USE dispatch_result rewards_pay_treasury(const struct balances_pot *from, balance amount);

/* For tests: NULL, or what is wrong with the stored state. Walks everything. */
const char *rewards_try_state(void);

#endif

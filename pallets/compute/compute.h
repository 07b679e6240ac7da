/* compute.h - providers, their stake, delegations, asks, reputation and slashes. Rules and formulas: docs/PROTOCOL.md.
 * What other pallets may call stands here; compute_internal.h is the pallet's own. A provider is known by its owner's
 * account; owner, operator and payout are its family. */
#ifndef NALAR_PALLETS_COMPUTE_H
#define NALAR_PALLETS_COMPUTE_H

#include "balances/balances.h"
#include "clock/clock.h"
#include "pallet/pallet.h"
#include "system/system.h"

#define COMPUTE_PALLET_ID {{'n', 'l', '/', 'c', 'o', 'm', 'p', 'u'}}
#define COMPUTE_MIN_SELF_BOND (2000 * UNIT)
#define COMPUTE_MIN_DELEGATION UNIT
#define COMPUTE_UNJAIL_FEE (10 * UNIT)
#define COMPUTE_MIN_FEE UNIT
#define COMPUTE_FIRST_FEE (10 * UNIT)
/* Deposit of a record with so many encoded bytes. */
#define COMPUTE_DEPOSIT(bytes) (UNIT / 10 + (bytes) * MILLI_UNIT)

enum {
    COMPUTE_DELEGATION_RATIO = 9,
    COMPUTE_UNBOND_EPOCHS = 21,
    COMPUTE_SLASH_DELAY = 3,
    COMPUTE_FIRST_LOSS_PPB = 500000000,
    COMPUTE_MAX_COMMISSION = 300000000,
    COMPUTE_COMMISSION_STEP = 5000000,
    COMPUTE_COMMISSION_DELAY = 7,
    COMPUTE_ACTIVATION_TICKS = 100,
    COMPUTE_HEARTBEAT_TICKS = 600,
    COMPUTE_HEARTBEAT_FREE = 300,
    COMPUTE_JAIL_TICKS = 14400,
    COMPUTE_MAX_STRIKES = 3,
    COMPUTE_ABSENCE = 100, /* ticks behind a strike in which an ignored offer is part of the same absence */
    COMPUTE_MAX_ADS = 32,
    COMPUTE_MAX_REGION = 64,
    COMPUTE_WEIGHT_CAP = 20, /* least bonds that count in a draw */
    COMPUTE_NO_COMMIT_PPB = 1000000,
    COMPUTE_NO_REVEAL_PPB = 5000000,
    COMPUTE_PROVIDER_BYTES = 309, /* of a record as registration or advertise makes it */
    COMPUTE_AD_BYTES = 65,
    COMPUTE_JOB = 1 /* compute_object.kind */
};

#define THIS compute
#define DEF "compute/compute.def"
#include "pallet/declare.inc"

extern const uint32_t compute_first_id;
extern const balance compute_first_fee;
/* The pallet's account: holds bonds, delegations, deposits and unclaimed income. Other pallets move a provider's income
 * in with balances_pot_move, then say whose it is (compute_end_seat, compute_pay_points). */
extern const struct balances_pot compute_pot;

void compute_genesis(void);

/* The state at tick `now`: a Candidate is Active from `joined` + 100 on, a Draining provider without seats is Idle. */
compute_state compute_state_at(const compute_provider *provider, uint32_t now);
uint32_t compute_rep_ppm(const compute_provider *provider);
bool compute_in_family(const account_id *owner, const compute_provider *provider, const account_id *who);
/* The owner for whom `operator` signs. False when there is none. */
bool compute_owner_of(const account_id *operator_account, account_id *owner);
/* Self bond + delegated tokens (those that joined). */
u128 compute_stake(const compute_provider *provider);
/* floor(floor(min(self + min(tokens, 9 self), 20 least bonds) / 10^9) * rep_ppm / 10^6). */
uint64_t compute_weight(const compute_provider *provider);

/* What a job asks of a provider. */
struct compute_need {
    uint64_t model;
    const account_id *client;
    u128 min_stake;
    uint64_t region_mask; /* 0: everywhere */
    uint32_t min_rep_ppm, units_max, now;
    uint8_t profile;
    uint64_t ask_weight; /* of the ask in the book: the present weight must be at least 7/8 of it; 0 for none */
};
/* Whether the provider may be offered a seat now: Active, a free slot, a heartbeat in the last 600 ticks, an ad for the
 * model that is valid, covers the profile and needs no more units, weight, region, reputation, stake, and the client not
 * of its family. Fills *provider and *ad when true. */
bool compute_can_serve(const account_id *owner, const struct compute_need *need, compute_provider *provider,
                       compute_ad *ad);

/* Keeps the provider's ask for the model out of draws armed between now and `until`, not out of those armed already: else
 * pauses could be used to choose who is drawn. Nothing without an ask. */
void compute_pause_ask(const account_id *owner, uint64_t model, uint32_t until);
/* A strike for a fault at tick `when`; the third one jails. One absence is one strike, however many offers fall into it and
 * whenever they are reported: NoAccept counts once in COMPUTE_ABSENCE ticks. */
void compute_strike(const account_id *owner, compute_offence offence, uint32_t when, compute_object object);

enum compute_slot { COMPUTE_SLOT_TAKEN, COMPUTE_NOT_ACTIVE, COMPUTE_NO_SLOT };
/* A seat was accepted: busy + 1. */
enum compute_slot compute_take_slot(const account_id *owner);

/* What a provider's part in an object ended with; all of it is one write of the record. */
struct compute_seat_end {
    bool seated;       /* gives its slot back */
    uint8_t judged;    /* reputation: enum compute_judged. What counts as GOOD also sets strikes to 0 */
    const account_id *client; /* of a GOOD one: one of the family counts for nothing */
    bool points;       /* a new line of points was opened for it in the present epoch */
    u128 fee;          /* the weight in reputation; COMPUTE_MIN_FEE at least, else it does not count */
    u128 pay;          /* the provider side's income, which the pallet's account has got already */
};
enum compute_judged { COMPUTE_UNJUDGED, COMPUTE_GOOD, COMPUTE_BAD };
/* Never fails, whatever became of the provider: pay of one that is gone is due to its owner. */
void compute_end_seat(const account_id *owner, const struct compute_seat_end *end);
/* Income from a settled (or expired: 0) line of points: as in compute_end_seat, and the line is closed. */
void compute_pay_points(const account_id *owner, u128 amount);

/* Books a fault for a slash of `ppb` in 3 epochs: one record for a provider and fault epoch, with the largest ppb. A fault
 * of 21 or more epochs ago is only evented; with 32 records open it joins the one of the oldest fault. Never fails. */
void compute_report(const account_id *owner, compute_offence offence, uint32_t ppb, uint32_t fault_epoch,
                    compute_object object, const h256 *evidence);

/* For tests: NULL, or what is wrong with the stored state. Walks everything. */
const char *compute_try_state(void);

#endif

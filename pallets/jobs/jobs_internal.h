/* jobs_internal.h - what the files of pallet Jobs share. */
#ifndef NALAR_PALLETS_JOBS_INTERNAL_H
#define NALAR_PALLETS_JOBS_INTERNAL_H

#include "jobs/jobs.h"

#define JOBS_ERROR(name) PALLET_ERROR(jobs, name)
#define REQUIRE(condition, name)                                                                                       \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            return JOBS_ERROR(name);                                                                                   \
    } while (0)

static inline bool jobs_same(const account_id *a, const account_id *b) { return memcmp(a, b, sizeof *a) == 0; }

/* --- jobs.c: what every call begins and ends with --- */
/* The job, or UnknownJob. */
MUST_USE dispatch_result jobs_load(uint64_t id, jobs_job *job);
/* The signer and the job whose client it must be: BadOrigin, UnknownJob, NotClient. The caller checks the state BEFORE the
 * permission only where its page says so. */
MUST_USE dispatch_result jobs_as_client(const struct dispatch *ctx, uint64_t id, account_id *who, jobs_job *job);
/* The signer, the provider it operates, the job and the seat: BadOrigin, UnknownJob, NotOperator, NotSeat. */
MUST_USE dispatch_result jobs_as_seat(const struct dispatch *ctx, uint64_t id, uint8_t number, account_id *signer,
                                      jobs_job *job, jobs_seat *seat);
/* Deposits an event that names the job and adds it to the job's chain of hashes: JOBS_EVENT(Rated, .job = id, ...). */
#define JOBS_EVENT(name, ...)                                                                                          \
    jobs_deposit(jobs_event_index_##name, &jobs_event_##name##_type, &(jobs_event_##name){__VA_ARGS__})
void jobs_deposit(uint8_t index, const struct type_desc *fields, const void *event);
/* Starts the chain: A_0 of a new job. */
void jobs_start_receipt(uint64_t id, const h256 *spec_hash);
/* Due[who] += amount: money of the pot that belonged to an escrow, a bond or a deposit until now. */
void jobs_add_due(const account_id *who, balance amount);
/* units_max * limit: the most one seat may earn. */
balance jobs_seat_most(const jobs_job *job);
balance jobs_accept_fee(const jobs_job *job);
balance jobs_seat_bond(const jobs_job *job);

/* --- jobs_draw.c --- */
/* Arms the job for a draw of randomness that nobody can know yet; deposits Armed. */
void jobs_arm(uint64_t id, jobs_draw *draw);
/* What the job asks of a provider. */
void jobs_need(struct compute_need *need, const jobs_job *job, uint32_t now);
/* Writes seat `number` for a pick, offered until now + the accept window; deposits SeatOffered. */
void jobs_offer(uint64_t id, const jobs_job *job, uint8_t number, const jobs_pick *pick, uint8_t replaced, uint32_t now);
/* Turns the first n picks into offered seats, the rest into reserves, and the job to Offered; the caller puts the job. */
void jobs_offer_all(uint64_t id, jobs_job *job, jobs_draw *draw, uint32_t now);

/* Picks of a draw or of bids. */
struct jobs_picking {
    struct compute_need need;
    uint32_t wanted, len; /* wanted: the seats and reserves */
    jobs_pick items[JOBS_MAX_SEATS + JOBS_MAX_RESERVES];
};
void jobs_begin_picks(struct jobs_picking *p, const jobs_job *job, uint32_t now);
/* Adds the provider when it can serve. `ask_weight`: of its ask in the book, 0 without one. len < wanted. */
void jobs_try_pick(struct jobs_picking *p, const account_id *owner, uint64_t price, uint64_t ask_weight);

/* --- jobs_bid.c --- */
/* The end of bidding: strikes for bids that were not opened, seats for the best of the others. `gone`: the version does
 * not serve jobs any more. */
MUST_USE dispatch_result jobs_assign_bids(uint64_t id, jobs_job *job, bool gone, uint32_t now);

/* --- jobs_seat.c --- */
/* An offer was ignored: NoShow, and unless the client named the provider a strike and a paused ask; the seat becomes Silent. */
void jobs_ignored(uint64_t id, const jobs_job *job, uint8_t number, jobs_seat *seat, uint32_t now);

/* --- jobs_tally.c --- */
/* A bit for each revealed seat that agrees with the first one that at least q agree with, which is *leader; 0: none. */
uint16_t jobs_tally(const jobs_job *job, const jobs_seat *seats, uint8_t *leader);

/* --- jobs_end.c --- */
/* An accepted seat is over: keeps it as `state`, tells Compute what it ended with. */
void jobs_leave(uint64_t id, uint8_t number, jobs_seat *seat, jobs_seat_state state,
                const struct compute_seat_end *end);
/* The same as Lost, the bond and maybe the accept fee due to the bonder. */
void jobs_give_back(uint64_t id, const jobs_job *job, uint8_t number, jobs_seat *seat, jobs_escrow *escrow,
                    bool with_fee, const struct compute_seat_end *end);
/* Ends a job without a result. `burn_open`: the accept fee is burned for each seat not accepted (a cancelled draw).
 * Accepted seats get bond and accept fee, the client the rest. State Refunded; counts, events and the record included. */
MUST_USE dispatch_result jobs_refund(uint64_t id, jobs_job *job, jobs_reason reason, bool burn_open, uint32_t now);
/* The last steps of every ending: state, ended, client's count, escrow emptied, Ended deposited, all records put.
 * Whatever is still held goes to the client. */
void jobs_close(uint64_t id, jobs_job *job, jobs_escrow *escrow, jobs_state state, jobs_reason reason,
                const jobs_fees *fees, balance burned, uint32_t now);

#endif

/* work_fixture.h - seats taken, results committed and shown, and a ledger over all that the market owes, for the tests of what
 * comes after a draw. */
#ifndef NALAR_TESTS_WORK_FIXTURE_H
#define NALAR_TESTS_WORK_FIXTURE_H

#include "jobs/jobs_fixture.h"

/* --- seats --- */
int holder(uint64_t id, uint8_t number); /* whose the seat is, as an account's number */
int reserve_at(uint64_t id, uint32_t at);
void take(uint64_t id, uint8_t number);
void take_all(uint64_t id);
/* Submits, waits, assigns as often as it takes: an Offered job of mode 0 or 2. */
uint64_t offered(int client, jobs_spec spec);
/* A job of mode 0 or 2 whose seats are all taken, Working. */
uint64_t working(int client, jobs_spec spec);
uint32_t paused_until(int provider, uint64_t model); /* of its ask */

/* --- results --- */
jobs_result a_result(uint64_t n, uint32_t units);
/* With a fingerprint named in it. */
jobs_result a_result_with(uint64_t n, uint32_t units, struct bytes fingerprint);
h256 sealed_result(uint64_t id, uint8_t number, const jobs_result *result);
void commit_to(uint64_t id, uint8_t number, jobs_result result);
void show(uint64_t id, uint8_t number, jobs_result result);
void show_with(uint64_t id, uint8_t number, jobs_result result, struct bytes fingerprint);
/* Every seat i commits to and shows results[i]. */
void all_show(uint64_t id, const jobs_result *results);
#define FINALISE(id) JOB_OK(OTHER, finalise, .job = id)

/* --- money --- */
struct ledger {
    balance issuance, jobs, compute, models, treasury; /* pots, without their existential deposits */
    balance due[256];                                  /* Jobs.Due by account */
    balance burned;                                    /* of fees, in this epoch */
};
void ledger_now(struct ledger *ledger);
balance epoch_burned(void);
balance points_of(const account_id *who, rewards_stream stream);
balance person_points(int n, rewards_stream stream);


#endif

/* jobs_fixture.h - a market for the tests of pallet Jobs: a model with a live version, providers that ask for work, rich
 * clients. Calls go the whole way: encoded, decoded, dispatched in a transaction. After each the invariants of the market's
 * pallets and the issuance are checked; after a failed one the state must be what it was. */
#ifndef NALAR_TESTS_JOBS_FIXTURE_H
#define NALAR_TESTS_JOBS_FIXTURE_H

#include "unit.h"

#include "jobs/jobs_internal.h"

/* Accounts. CLIENT, OTHER and all from FIRST_PROVIDER on are rich; POOR owns two existential deposits. */
enum { CLIENT = 1, OTHER, MAKER, FIRST_PROVIDER = 11, POOR = 200, NO_ONE = 201 };
#define MARKET_RICH (100000 * UNIT)
#define AS_ROOT 0 /* as a caller */
#define AS_NONE -1
#define MARKET_PRICE (UNIT / 100) /* of the asks that market_providers makes */

/* Setup of every test: block 1, tick 1,000, relay parent 5,000, model 1 version 1 (ExactInt, least price 10), nobody serves. */
int market_start(void **state);
account_id person(int n); /* ascending with n */
u128 money_of(int n);
u128 owed_to(int n); /* Jobs.Due */

/* --- time. Each relay parent brings a tick and its randomness. --- */
uint32_t tick_now(void);
void pass_ticks(uint32_t ticks);
void pass_blind(uint32_t ticks); /* relay parents without randomness */
/* To that tick, with a relay parent as far ahead and its randomness only. */
void jump_to(uint32_t tick);
/* Moves the clock without anything else: any tick, earlier too. */
void set_tick(uint32_t tick);

/* --- calls --- */
dispatch_result market_run(int who, uint8_t pallet, uint8_t index, const struct type_desc *type, const void *args);
const struct type_desc *jobs_call_args(uint8_t index);
const struct type_desc *compute_call_args(uint8_t index);
const struct type_desc *models_call_args(uint8_t index);
#define PALLET_RUN(pallet, who, name, ...)                                                                             \
    market_run(who, pallet_index_##pallet, pallet##_call_index_##name, pallet##_call_args(pallet##_call_index_##name),  \
               &(const pallet##_call_##name){__VA_ARGS__})
#define JOB_RUN(who, name, ...) PALLET_RUN(jobs, who, name, __VA_ARGS__)
#define JOB_OK(who, name, ...) assert_int_equal(JOB_RUN(who, name, __VA_ARGS__), DISPATCH_OK)
#define JOB_FAILS(error, who, name, ...) assert_int_equal(JOB_RUN(who, name, __VA_ARGS__), JOBS_ERROR(error))
#define JOB_REFUSES(result, who, name, ...) assert_int_equal(JOB_RUN(who, name, __VA_ARGS__), result)
#define PALLET_OK(pallet, who, name, ...) assert_int_equal(PALLET_RUN(pallet, who, name, __VA_ARGS__), DISPATCH_OK)
/* Set while a test runs thousands of calls: the checks around each are left out. */
extern bool market_unchecked;

/* Asserts that this event of pallet Jobs was deposited since the start. */
void job_event_was(uint8_t event, const struct type_desc *type, const void *value);
#define JOB_EVENT_WAS(name, ...)                                                                                       \
    job_event_was(jobs_event_index_##name, &jobs_event_##name##_type, &(const jobs_event_##name){__VA_ARGS__})
uint32_t market_events(void); /* of the last call */

/* --- ready-made things --- */
h256 a_hash(uint64_t n);
/* Another model with one live version of that profile; its id. Takes ticks. */
uint64_t market_model(models_profile profile, balance min_price);
/* Registers a provider with that own bond that is Active in 100 ticks; slots 4, commission 0, region = account. */
void market_provider(int who, balance bond);
void market_ask(int who, uint64_t model, uint64_t price); /* valid for ever, min_units 1, all profiles */
void market_beat(int who);
/* `count` providers from FIRST_PROVIDER on, Active and with asks for model 1 that are live. */
void market_providers(int count);
/* A spec of mode 2, n = 3, q = 2, 10 units of at most 1 UNIT, windows 10, 20, 30, for model 1. */
jobs_spec a_spec(void);
jobs_spec a_direct(int provider);
jobs_spec a_sealed(void);
balance need_of(const jobs_spec *spec);
dispatch_result submit_as(int who, const jobs_spec *spec, balance deposit);
uint64_t submitted(int who, jobs_spec spec); /* by `who`, with the right deposit; the job's id */
/* Waits for the randomness of a Ready job; the relay parent to name. */
uint32_t decided(uint64_t id);
/* Submits, waits, assigns: an Offered job. */
uint64_t drawn(int who, jobs_spec spec);
jobs_job job_of(uint64_t id);
jobs_seat seat_of(uint64_t id, uint8_t number);
jobs_draw draw_of(uint64_t id); /* zeros when there is none */
jobs_escrow escrow_of(uint64_t id);
int person_number(const account_id *who); /* the n of person(n) */
compute_provider record_of(int provider);

#endif

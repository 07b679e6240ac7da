/* stake_fixture.h - rich accounts and providers for the tests of bonds, delegations and slashes. Calls go the whole way:
 * encoded, decoded, dispatched in a transaction. After each one every record is counted against Books, the pot and the
 * issuance; after a failed one the state must be what it was. */
#ifndef NALAR_TESTS_STAKE_FIXTURE_H
#define NALAR_TESTS_STAKE_FIXTURE_H

#include "unit.h"

#include "compute/compute_internal.h"

enum { ALICE = 1, BOB, CAROL, DAVE, EVE, LAST_RICH = 30, POOR = 100 };
#define RICH (1000000 * UNIT)
/* POOR owns this: enough for nothing. */
#define POOR_BALANCE (2 * EXISTENTIAL_DEPOSIT)
#define BOND (10000 * UNIT)
#define ROOT 0 /* as a caller */
#define UNSIGNED -1

/* All fixtures stand in one archive: other names for what another one has too. */
#define account(...) stake_account(__VA_ARGS__)
#define free_of(...) stake_free_of(__VA_ARGS__)
#define at_tick(...) stake_at_tick(__VA_ARGS__)
#define at_epoch(...) stake_at_epoch(__VA_ARGS__)
#define run_call(...) stake_run_call(__VA_ARGS__)
#define expect_event(...) stake_expect_event(__VA_ARGS__)
#define books(...) stake_books(__VA_ARGS__)
#define provider(...) stake_provider(__VA_ARGS__)
#define provider_of(...) stake_provider_of(__VA_ARGS__)
#define put_provider(...) stake_put_provider(__VA_ARGS__)
#define pool_of(...) stake_pool_of(__VA_ARGS__)
#define delegation_of(...) stake_delegation_of(__VA_ARGS__)
#define delegates(...) stake_delegates(__VA_ARGS__)
#define sub_pool(...) stake_sub_pool(__VA_ARGS__)
#define has_sub_pool(...) stake_has_sub_pool(__VA_ARGS__)
#define entries(...) stake_entries(__VA_ARGS__)
#define totals(...) stake_totals(__VA_ARGS__)
#define due_of(...) stake_due_of(__VA_ARGS__)
#define earn(...) stake_earn(__VA_ARGS__)
#define report(...) stake_report(__VA_ARGS__)
#define slash_of(...) stake_slash_of(__VA_ARGS__)

int stake_start(void **state); /* setup of every test: block 1, epoch 1, accounts 1..30 RICH, 100 POOR */
account_id account(int n);
u128 free_of(int n);
void at_tick(uint32_t tick);
void at_epoch(uint32_t epoch); /* its first tick */

/* Runs a call of the pallet as account `who`, ROOT or UNSIGNED. */
dispatch_result run_call(int who, uint8_t index, const void *args);
#define RUN(who, name, ...) run_call(who, compute_call_index_##name, &(const compute_call_##name){__VA_ARGS__})
#define OK(who, name, ...) assert_int_equal(RUN(who, name, __VA_ARGS__), DISPATCH_OK)
#define FAILS(error, who, name, ...) assert_int_equal(RUN(who, name, __VA_ARGS__), PALLET_ERROR(compute, error))
#define REFUSES(result, who, name, ...) assert_int_equal(RUN(who, name, __VA_ARGS__), result)

#define OK0(who, name) assert_int_equal(run_call(who, compute_call_index_##name, NULL), DISPATCH_OK) /* no arguments */

/* Asserts that an event with these fields was deposited at some time since the start. */
void expect_event(uint8_t event, const struct type_desc *type, const void *value);
#define EVENT_WAS(name, ...)                                                                                           \
    expect_event(compute_event_index_##name, &compute_event_##name##_type, &(const compute_event_##name){__VA_ARGS__})

/* Set by a test with thousands of operations, which counts now and then itself. */
extern bool stake_unchecked;
/* Counts everything (done after each call): NULL, or what is wrong. */
const char *stake_wrong(void);

/* --- ready-made things --- */
/* Registers `owner` with a bond, no commission, and lets it become Active; its pool. */
uint32_t provider(int owner, u128 bond);
compute_provider provider_of(int owner);
void put_provider(int owner, const compute_provider *value);
compute_pool pool_of(uint32_t id);
compute_delegation delegation_of(int who, uint32_t id); /* as stored; zeros when there is none */
bool delegates(int who, uint32_t id);
compute_unbond_pool sub_pool(uint32_t id, uint32_t epoch);
bool has_sub_pool(uint32_t id, uint32_t epoch);
compute_unbondings entries(int who, uint32_t id);
compute_totals totals(void);
u128 books(void);
u128 due_of(int who);
void earn(int owner, u128 amount); /* new money for the provider's side */
/* A fault, reported now; the id of its record, 0 when it is stale. */
uint32_t report(int owner, uint32_t ppb, uint32_t fault_epoch);
compute_slash slash_of(uint32_t id);

#endif

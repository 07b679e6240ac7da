/* models_fixture.h - a chain with rich accounts for the tests of pallet Models. Calls go the whole way: encoded, decoded,
 * dispatched in a transaction. After each the pallet's invariants and the issuance are checked; after a failed one the
 * state must be what it was. */
#ifndef NALAR_TESTS_MODELS_FIXTURE_H
#define NALAR_TESTS_MODELS_FIXTURE_H

#include "unit.h"

#include "balances/balances.h"
#include "models/models.h"

enum { ALICE = 1, BOB, CAROL, DAVE, EVE, POOR = 100, NOBODY = 200 };
#define RICH (100000 * UNIT)
/* POOR owns this: enough for nothing. */
#define POOR_BALANCE (2 * EXISTENTIAL_DEPOSIT)

enum {
    CREATE_LICENCE,
    REGISTER_MODEL,
    STAGE_VERSION,
    ACTIVATE_VERSION,
    YANK_VERSION,
    SET_PARENTS,
    SET_SPLIT,
    SET_POLICY,
    SET_CONTROLLER,
    TRANSFER_MODEL,
    ACCEPT_TRANSFER,
    DEPRECATE,
    ACCEPT_LICENCE,
    CLAIM_ROYALTY,
    CLAIM_ANCESTOR,
    OPEN_CLAIM,
    RESOLVE_CLAIM,
    FREEZE,
    UNFREEZE,
    CREDIT_REVENUE
};
#define ROOT 0 /* as a caller */
#define UNSIGNED -1

int models_start(void **state); /* setup of every test: block 1, tick 100, accounts 1..40 RICH, 100 POOR */

account_id account(int n); /* ascending with n */
u128 free_of(int n);
void at_tick(uint32_t tick);
void at_epoch(uint32_t epoch); /* its first tick */

/* For handlers that are called directly, without the checks of run_call. */
struct dispatch signed_by(int n);
/* Runs a call of the pallet as account `who`, ROOT or UNSIGNED. */
dispatch_result run_call(int who, uint8_t index, const void *args);
#define RUN(who, INDEX, name, ...) run_call(who, INDEX, &(const models_call_##name){__VA_ARGS__})
#define OK(who, INDEX, name, ...) assert_int_equal(RUN(who, INDEX, name, __VA_ARGS__), DISPATCH_OK)
#define FAILS(error, who, INDEX, name, ...) assert_int_equal(RUN(who, INDEX, name, __VA_ARGS__), PALLET_ERROR(models, error))
#define REFUSES(result, who, INDEX, name, ...) assert_int_equal(RUN(who, INDEX, name, __VA_ARGS__), result)

/* Asserts that the last call deposited exactly this event (any number of times at least once). */
void expect_event(uint8_t pallet, uint8_t event, const struct type_desc *type, const void *value);
#define EVENT_WAS(name, ...)                                                                                           \
    expect_event(pallet_index_models, models_event_index_##name, &models_event_##name##_type,                          \
                 &(const models_event_##name){__VA_ARGS__})
uint32_t events_of_last_call(void);

/* --- ready-made things --- */
h256 hash_of(uint64_t n);
models_split sole(int n); /* one member with all; static memory, valid until the next call */
models_licence usual_licence(void); /* derivatives allowed at 1 % */
uint32_t licence(int who, models_licence terms);
uint64_t draft(int who, uint32_t licence_id);            /* sole split, Open, charges everything */
models_version_spec spec_of(uint64_t n);                 /* a valid version of profile 1 with artifact n */
h256 commit_of(int owner, uint64_t model, models_version_spec spec, uint8_t salt);
uint32_t stage(int who, uint64_t model, models_version_spec spec, uint8_t salt); /* who owns and controls */
dispatch_result reveal(int who, uint64_t model, uint32_t number, models_version_spec spec, uint8_t salt);
/* Stages, waits ten ticks, activates; the version's number. */
uint32_t publish(int who, uint64_t model, models_version_spec spec);
uint64_t active(int who, uint32_t licence_id, uint64_t artifact); /* draft + publish */
void credit(uint64_t model, u128 amount);                         /* from account 40 */
models_model model_of(uint64_t id);
u128 books(void);

#endif

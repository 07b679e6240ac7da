/* rewards_fixture.h - a chain on which fees can be burned and points earned, for the tests of pallet Rewards: an Active
 * model, a provider, the pots. Calls go the whole way; after each, the pallet's invariants and the issuance are checked,
 * after a failed one the state must be what it was. */
#ifndef NALAR_TESTS_REWARDS_FIXTURE_H
#define NALAR_TESTS_REWARDS_FIXTURE_H

#include "models/models_fixture.h"

#include "clock/clock.h"
#include "compute/compute.h"
#include "rewards/rewards.h"

enum { SETTLE, SETTLE_MANY, EXPIRE, CLAIM_DUE, SET_SCHEDULE, SET_FEE_SPLIT, CLOSE_EPOCH };
enum { CLIENT = rewards_stream_Client, PROVIDER = rewards_stream_Provider, MODEL = rewards_stream_Model };
enum { OPERATOR = DAVE, BURNER = 39 };
#define SELF_BOND COMPUTE_MIN_SELF_BOND

const struct type_desc *rewards_call_args(uint8_t index);

static uint64_t model_id;
static uint32_t events_then;

UNUSED static u128 money_of(const account_id *who) {
    account_data data;
    balances_account(who, &data);
    return data.free + data.reserved;
}

UNUSED static void holds(void) {
    const char *wrong = rewards_try_state();
    u128 sum = money_of(&models_account) + money_of(&compute_pot.account) + money_of(&rewards_pot.account) +
               money_of(&rewards_treasury);
    if (wrong)
        fail_msg("invariant: %s", wrong);
    for (int n = 1; n <= 255; n++) {
        account_id who = account(n);
        sum += money_of(&who);
    }
    assert_true(sum == balances_total_issuance());
}

/* DAVE's provider, as registration leaves it: no delegations, income goes to DAVE. */
UNUSED static void put_provider(void) {
    account_id owner = account(OPERATOR);
    uint32_t pool = 1;
    compute_provider provider = {.operator = owner, .payout = owner, .pool = pool, .self_bond = SELF_BOND, .slots = 1};
    assert_int_equal(balances_pot_take(&compute_pot, &owner, SELF_BOND), DISPATCH_OK);
    compute_Providers_put(&owner, &provider);
    compute_Pools_put(&pool, &(compute_pool){.owner = owner});
    compute_NextPool_put(&(uint32_t){2});
}

UNUSED static int rewards_start(void **state) {
    if (models_start(state))
        return -1;
    model_id = active(ALICE, licence(ALICE, usual_licence()), 7);
    balances_pot_genesis(&compute_pot);
    rewards_genesis();
    put_provider();
    at_epoch(0);
    overlay_flush();
    return rewards_try_state() ? -1 : 0;
}

static dispatch_result rewards_run(int who, uint8_t index, const void *args) {
    static uint8_t bytes[8192];
    uint8_t before[32], after[32];
    bytes[0] = pallet_index_rewards;
    bytes[1] = index;
    struct writer out = writer_over(bytes + 2, sizeof bytes - 2);
    scale_encode(rewards_call_args(index), args, &out);
    assert_false(out.overflow);
    struct reader in = reader_over((struct bytes){bytes, writer_len(&out) + 2}, &arena_scratch);
    struct call call;
    assert_true(call_decode(&in, &call) && reader_done(&in));
    overlay_root(before, 1);
    system_EventCount_get(&events_then);
    struct dispatch ctx = {.origin = {.kind = who == ROOT       ? ORIGIN_ROOT
                                              : who == UNSIGNED ? ORIGIN_NONE
                                                                : ORIGIN_SIGNED}};
    if (who > 0)
        ctx.origin.who = account(who);
    dispatch_result result = call_dispatch(&call, &ctx);
    if (result == DISPATCH_OK) {
        holds();
    } else {
        overlay_root(after, 1);
        assert_memory_equal(before, after, 32);
    }
    return result;
}

#define DO(who, INDEX, name, ...) rewards_run(who, INDEX, &(const rewards_call_##name){__VA_ARGS__})
#define WORKS(who, INDEX, name, ...) assert_int_equal(DO(who, INDEX, name, __VA_ARGS__), DISPATCH_OK)
#define IS_ERROR(error, who, INDEX, name, ...)                                                                         \
    assert_int_equal(DO(who, INDEX, name, __VA_ARGS__), PALLET_ERROR(rewards, error))
#define IS_REFUSED(result, who, INDEX, name, ...) assert_int_equal(DO(who, INDEX, name, __VA_ARGS__), result)
#define EVENT_SEEN(name, ...)                                                                                          \
    expect_event(pallet_index_rewards, rewards_event_index_##name, &rewards_event_##name##_type,                       \
                 &(const rewards_event_##name){__VA_ARGS__})

UNUSED static uint32_t events_since(void) {
    uint32_t count;
    system_EventCount_get(&count);
    return count - events_then;
}

UNUSED static account_id model_key(void) {
    account_id key;
    rewards_model_key(&key, model_id);
    return key;
}

/* A fee is settled of which `amount` is burned. */
UNUSED static void burn(u128 amount) {
    account_id who = account(BURNER);
    assert_int_equal(balances_burn_from(&who, amount, BALANCES_PRESERVE, BALANCES_EXACT, BALANCES_FORCE, NULL),
                     DISPATCH_OK);
    rewards_note_burn(amount, 0);
}
UNUSED static bool points(account_id who, int stream, u128 amount) {
    bool fresh = rewards_credit(&who, (rewards_stream)stream, amount);
    if (fresh) {
        uint32_t epoch = clock_epoch();
        rewards_epoch_book book;
        rewards_EpochBooks_get(&epoch, &book);
        book.lines++;
        rewards_EpochBooks_put(&epoch, &book);
    }
    if (stream == PROVIDER)
        compute_end_seat(&who, &(struct compute_seat_end){.points = fresh});
    return fresh;
}
/* All roles there are: BOB is the client. */
UNUSED static void whole_job(u128 amount) {
    struct fee_points parts = fee_points_of(amount, true);
    burn(amount);
    points(account(OPERATOR), PROVIDER, parts.provider);
    points(model_key(), MODEL, parts.model);
    points(account(BOB), CLIENT, parts.client);
    holds();
}

/* The clock crosses into `epoch` by as many relay parents as it takes; every epoch on the way ends. */
UNUSED static void go_to_epoch(uint32_t epoch) {
    clock_time time;
    static const struct clock_relay_value none = {CLOCK_ABSENT, {NULL, 0}};
    while (clock_epoch() < epoch) {
        clock_Time_get(&time);
        time.now = (clock_epoch() + 1) * CLOCK_EPOCH_TICKS - 1;
        clock_Time_put(&time);
        clock_note_relay_parent(time.relay + 1, none, none);
        overlay_flush();
    }
}

UNUSED static rewards_epoch_book book_of(uint32_t epoch) {
    rewards_epoch_book book;
    rewards_EpochBooks_get(&epoch, &book);
    return book;
}
UNUSED static u128 due_of(account_id who) {
    u128 due;
    rewards_Due_get(&who, &due);
    return due;
}
UNUSED static u128 outstanding(void) {
    u128 value;
    rewards_Outstanding_get(&value);
    return value;
}
UNUSED static rewards_schedule schedule_now(void) {
    rewards_schedule schedule;
    rewards_Schedule_get(&schedule);
    return schedule;
}

#endif

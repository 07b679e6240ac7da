/* world.h - three accounts in block 1, expected events, and the money invariants, for tests of balances and fees. */
#ifndef NALAR_TESTS_BALANCES_WORLD_H
#define NALAR_TESTS_BALANCES_WORLD_H

#include "unit.h"

#include "balances/balances.h"

#define ED EXISTENTIAL_DEPOSIT
#define EMPTY_FLAGS_VALUE ((u128)1 << 127)

enum { ALICE, BOB, CAROL, PEOPLE };
static const account_id people[PEOPLE] = {{{0xA1, 1}}, {{0xB0, 2}}, {{0xCA, 3}}};
static const account_id *const alice = &people[ALICE];
UNUSED static const account_id *const bob = &people[BOB];
UNUSED static const account_id *const carol = &people[CAROL];

/* --- expected events --- */
static uint8_t wanted[8192];
static uint32_t wanted_len, wanted_count;

UNUSED static void want_event(uint8_t pallet, uint8_t event, const struct type_desc *fields, const void *value) {
    struct writer out = writer_over(wanted + wanted_len, sizeof wanted - wanted_len);
    write_u8(&out, 2); /* Phase::Initialization: no phase is stored in these tests */
    write_u8(&out, pallet);
    write_u8(&out, event);
    if (fields)
        scale_encode(fields, value, &out);
    write_u8(&out, 0); /* no topics */
    assert_false(out.overflow);
    wanted_len += writer_len(&out);
    wanted_count++;
}
#define WANT(pallet, name, ...)                                                                                        \
    want_event(pallet_index_##pallet, pallet##_event_index_##name, &pallet##_event_##name##_type,                      \
               &(const pallet##_event_##name){__VA_ARGS__})

/* Empties the event list. Appended events are beside what the overlay knows of the key, so the state itself is told. */
UNUSED static void drop_events(void) {
    overlay_flush();
    shim_remove((struct bytes){system_Events_storage.prefix, STORAGE_PREFIX_SIZE});
    system_EventCount_kill();
    overlay_flush();
    wanted_len = wanted_count = 0;
}
/* The events since the last call are exactly the wanted ones, byte for byte. */
UNUSED static void assert_events_at(int line) {
    struct bytes got = {NULL, 0};
    overlay_flush();
    uint8_t head[5];
    struct writer out = writer_over(head, sizeof head);
    write_compact_u32(&out, wanted_count);
    if (!shim_get((struct bytes){system_Events_storage.prefix, 32}, &got))
        got = (struct bytes){(const uint8_t *)"", 1}; /* none: an empty vector */
    uint32_t head_len = writer_len(&out);
    bool same = got.len == head_len + wanted_len && memcmp(got.at, head, head_len) == 0 &&
                memcmp(got.at + head_len, wanted, wanted_len) == 0;
    if (!same) {
        fprintf(stderr, "line %d: events\n  got  ", line);
        for (uint32_t i = 0; i < got.len; i++)
            fprintf(stderr, "%02x", got.at[i]);
        fprintf(stderr, "\n  want ");
        for (uint32_t i = 0; i < head_len + wanted_len; i++)
            fprintf(stderr, "%02x", i < head_len ? head[i] : wanted[i - head_len]);
        fail_msg("events differ (line %d)", line);
    }
    drop_events();
}
#define assert_events() assert_events_at(__LINE__)
/* Forgets the events since the last check, where another test looks at them. */
#define forget_events() drop_events()

/* The expression fails with `error` and leaves no trace once its storage transaction is rolled back. */
#define REFUSED(error, expression)                                                                                     \
    do {                                                                                                               \
        uint8_t before_[32], after_[32];                                                                               \
        overlay_flush();                                                                                               \
        shim_root(before_, 1);                                                                                         \
        overlay_begin();                                                                                               \
        assert_int_equal(expression, error);                                                                           \
        overlay_rollback();                                                                                            \
        overlay_flush();                                                                                               \
        shim_root(after_, 1);                                                                                          \
        assert_memory_equal(before_, after_, 32);                                                                      \
        assert_events();                                                                                               \
    } while (0)
#define DONE(expression) assert_int_equal(expression, DISPATCH_OK)

/* --- the world --- */
UNUSED static account_info info_of(const account_id *who) {
    account_info info;
    system_account_get(who, &info);
    return info;
}
UNUSED static account_data data_of(const account_id *who) { return info_of(who).data; }
UNUSED static balance free_of(const account_id *who) { return data_of(who).free; }
UNUSED static balance reserved_of(const account_id *who) { return data_of(who).reserved; }

UNUSED static void set_issuance(balance issued) { balances_TotalIssuance_put(&issued); }

/* An account as if it had received `free` (at least ED) before the test. */
UNUSED static void fund(const account_id *who, balance free) {
    account_info info = system_empty_account;
    info.providers = 1;
    info.data.free = free;
    system_account_put(who, &info);
    set_issuance(saturating_add_u128(balances_total_issuance(), free));
}

UNUSED static int world(void **state) {
    fresh(state);
    const uint32_t one = 1;
    system_Number_put(&one);
    overlay_flush();
    wanted_len = wanted_count = 0;
    return 0;
}

UNUSED static struct dispatch as_root(void) { return (struct dispatch){.origin = {.kind = ORIGIN_ROOT}}; }
UNUSED static struct dispatch as_none(void) { return (struct dispatch){.origin = {.kind = ORIGIN_NONE}}; }
UNUSED static struct dispatch as(const account_id *who) {
    return (struct dispatch){.origin = {.who = *who, .kind = ORIGIN_SIGNED}};
}
UNUSED static lookup_source to(const account_id *who) {
    lookup_source address = {.tag = lookup_source_Id};
    address.as.Id.id = *who;
    return address;
}
UNUSED static const lookup_source by_index = {.tag = lookup_source_Index};

/* Runs a call: CALLED(burn, as(alice), .value = 1). */
#define CALLED(name, origin, ...) call_##name(origin, (const balances_call_##name){__VA_ARGS__})
#define CALLER(name)                                                                                                   \
    UNUSED static dispatch_result call_##name(struct dispatch ctx, const balances_call_##name args) {                  \
        return balances_##name(&ctx, &args);                                                                           \
    }
CALLER(transfer_allow_death)
CALLER(force_transfer)
CALLER(transfer_keep_alive)
CALLER(transfer_all)
CALLER(force_unreserve)
CALLER(force_set_balance)
CALLER(force_adjust_total_issuance)
CALLER(burn)

/* --- invariants. Accounts here get references from balances alone. --- */
static balance largest_hold_back(const account_id *who) {
    balance_locks locks;
    freeze_list freezes;
    balance most = 0;
    balances_Locks_get(who, &locks);
    balances_Freezes_get(who, &freezes);
    for (uint32_t i = 0; i < locks.len; i++)
        most = max_u128(most, locks.items[i].amount);
    for (uint32_t i = 0; i < freezes.len; i++)
        most = max_u128(most, freezes.items[i].amount);
    return most;
}
static balance set_aside(const account_id *who) {
    hold_list holds;
    reserve_list reserves;
    balance sum = 0;
    balances_Holds_get(who, &holds);
    balances_Reserves_get(who, &reserves);
    for (uint32_t i = 0; i < holds.len; i++) {
        assert_true(holds.items[i].amount > 0);
        sum += holds.items[i].amount;
    }
    for (uint32_t i = 0; i < reserves.len; i++) {
        assert_true(reserves.items[i].amount > 0);
        sum += reserves.items[i].amount;
    }
    return sum;
}
UNUSED static void assert_account_sound(const account_id *who) {
    account_info info = info_of(who);
    const account_data *data = &info.data;
    bool consumes = data->reserved || data->frozen;
    assert_int_equal(info.providers, data->free >= ED);
    assert_int_equal(info.consumers, consumes);
    assert_false(consumes && info.providers == 0);
    if (info.providers == 0) { /* no dust, nothing left behind */
        assert_false(system_Account_exists(who));
        assert_true(data->free == 0);
    }
    assert_true(data->flags == EMPTY_FLAGS_VALUE);
    assert_true(data->frozen == largest_hold_back(who));
    assert_true(set_aside(who) <= data->reserved);
    assert_true(balances_reducible(who, BALANCES_EXPENDABLE, BALANCES_POLITE) <= data->free);
    assert_true(balances_reducible(who, BALANCES_PRESERVE, BALANCES_POLITE) <=
                balances_reducible(who, BALANCES_PROTECT, BALANCES_POLITE));
    assert_true(balances_reducible(who, BALANCES_PROTECT, BALANCES_POLITE) <=
                balances_reducible(who, BALANCES_EXPENDABLE, BALANCES_POLITE));
}
/* `outside` is money in the test's hands: credits taken and not yet given back. */
UNUSED static void assert_sound(balance outside) {
    balance sum = outside;
    for (int i = 0; i < PEOPLE; i++) {
        assert_account_sound(&people[i]);
        sum += free_of(&people[i]) + reserved_of(&people[i]);
    }
    assert_true(sum == balances_total_issuance());
}

#endif

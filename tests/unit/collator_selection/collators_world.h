/* collators_world.h - accounts with money and session keys, for the tests of collators. */
#ifndef NALAR_TESTS_COLLATORS_WORLD_H
#define NALAR_TESTS_COLLATORS_WORLD_H

#include "utility/event_log.h"

#include "collator_selection/collator_selection.h"
#include "session/session.h"

#define ED EXISTENTIAL_DEPOSIT
#define BOND (10 * ED)
#define E(name) PALLET_ERROR(collator_selection, name)

/* Accounts 1, 2, ... in this order as bytes too. */
static inline account_id person(uint8_t number) { return (account_id){{number, 7}}; }
static inline session_keys keys_of(uint8_t number) { return (session_keys){{{number, 9}}}; }

static inline account_info info_of(account_id who) {
    account_info info;
    system_account_get(&who, &info);
    return info;
}
static inline balance free_of(account_id who) { return info_of(who).data.free; }
static inline balance reserved_of(account_id who) { return info_of(who).data.reserved; }

static inline void fund(account_id who, balance amount) {
    account_info info = system_empty_account;
    info.providers = 1;
    info.data.free = amount;
    system_account_put(&who, &info);
    const balance issuance = balances_total_issuance() + amount;
    balances_TotalIssuance_put(&issuance);
}
static inline void register_keys(uint8_t number) {
    const account_id who = person(number);
    const session_keys keys = keys_of(number);
    session_NextKeys_put(&who, &keys);
}

static inline void put_number(uint32_t number) { system_Number_put(&number); }
static inline void put_desired(uint32_t count) { collator_selection_DesiredCandidates_put(&count); }
static inline void put_bond(balance bond) { collator_selection_CandidacyBond_put(&bond); }
static inline uint32_t last_block(uint8_t number) {
    const account_id who = person(number);
    uint32_t last;
    collator_selection_LastAuthoredBlock_get(&who, &last);
    return last;
}
static inline bool has_last_block(uint8_t number) {
    const account_id who = person(number);
    return collator_selection_LastAuthoredBlock_exists(&who);
}
static inline void put_last_block(uint8_t number, uint32_t last) {
    const account_id who = person(number);
    collator_selection_LastAuthoredBlock_put(&who, &last);
}

/* The lists as numbers of people, written as texts: "\3\1\2". */
static inline void assert_people(const account_id *at, uint32_t stride, uint32_t len, const char *expected, int line) {
    bool same = len == strlen(expected);
    for (uint32_t i = 0; same && i < len; i++) {
        const account_id who = person((uint8_t)expected[i]);
        same = memcmp((const uint8_t *)at + (size_t)i * stride, &who, sizeof who) == 0;
    }
    if (!same)
        fail_msg("line %d: the list is another", line);
}
static inline void assert_candidates_at(const char *expected, int line) {
    collator_candidates list;
    collator_selection_CandidateList_get(&list);
    assert_people((const account_id *)list.items, sizeof *list.items, list.len, expected, line);
}
static inline void assert_invulnerables_at(const char *expected, int line) {
    collator_invulnerables list;
    collator_selection_Invulnerables_get(&list);
    assert_people(list.items, sizeof *list.items, list.len, expected, line);
}
static inline void assert_validators_at(const char *expected, int line) {
    session_validators list;
    session_Validators_get(&list);
    assert_people(list.items, sizeof *list.items, list.len, expected, line);
}
#define assert_candidates(expected) assert_candidates_at(expected, __LINE__)
#define assert_invulnerables(expected) assert_invulnerables_at(expected, __LINE__)
#define assert_validators(expected) assert_validators_at(expected, __LINE__)

static inline balance deposit_at(uint32_t place) {
    collator_candidates list;
    collator_selection_CandidateList_get(&list);
    assert_true(place < list.len);
    return list.items[place].deposit;
}

/* --- calls; `used` is what the last one said it used --- */
static weight used;
static bool has_used;
static inline dispatch_result run(struct dispatch ctx, struct call call) {
    dispatch_result result = call_dispatch(&call, &ctx);
    has_used = ctx.has_actual;
    used = ctx.actual;
    return result;
}
#define RUN(name, origin, ...)                                                                                         \
    run(origin, CALL_WITH(collator_selection, name, (&(const collator_selection_call_##name){__VA_ARGS__})))
#define RUN0(name, origin) run(origin, CALL_WITH(collator_selection, name, NULL))
#define REFUSED(why, call)                                                                                             \
    do {                                                                                                               \
        struct state_root before_ = root_now();                                                                        \
        assert_int_equal(call, why);                                                                                   \
        assert_unchanged(before_);                                                                                     \
    } while (0)
#define DONE(call) assert_int_equal(call, DISPATCH_OK)
static inline struct dispatch by(uint8_t number) { return as_signed(person(number)); }
static inline dispatch_result join(uint8_t number) { return RUN0(register_as_candidate, by(number)); }
static inline dispatch_result bid(uint8_t number, balance deposit) {
    return RUN(update_bond, by(number), .new_deposit = deposit);
}
static inline dispatch_result take(uint8_t number, balance deposit, uint8_t target) {
    return RUN(take_candidate_slot, by(number), .deposit = deposit, .target = person(target));
}

/* Block 1, a bond, and twelve people with money and keys. */
static inline int collators_world(void **state) {
    at_block_one(state);
    put_bond(BOND);
    for (uint8_t i = 1; i <= 12; i++) {
        fund(person(i), 100 * ED);
        register_keys(i);
    }
    overlay_flush();
    return 0;
}
static inline void put_invulnerables(const char *numbers) {
    account_id list[COLLATORS_MAX_INVULNERABLES];
    const collator_invulnerables all = {list, (uint32_t)strlen(numbers)};
    for (uint32_t i = 0; i < all.len; i++)
        list[i] = person((uint8_t)numbers[i]);
    collator_selection_Invulnerables_put(&all);
}

#endif

/* test_collator_sessions.c - sessions: who is a collator when, the kick, authorities one session later; the author's
 * note and reward, the pot; genesis. */
#include "collator_selection/collators_world.h"

#include "aura_ext/aura_ext.h"
#include "authorship/authorship.h"
#include "transaction_payment/transaction_payment.h"

static const account_id *const pot = &collator_selection_pot;

static void put_digest(uint64_t slot) {
    uint8_t item[] = {4, 6, 'a', 'u', 'r', 'a', 32, 0, 0, 0, 0, 0, 0, 0, 0};
    store_u64(item + 7, slot);
    overlay_put((struct bytes){system_Digest_storage.prefix, STORAGE_PREFIX_SIZE}, (struct bytes){item, sizeof item});
}

static void genesis_with(const char *numbers, uint32_t desired) {
    struct session_genesis_key keys[12];
    account_id list[12];
    for (uint8_t i = 0; i < 12; i++)
        keys[i] = (struct session_genesis_key){person((uint8_t)(i + 1)), person((uint8_t)(i + 1)), keys_of((uint8_t)(i + 1))};
    const account_ids named = {list, (uint32_t)strlen(numbers)};
    for (uint32_t i = 0; i < named.len; i++)
        list[i] = person((uint8_t)numbers[i]);
    assert_true(collator_selection_genesis(&named, BOND, desired));
    assert_true(session_genesis(keys, 12, NULL, 0));
    aura_ext_genesis();
}

/* Money, keys at genesis, then block 1. */
static int chain_of(const char *numbers, uint32_t desired) {
    fresh(NULL);
    for (uint8_t i = 1; i <= 12; i++)
        fund(person(i), 100 * ED);
    genesis_with(numbers, desired);
    put_number(1);
    overlay_flush();
    return 0;
}

static void assert_authorities_at(const aura_authorities *list, const char *expected, int line) {
    bool same = list->len == strlen(expected);
    for (uint32_t i = 0; same && i < list->len; i++) {
        const session_keys keys = keys_of((uint8_t)expected[i]);
        same = memcmp(list->items[i].at, keys.aura.at, 32) == 0;
    }
    if (!same)
        fail_msg("line %d: the authorities are others", line);
}
static void assert_aura_at(const char *now, const char *sealing, int line) {
    aura_authorities list;
    aura_Authorities_get(&list);
    assert_authorities_at(&list, now, line);
    aura_ext_Authorities_get(&list);
    assert_authorities_at(&list, sealing, line);
}
/* Aura's own list, and the one that seals are checked against. */
#define assert_aura(now, sealing) assert_aura_at(now, sealing, __LINE__)

static void assert_queued_at(const char *expected, int line) {
    session_queued_keys list;
    session_QueuedKeys_get(&list);
    bool same = list.len == strlen(expected);
    for (uint32_t i = 0; same && i < list.len; i++) {
        const account_id who = person((uint8_t)expected[i]);
        session_keys keys;
        same = session_NextKeys_get(&who, &keys) && memcmp(&list.items[i].validator, &who, 32) == 0 &&
               memcmp(&list.items[i].keys, &keys, sizeof keys) == 0;
    }
    if (!same)
        fail_msg("line %d: others are queued", line);
}
#define assert_queued(expected) assert_queued_at(expected, __LINE__)

/* The block with this number, authored by whoever has the slot. */
static weight block(uint32_t number, uint64_t slot) {
    put_number(number);
    put_digest(slot);
    weight spent = weight_add(authorship_on_initialize(), session_on_initialize());
    return spent;
}
static void end_block(void) {
    authorship_on_finalize();
    aura_ext_on_finalize();
}
static void session(uint32_t index) {
    block(index * SESSION_PERIOD, 0);
    end_block();
}

static void collators_change_a_session_later(void **state) {
    (void)state;
    chain_of("\3\1", 2);
    assert_validators("\1\3");
    assert_queued("\1\3");
    assert_aura("\1\3", "\1\3");
    DONE(join(5));
    DONE(join(4));
    DONE(bid(4, BOND + 1)); /* the higher deposit comes first among those who join */
    DONE(join(6));
    session(1);
    assert_validators("\1\3");
    assert_queued("\1\3\4\5"); /* two are desired */
    assert_aura("\1\3", "\1\3");
    assert_int_equal(storage_get_u32(&session_CurrentIndex_storage), 1);
    DONE(bid(6, BOND + 9));
    block(2 * SESSION_PERIOD, 0);
    assert_aura("\1\3\4\5", "\1\3"); /* this block is still sealed by the old ones */
    end_block();
    assert_validators("\1\3\4\5");
    assert_queued("\1\3\6\4");
    assert_aura("\1\3\4\5", "\1\3\4\5");
    DONE(RUN0(leave_intent, by(4)));
    session(3);
    assert_validators("\1\3\6\4"); /* who left stays for the session that was planned with him */
    assert_queued("\1\3\6\5");
    put_desired(0);
    session(4);
    assert_validators("\1\3\6\5");
    session(5);
    assert_aura("\1\3", "\1\3");
    assert_int_equal(storage_get_u32(&session_CurrentIndex_storage), 5);
}

static void the_events_and_the_digest(void **state) {
    (void)state;
    struct event_log log = {.len = 0};
    chain_of("\1\2", 0);
    weight spent = block(SESSION_PERIOD, 1);
    EXPECT_EVENT0(&log, session, NewQueued);
    EXPECT_EVENT(&log, session, NewSession, .session_index = 1);
    assert_true(spent.ref_time > MAX_BLOCK_REF_TIME && spent.proof_size > MAX_BLOCK_PROOF);
    end_block();
    put_desired(1);
    DONE(join(3));
    EXPECT_EVENT(&log, balances, Reserved, .who = person(3), .amount = BOND);
    EXPECT_EVENT(&log, collator_selection, CandidateAdded, .account_id = person(3), .deposit = BOND);
    session(2);
    EXPECT_EVENT0(&log, session, NewQueued);
    EXPECT_EVENT(&log, session, NewSession, .session_index = 2);
    block_digest stored;
    assert_true(system_Digest_get(&stored));
    assert_int_equal(stored.logs.len, 1); /* the same authorities are not announced again */
    session(3);
    EXPECT_EVENT0(&log, session, NewQueued);
    EXPECT_EVENT(&log, session, NewSession, .session_index = 3);
    assert_true(system_Digest_get(&stored));
    assert_int_equal(stored.logs.len, 2);
    assert_int_equal(stored.logs.items[1].tag, digest_item_Consensus);
    assert_int_equal(stored.logs.items[1].as.Consensus.data.len, 2 + 3 * 32);
    assert_events(&log);
}

static void nothing_is_read_within_a_session(void **state) {
    (void)state;
    chain_of("\1\2", 0);
    overlay_flush();
    const uint32_t numbers[] = {1, 2, SESSION_PERIOD - 1, SESSION_PERIOD + 1, UINT32_MAX};
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        put_number(numbers[i]);
        shim_reset_counters();
        weight spent = session_on_initialize();
        assert_true(spent.ref_time == 0 && spent.proof_size == 0);
        assert_int_equal(shim_calls(), 0);
        assert_false(session_begins());
    }
}

static void collators_without_keys(void **state) {
    (void)state;
    chain_of("\1\2", 2);
    DONE(join(3));
    const account_id two = person(2), three = person(3);
    session_NextKeys_kill(&two);
    session_NextKeys_kill(&three);
    session(1);
    session_queued_keys queued;
    session_QueuedKeys_get(&queued);
    assert_int_equal(queued.len, 1);
    session(2);
    assert_aura("\1", "\1");
    assert_validators("\1");
    /* Nobody has keys: the authorities stay, so that the chain does not stop. */
    const account_id one = person(1);
    session_NextKeys_kill(&one);
    session(3);
    session(4);
    assert_validators("");
    assert_aura("\1", "\1");
    register_keys(2);
    session(5);
    session(6);
    assert_aura("\2", "\2");
}

static void new_keys_count_a_session_later(void **state) {
    (void)state;
    chain_of("\1\2", 0);
    session(1);
    const account_id one = person(1);
    const session_keys other = keys_of(77);
    session_NextKeys_put(&one, &other);
    session(2);
    assert_aura("\1\2", "\1\2");
    session(3);
    assert_aura("\115\2", "\115\2"); /* 77 */
}

static void disabled_validators_are_forgotten(void **state) {
    (void)state;
    chain_of("\1\2", 0);
    session_disabled item = {1, 0};
    const session_disabled_list list = {&item, 1};
    session_DisabledValidators_put(&list);
    session(1); /* nothing was queued as changed at genesis */
    assert_true(session_DisabledValidators_exists());
    session(2);
    assert_false(session_DisabledValidators_exists());
}

static void lazy_candidates_go(void **state) {
    (void)state;
    chain_of("\1\2\3", 5);
    for (uint8_t i = 4; i <= 7; i++)
        DONE(join(i)); /* at block 1: due at 1 + the threshold */
    session(1);
    assert_candidates("\7\6\5\4");
    put_last_block(4, 2 * SESSION_PERIOD - COLLATORS_KICK_THRESHOLD);     /* at the border: lazy */
    put_last_block(5, 2 * SESSION_PERIOD - COLLATORS_KICK_THRESHOLD + 1); /* just not */
    put_last_block(6, 1);
    put_last_block(7, UINT32_MAX); /* in the future */
    overlay_flush();
    struct event_log log = {.len = 0};
    shim_remove((struct bytes){system_Events_storage.prefix, STORAGE_PREFIX_SIZE});
    session(2);
    EXPECT_EVENT(&log, balances, Unreserved, .who = person(6), .amount = BOND);
    EXPECT_EVENT(&log, collator_selection, CandidateRemoved, .account_id = person(6));
    EXPECT_EVENT(&log, balances, Unreserved, .who = person(4), .amount = BOND);
    EXPECT_EVENT(&log, collator_selection, CandidateRemoved, .account_id = person(4));
    EXPECT_EVENT0(&log, session, NewQueued);
    EXPECT_EVENT(&log, session, NewSession, .session_index = 2);
    assert_events(&log);
    assert_candidates("\7\5");
    assert_queued("\1\2\3\5\7");
    assert_true(reserved_of(person(4)) == 0 && reserved_of(person(5)) == BOND);
    assert_false(has_last_block(4) || has_last_block(6));
    assert_true(has_last_block(5));
}

static void enough_candidates_stay(void **state) {
    (void)state;
    chain_of("\1\2", 5);
    for (uint8_t i = 3; i <= 6; i++) {
        DONE(join(i));
        put_last_block(i, 0);
    }
    session(1); /* six are eligible, four must be: the first two of the list go */
    assert_candidates("\4\3");
    session(2);
    assert_candidates("\4\3");
    put_invulnerables("\1\2\3\4"); /* set_invulnerables leaves them in both lists */
    put_last_block(3, 123);
    session(3);
    assert_candidates("");
    assert_true(reserved_of(person(3)) == 0);
    assert_int_equal(last_block(3), 123); /* still a collator */
    assert_queued("\1\2\3\4");
}

static void new_session_weight(void **state) {
    (void)state;
    chain_of("\1\2\3\4", 5);
    for (uint8_t i = 5; i <= 7; i++)
        DONE(join(i));
    put_last_block(5, 0);
    put_number(SESSION_PERIOD);
    weight spent = {5, 7};
    account_ids all = collator_selection_new_session(&spent);
    assert_int_equal(all.len, 6);
    assert_int_equal(spent.proof_size, 7 + 6287 + 3 * 2519 + 2603);
    assert_int_equal(spent.ref_time, 5 + 20568000 + 4 * 25000000ull + 3 * (14402342 + 125000000ull));
}

/* --- authors and the pot --- */

static void the_author_is_noted_at_the_end(void **state) {
    (void)state;
    chain_of("\1\2\3", 0);
    assert_int_equal(block(8, 4).ref_time, 43815000 + 2 * 25000000ull + 3 * 100000000ull);
    assert_false(has_last_block(2));
    end_block();
    assert_int_equal(last_block(2), 8);
    assert_false(has_last_block(1));
    assert_false(authorship_Author_exists());
    block(9, 5);
    end_block();
    assert_int_equal(last_block(3), 9);
    /* Who joins in a block of his own is noted for later, whoever comes first. */
    block(10, 3);
    put_invulnerables("\2\3");
    DONE(join(1));
    end_block();
    assert_int_equal(last_block(1), 10 + COLLATORS_KICK_THRESHOLD);
    block(11, 6);
    end_block();
    assert_int_equal(last_block(1), 11);
    /* Without a slot there is no author. */
    put_number(12);
    system_Digest_kill();
    authorship_on_finalize();
    assert_int_equal(last_block(1), 11);
}

static void a_sessions_first_block_is_noted_before_its_lists(void **state) {
    (void)state;
    chain_of("\1\2", 4);
    for (uint8_t i = 3; i <= 6; i++)
        DONE(join(i));
    session(1);
    put_last_block(3, 0);
    put_last_block(4, 0);
    for (uint8_t i = 5; i <= 6; i++)
        put_last_block(i, UINT32_MAX);
    session(2); /* 3 and 4 are kicked, but author until the session after the next */
    assert_candidates("\6\5");
    assert_validators("\1\2\3\4\5\6");
    DONE(join(3));
    put_last_block(3, 0); /* lazy, were it not for the very block that changes the session */
    fund(*pot, 3 * ED);
    block(3 * SESSION_PERIOD, 2); /* the third of six; of the new four it would be another */
    assert_true(free_of(*pot) == 2 * ED); /* at once */
    assert_candidates("\3\6\5");
    assert_int_equal(last_block(3), 3 * SESSION_PERIOD);
    end_block();
    assert_true(free_of(*pot) == 2 * ED); /* once */
    assert_true(free_of(person(3)) == 91 * ED);
    assert_validators("\1\2\5\6");
}

static void half_of_the_pot(void **state) {
    (void)state;
    const struct {
        balance pot, reward;
    } rows[] = {{0, 0}, {ED, 0}, {ED + 1, 0}, {ED + 2, 1}, {ED + 3, 1}, {3 * ED, ED}, {U128_MAX / 2, (U128_MAX / 2 - ED) / 2}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct event_log log = {.len = 0};
        const account_id author = person(1);
        chain_of("\1", 0);
        if (rows[i].pot)
            fund(*pot, rows[i].pot);
        block(5, 0);
        end_block();
        assert_true(free_of(*pot) == rows[i].pot - rows[i].reward);
        assert_true(free_of(author) == 100 * ED + rows[i].reward);
        if (rows[i].reward)
            EXPECT_EVENT(&log, balances, Transfer, .from = *pot, .to = author, .amount = rows[i].reward);
        assert_events(&log);
        assert_int_equal(last_block(1), 5);
    }
}

static void an_author_without_account(void **state) {
    (void)state;
    chain_of("\1", 0);
    const account_id author = person(1);
    system_account_put(&author, &system_empty_account);
    fund(*pot, 3 * ED - 2); /* half is one less than what makes an account */
    block(5, 0);
    end_block();
    assert_true(free_of(*pot) == 3 * ED - 2);
    assert_int_equal(last_block(1), 5);
    fund(*pot, 3 * ED);
    block(6, 0);
    end_block();
    assert_true(free_of(*pot) == 2 * ED && free_of(author) == ED);
}

static void fees_reach_the_pot(void **state) {
    (void)state;
    chain_of("\1", 0);
    const account_id payer = person(2);
    struct event_log log = {.len = 0};
    const balance all = balances_total_issuance();
    for (uint8_t i = 1; i <= 2; i++) {
        struct balances_edit e = {.info = info_of(payer)};
        assert_true(transaction_payment_withdraw(&payer, &e, i * ED));
        transaction_payment_correct(&payer, i * ED, 0, i * ED);
        EXPECT_EVENT(&log, balances, Withdraw, .who = payer, .amount = i * ED);
        EXPECT_EVENT(&log, transaction_payment, TransactionFeePaid, .who = payer, .actual_fee = i * ED, .tip = 0);
        assert_true(balances_total_issuance() == all);
    }
    block(2, 0);
    transaction_payment_on_finalize();
    assert_false(transaction_payment_TxPaymentCredit_exists());
    assert_true(free_of(*pot) == 3 * ED && info_of(*pot).providers == 1);
    /* system::NewAccount and Endowed of the pot, once; then the one deposit of the block. */
    EXPECT_EVENT(&log, system, NewAccount, .account = *pot);
    EXPECT_EVENT(&log, balances, Endowed, .account = *pot, .free_balance = 3 * ED);
    EXPECT_EVENT(&log, balances, Deposit, .who = *pot, .amount = 3 * ED);
    end_block();
    EXPECT_EVENT(&log, balances, Transfer, .from = *pot, .to = person(1), .amount = ED);
    assert_events(&log);
    assert_true(balances_total_issuance() == all);
    block(3, 0);
    transaction_payment_on_finalize(); /* nothing was paid */
    assert_events(&log);
}

static void fees_that_the_pot_cannot_take(void **state) {
    (void)state;
    const struct {
        balance pot, fees;
        bool taken;
    } rows[] = {{0, 0, true},       {0, 1, false},           {0, ED - 1, false},       {0, ED, true},
                {ED, 1, true},      {U128_MAX, 1, false},    {U128_MAX - 1, 1, true},  {ED, U128_MAX, false}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        chain_of("\1", 0);
        if (rows[i].pot) {
            account_info info = system_empty_account;
            info.providers = 1;
            info.data.free = rows[i].pot;
            system_account_put(pot, &info);
        }
        const balance issuance = U128_MAX;
        balances_TotalIssuance_put(&issuance);
        struct event_log log = {.len = 0};
        collator_selection_fill_pot(rows[i].fees);
        assert_true(free_of(*pot) == (rows[i].taken ? rows[i].pot + rows[i].fees : rows[i].pot));
        assert_true(balances_total_issuance() == (rows[i].taken ? U128_MAX : U128_MAX - rows[i].fees));
        assert_int_equal(system_account_exists(pot), free_of(*pot) > 0);
        if (!rows[i].taken) {
            EXPECT_EVENT(&log, balances, BurnedDebt, .amount = rows[i].fees);
            assert_events(&log);
        }
    }
}

/* --- genesis --- */

static void genesis_values(void **state) {
    (void)state;
    chain_of("\3\1\2", 7);
    assert_invulnerables("\1\2\3");
    balance bond;
    assert_true(collator_selection_CandidacyBond_get(&bond) && bond == BOND);
    assert_int_equal(storage_get_u32(&collator_selection_DesiredCandidates_storage), 7);
    assert_false(collator_selection_CandidateList_exists());
    assert_validators("\1\2\3");
    assert_memory_equal(pot->at, "modlPotStake\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 32);
}

static void genesis_refusals(void **state) {
    fresh(state);
    account_id list[21];
    for (uint8_t i = 0; i < 21; i++)
        list[i] = person((uint8_t)(21 - i));
    account_ids all = {list, 20};
    assert_true(collator_selection_genesis(&all, 0, COLLATORS_MAX_CANDIDATES));
    fresh(state);
    assert_false(collator_selection_genesis(&all, 0, COLLATORS_MAX_CANDIDATES + 1));
    all.len = 21;
    assert_false(collator_selection_genesis(&all, 0, 0));
    all.len = 2;
    list[1] = list[0];
    assert_false(collator_selection_genesis(&all, 0, 0));
}

#define CASE(name) cmocka_unit_test(name)
int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(collators_change_a_session_later), CASE(the_events_and_the_digest), CASE(nothing_is_read_within_a_session),
        CASE(collators_without_keys), CASE(new_keys_count_a_session_later), CASE(disabled_validators_are_forgotten),
        CASE(lazy_candidates_go), CASE(enough_candidates_stay), CASE(new_session_weight),
        CASE(the_author_is_noted_at_the_end), CASE(a_sessions_first_block_is_noted_before_its_lists),
        CASE(half_of_the_pot), CASE(an_author_without_account), CASE(fees_reach_the_pot),
        CASE(fees_that_the_pot_cannot_take), CASE(genesis_values), CASE(genesis_refusals),
    };
    return cmocka_run_group_tests_name("collator sessions", tests, NULL, NULL);
}

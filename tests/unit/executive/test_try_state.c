/* test_try_state.c - every invariant of try_state is one that it sees broken: a state that holds, one thing changed in
 * it. */
#include "executive/chain.h"

#include "aura/aura.h"
#include "aura_ext/aura_ext.h"
#include "balances/balances.h"
#include "clock/clock.h"
#include "collator_selection/collator_selection.h"
#include "executive/migrations.h"
#include "models/models.h"
#include "parachain_system/parachain_system.h"
#include "session/session.h"
#include "timestamp/timestamp.h"
#include "try_state.h"

/* A few blocks with money moved and a reserve: what is there to be broken. */
static int some_blocks(void **state) {
    chain_start(state);
    for (int i = 0; i < 3; i++) {
        chain_open();
        chain_succeeds(tx_plain(ALICE, call_transfer(BOB, UNIT)));
        chain_close();
    }
    chain_edit();
    return 0;
}

static struct bytes key_of(const struct storage_desc *item) {
    return (struct bytes){item->prefix, STORAGE_PREFIX_SIZE};
}

static void says(const char *wanted) {
    chain_edit();
    const char *wrong = try_state();
    if (!wrong || !strstr(wrong, wanted))
        fail_msg("says '%s' instead of '%s'", wrong ? wrong : "holds", wanted);
}

static void broken_once(const char *wanted) {
    overlay_flush();
    says(wanted);
}

/* --- layout --- */

static void the_layout(void **state) {
    (void)state;
    assert_null(try_state());
    shim_begin();
    shim_put(TEXT("nobody"), TEXT("x"));
    says("nobody's");
    shim_rollback();

    shim_begin();
    shim_put(migrations_cursor_key, TEXT("x"));
    says("goes on");
    shim_rollback();

    struct bytes key, value;
    shim_begin();
    assert_true(shim_get(key_of(&system_Number_storage), &value));
    shim_put(key_of(&system_Number_storage), TEXT("\0\0\0\0\0"));
    says("decode to its end");
    shim_rollback();

    /* Each account's key in turn under another hash. */
    for (uint32_t i = 0, seen = 0; i < shim_key_count() && seen < 2; i++) {
        uint8_t other[80];
        shim_entry(i, &key, &value);
        if (key.len != 80 || memcmp(key.at, system_Account_storage.prefix, 32) != 0)
            continue;
        seen++;
        memcpy(other, key.at, 80);
        other[40] ^= 1;
        shim_begin();
        shim_put((struct bytes){other, 80}, chain_keep(value));
        says("wrong hash");
        shim_rollback();
    }
}

static void the_versions(void **state) {
    (void)state;
    shim_begin();
    migrations_put_version(TEXT("Balances"), 0);
    broken_once("Balances has another storage version");
    shim_rollback();

    shim_begin();
    chain_edit();
    const last_runtime_upgrade before = {0, {(const uint8_t *)SPEC_NAME, sizeof SPEC_NAME - 1}};
    system_LastRuntimeUpgrade_put(&before);
    broken_once("other code");
    shim_rollback();
}

/* --- money --- */

static void change_account(void (*change)(account_info *info), const char *wanted) {
    account_id who = signer_id(BOB);
    account_info info;
    shim_begin();
    chain_edit();
    system_account_get(&who, &info);
    change(&info);
    system_account_put(&who, &info);
    broken_once(wanted);
    shim_rollback();
}
static void more_free(account_info *info) { info->data.free++; }
static void no_provider(account_info *info) { info->providers = 0; }
static void consumer_only(account_info *info) { info->providers = 0, info->consumers = 1; }
static void reserved_unreferenced(account_info *info) { info->data.free -= UNIT, info->data.reserved += UNIT; }
static void frozen_by_nothing(account_info *info) { info->data.frozen = 1, info->consumers = 1; }
static void old_flags(account_info *info) { info->data.flags = 0; }
static void too_much(account_info *info) { info->data.free = (balance)-1; }

static void the_accounts(void **state) {
    (void)state;
    change_account(more_free, "issuance");
    change_account(no_provider, "does not exist");
    change_account(consumer_only, "no provider");
    change_account(reserved_unreferenced, "without a reference");
    change_account(frozen_by_nothing, "largest of locks");
    change_account(old_flags, "present logic");
    change_account(too_much, "overflow");
}

static void what_is_set_aside(void **state) {
    (void)state;
    account_id bob = signer_id(BOB), nobody = {{0xab}};
    hold_amount hold = {runtime_hold_reason_Escrow, UNIT};
    const hold_list holds = {&hold, 1};
    shim_begin();
    balances_Holds_put(&bob, &holds);
    broken_once("more is held");
    shim_rollback();

    shim_begin();
    chain_edit();
    balances_Holds_put(&nobody, &holds);
    broken_once("an account that does not exist");
    shim_rollback();
}

/* --- keys, slots, blocks --- */

static void the_session_keys(void **state) {
    (void)state;
    account_id alice = signer_id(ALICE), bob = signer_id(BOB);
    const session_keys keys = {{{7}}};
    uint8_t raw[32] = {9};
    const session_key_owner_key owned = {session_aura_key_type, {raw, 32}};
    shim_begin();
    session_NextKeys_put(&bob, &keys);
    broken_once("not its owner's");
    shim_rollback();

    shim_begin();
    chain_edit();
    session_KeyOwner_put(&owned, &alice);
    broken_once("has another");
    shim_rollback();

    session_disabled items[2] = {{1, 0}, {1, 0}};
    shim_begin();
    chain_edit();
    session_DisabledValidators_put(&(session_disabled_list){items, 2});
    broken_once("not in order");
    shim_rollback();

    aura_id two[2] = {{{1}}, {{2}}};
    shim_begin();
    chain_edit();
    const session_validators one = {&alice, 1};
    session_Validators_put(&one);
    aura_Authorities_put(&(aura_authorities){two, 2});
    broken_once("more authorities");
    shim_rollback();
}

static void the_collators(void **state) {
    (void)state;
    account_id same[2] = {{{1}}, {{1}}};
    shim_begin();
    collator_selection_Invulnerables_put(&(collator_invulnerables){same, 2});
    broken_once("invulnerables are not in order");
    shim_rollback();

    collator_candidate list[2] = {{signer_id(BOB), 0}, {signer_id(BOB), 0}};
    shim_begin();
    chain_edit();
    collator_selection_CandidateList_put(&(collator_candidates){list, 2});
    broken_once("a candidate twice");
    list[0].deposit = 1;
    chain_edit();
    collator_selection_CandidateList_put(&(collator_candidates){list, 1});
    broken_once("not reserved");
    chain_edit();
    account_info info = chain_account(&list[0].who);
    info.data.free -= 1, info.data.reserved += 1, info.consumers++;
    system_account_put(&list[0].who, &info);
    list[1].who = signer_id(CHARLIE);
    collator_selection_CandidateList_put(&(collator_candidates){list, 2});
    broken_once("candidates are not in order");
    shim_rollback();
}

static void authorities_and_slots(void **state) {
    (void)state;
    shim_begin();
    shim_remove(key_of(&aura_ext_Authorities_storage));
    says("are not Aura's");
    shim_rollback();

    uint64_t slot;
    shim_begin();
    chain_edit();
    aura_CurrentSlot_get(&slot);
    slot++;
    aura_CurrentSlot_put(&slot);
    broken_once("not the timestamp's");
    shim_rollback();
}

static void the_block(void **state) {
    (void)state;
    const boolean yes = true;
    h256 other = {{1}};
    shim_begin();
    timestamp_DidUpdate_put(&yes);
    broken_once("of one block");
    shim_rollback();

    shim_begin();
    chain_edit();
    system_ParentHash_put(&other);
    broken_once("parent's hash");
    shim_rollback();
}

static void the_segment(void **state) {
    (void)state;
    segment_tracker tracker;
    segment_blocks blocks;
    shim_begin();
    shim_remove(key_of(&parachain_system_AggregatedUnincludedSegment_storage));
    says("without its total");
    shim_rollback();

    chain_edit();
    assert_true(parachain_system_AggregatedUnincludedSegment_get(&tracker));
    shim_begin();
    tracker.used_bandwidth.ump_msg_count++;
    parachain_system_AggregatedUnincludedSegment_put(&tracker);
    broken_once("upward messages");
    shim_rollback();

    chain_edit();
    assert_true(parachain_system_AggregatedUnincludedSegment_get(&tracker));
    shim_begin();
    tracker.consumed_go_ahead_signal = (option_upgrade_go_ahead){true, upgrade_go_ahead_GoAhead};
    parachain_system_AggregatedUnincludedSegment_put(&tracker);
    broken_once("signal");
    shim_rollback();

    chain_edit();
    assert_true(parachain_system_AggregatedUnincludedSegment_get(&tracker));
    shim_begin();
    para_channel_use use = {2001, {1, 1}};
    tracker.used_bandwidth.hrmp_outgoing = (para_channel_uses){&use, 1};
    parachain_system_AggregatedUnincludedSegment_put(&tracker);
    broken_once("of a channel");
    shim_rollback();

    chain_edit();
    parachain_system_UnincludedSegment_get(&blocks);
    assert_true(blocks.len > 0);
    shim_begin();
    blocks.items[blocks.len - 1].para_head_hash.some = true;
    parachain_system_UnincludedSegment_put(&blocks);
    broken_once("no hash yet");
    shim_rollback();
}

static void what_pallets_say_of_themselves(void **state) {
    (void)state;
    clock_time time;
    shim_begin();
    clock_Time_get(&time);
    time.last_rand = time.relay + 1;
    clock_Time_put(&time);
    broken_once("never seen");
    shim_rollback();

    const u128 books = (u128)1 << 100;
    const uint32_t asset = 0;
    shim_begin();
    chain_edit();
    models_Books_put(&asset, &books);
    broken_once("cover the books");
    shim_rollback();
    chain_edit();
    assert_null(try_state());
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, some_blocks, chain_stop)
    const struct CMUnitTest tests[] = {
        CASE(the_layout),
        CASE(the_versions),
        CASE(the_accounts),
        CASE(what_is_set_aside),
        CASE(the_session_keys),
        CASE(the_collators),
        CASE(authorities_and_slots),
        CASE(the_block),
        CASE(the_segment),
        CASE(what_pallets_say_of_themselves),
    };
    return cmocka_run_group_tests_name("try_state", tests, NULL, NULL);
}

/* test_upgrade.c - a new runtime in whole blocks: scheduled by Root or by whoever has the authorised code, shown to the
 * relay chain, applied when that says so. */
#include "executive/chain.h"

#include "parachain_system/parachain_system.h"

static struct bytes set_code(void) { return call_sudo(call_bytes(0, 3, TEXT("\x20new code"))); }

static void show_go_ahead(void) { relay_put_own("Paras", "UpgradeGoAheadSignal", TEXT("\1")); }
static void show_abort(void) { relay_put_own("Paras", "UpgradeGoAheadSignal", TEXT("\0")); }
static void show_restriction(void) { relay_put_own("Paras", "UpgradeRestrictionSignal", TEXT("\0")); }

static struct bytes collation_info(void) {
    return chain_get("CollectCollationInfo_collect_collation_info", chain.head);
}
static bool pending(void) {
    struct bytes value;
    return shim_get((struct bytes){parachain_system_PendingValidationCode_storage.prefix, 32}, &value);
}
static weight normal_and_operational(void) {
    per_class_weight all;
    chain_edit();
    system_BlockWeight_get(&all);
    chain_edit();
    return weight_add(all.normal, all.operational);
}

/* The relay chain hears of it, answers, and the block after has the code. */
static void goes_through(void) {
    struct bytes value;
    chain_close();
    assert_true(pending());
    assert_int_equal(collation_info().at[2], 1); /* new_validation_code: Some */
    assert_bytes_equal(((struct bytes){collation_info().at + 3, 9}), TEXT("\x20new code"));
    chain_open();
    chain_fails(tx_plain(ALICE, call_bytes(0, 3, TEXT("\x04x"))), BAD_ORIGIN);
    chain_close();
    assert_int_equal(collation_info().at[2], 0); /* said once */
    assert_false(shim_get(TEXT(":code"), &value));
    chain.show = show_go_ahead;
    chain_open();
    h256 hash;
    shim_blake2(hash.at, 32, TEXT("new code"));
    assert_true(HAS_EVENT(system, CodeUpdated, .hash = hash));
    chain_close();
    assert_false(pending());
    assert_true(shim_get(TEXT(":code"), &value));
    assert_bytes_equal(value, TEXT("new code"));
    /* The header says that the runtime changed: RuntimeEnvironmentUpdated. */
    assert_int_equal(chain.head.at[97], 3 << 2);
    bool told = chain.head.at[chain.head.len - 1] == 8 || memchr(chain.head.at + 98, 8, chain.head.len - 98);
    assert_true(told);
}

static void by_root(void **state) {
    (void)state;
    weight before = normal_and_operational();
    chain_succeeds(tx_plain(ALICE, set_code()));
    assert_true(normal_and_operational().ref_time > before.ref_time + 100000000000);
    chain_succeeds(tx_plain(ALICE, set_code())); /* Sudid tells of OverlappingUpgrades */
    const dispatch_outcome refused = dispatch_outcome_value(PALLET_ERROR(parachain_system, OverlappingUpgrades));
    assert_true(chain_has_event(pallet_index_sudo, 0, &dispatch_outcome_type, &refused));
    goes_through();
}

static void by_the_bearer_of_authorised_code(void **state) {
    (void)state;
    uint8_t hash[32];
    shim_blake2(hash, 32, TEXT("new code"));
    chain_succeeds(tx_plain(ALICE, call_sudo(call_bytes(0, 10, (struct bytes){hash, 32}))));
    struct bytes bare = tx_bare(5, call_bytes(0, 11, TEXT("\x20new code")));
    assert_int_equal(chain_validate(bare).bytes.at[0], 0);
    chain_succeeds(bare);
    chain_both_refuse(bare, INVALID(CALL));
    goes_through();
}

static void not_when_the_relay_chain_forbids_it(void **state) {
    (void)state;
    chain_close();
    chain.show = show_restriction;
    chain_open();
    chain_succeeds(tx_plain(ALICE, set_code()));
    const dispatch_outcome refused = dispatch_outcome_value(PALLET_ERROR(parachain_system, ProhibitedByPolkadot));
    assert_true(chain_has_event(pallet_index_sudo, 0, &dispatch_outcome_type, &refused));
    /* The authorisation of one who may not use it now stays. */
    uint8_t hash[32];
    shim_blake2(hash, 32, TEXT("new code"));
    chain_succeeds(tx_plain(ALICE, call_sudo(call_bytes(0, 10, (struct bytes){hash, 32}))));
    struct bytes bare = tx_bare(5, call_bytes(0, 11, TEXT("\x20new code")));
    chain_fails(bare, PALLET_ERROR(parachain_system, ProhibitedByPolkadot));
    assert_int_equal(chain_validate(bare).bytes.at[0], 0);
    chain_close();
    assert_false(pending());
}

/* Validators found fault with the code: it is forgotten, the state's code stays, and another may be sent. */
static void not_when_the_relay_chain_aborts_it(void **state) {
    (void)state;
    struct bytes value;
    chain_succeeds(tx_plain(ALICE, set_code()));
    chain_close();
    assert_true(pending());
    chain.show = show_abort;
    chain_open();
    assert_true(chain_event_count() > 0);
    chain_close();
    assert_false(pending());
    assert_false(shim_get(TEXT(":code"), &value));
    chain.show = NULL;
    chain_open();
    chain_succeeds(tx_plain(ALICE, set_code()));
    goes_through();
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, chain_start_open, chain_stop)
    const struct CMUnitTest tests[] = {
        CASE(by_root),
        CASE(by_the_bearer_of_authorised_code),
        CASE(not_when_the_relay_chain_forbids_it),
        CASE(not_when_the_relay_chain_aborts_it),
    };
    return cmocka_run_group_tests_name("upgrade", tests, NULL, NULL);
}

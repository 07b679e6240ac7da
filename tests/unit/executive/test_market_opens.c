/* test_market_opens.c - a chain that ran without the market gets new code: the pallets' accounts are endowed once, the state
 * holds, the market takes calls. */
#include "executive/chain.h"

#include "compute/compute.h"
#include "executive/migrations.h"
#include "host/host.h"
#include "jobs/jobs.h"
#include "rewards/rewards.h"

enum { POTS = 4 };
static account_id pots[POTS];
static balance issuance_then;

static const char *const pallets[] = {"Compute", "Jobs", "Rewards"};

static void forget_version(const char *name) {
    uint8_t key[32];
    host_twox_128(key, (struct bytes){(const uint8_t *)name, (uint32_t)strlen(name)});
    host_twox_128(key + 16, TEXT(":__STORAGE_VERSION__:"));
    overlay_remove((struct bytes){key, sizeof key});
}

static uint16_t version_of(const char *name) {
    chain_edit();
    uint16_t version = migrations_state_version((struct bytes){(const uint8_t *)name, (uint32_t)strlen(name)});
    chain_edit();
    return version;
}

/* What the former version left: no pots, none of the pallets' versions, its own number as the last upgrade. */
static int without_a_market(void **state) {
    const last_runtime_upgrade before = {SPEC_VERSION - 1, {(const uint8_t *)SPEC_NAME, sizeof SPEC_NAME - 1}};
    balance issuance;
    if (chain_start(state))
        return -1;
    memcpy(pots, (const account_id[]){compute_pot.account, jobs_pot.account, rewards_pot.account, rewards_treasury},
           sizeof pots);
    chain_edit();
    balances_TotalIssuance_get(&issuance);
    for (int i = 0; i < POTS; i++) {
        account_info info;
        system_account_get(&pots[i], &info);
        issuance -= info.data.free;
        system_Account_kill(&pots[i]);
    }
    balances_TotalIssuance_put(&issuance);
    for (size_t i = 0; i < COUNT_OF(pallets); i++)
        forget_version(pallets[i]);
    system_LastRuntimeUpgrade_put(&before);
    chain_edited();
    issuance_then = chain_issuance();
    return 0;
}

static void block(void) {
    chain_open();
    chain_close(); /* imports it too, and asks try_state */
}

static void the_pots_have(balance amount) {
    for (int i = 0; i < POTS; i++) {
        account_info info = chain_account(&pots[i]);
        assert_true(info.data.free == amount && info.data.reserved == 0);
        assert_int_equal(info.providers, 2); /* the balance's, and the one that keeps the account */
        assert_int_equal(info.consumers, 0);
    }
}

static void endowed_once(void **state) {
    (void)state;
    for (int i = 0; i < POTS; i++)
        assert_int_equal(chain_account(&pots[i]).providers, 0);
    block();
    the_pots_have(EXISTENTIAL_DEPOSIT);
    assert_true(chain_issuance() == issuance_then + POTS * EXISTENTIAL_DEPOSIT);
    for (size_t i = 0; i < COUNT_OF(pallets); i++)
        assert_int_equal(version_of(pallets[i]), 1);
    block();
    the_pots_have(EXISTENTIAL_DEPOSIT);
    assert_true(chain_issuance() == issuance_then + POTS * EXISTENTIAL_DEPOSIT);
}

/* Another upgrade later: the versions say that the accounts are there. */
static void not_again_with_the_next_code(void **state) {
    const last_runtime_upgrade before = {SPEC_VERSION - 1, {(const uint8_t *)SPEC_NAME, sizeof SPEC_NAME - 1}};
    (void)state;
    block();
    chain_edit();
    system_LastRuntimeUpgrade_put(&before);
    chain_edited();
    block();
    the_pots_have(EXISTENTIAL_DEPOSIT);
    assert_true(chain_issuance() == issuance_then + POTS * EXISTENTIAL_DEPOSIT);
}

/* Anybody could send money to addresses that were known before: it stays there, and no books count it. */
static void money_that_was_there_stays(void **state) {
    (void)state;
    balance issuance;
    chain_edit();
    for (int i = 0; i < POTS; i++) {
        account_info info;
        system_account_get(&pots[i], &info);
        info.providers = 1;
        info.data.free = 5 * UNIT;
        system_account_put(&pots[i], &info);
    }
    balances_TotalIssuance_get(&issuance);
    issuance += POTS * 5 * UNIT;
    balances_TotalIssuance_put(&issuance);
    chain_edited();
    block();
    the_pots_have(5 * UNIT + EXISTENTIAL_DEPOSIT);
    assert_true(chain_issuance() == issuance + POTS * EXISTENTIAL_DEPOSIT);
    chain_edit();
    assert_true(balances_pot_covers(&compute_pot) && balances_pot_covers(&jobs_pot) && balances_pot_covers(&rewards_pot));
    chain_edit();
}

const struct type_desc *compute_call_args(uint8_t index);

static void the_market_takes_calls(void **state) {
    (void)state;
    uint8_t args[512];
    account_id alice = signer_id(ALICE);
    compute_provider record;
    struct writer out = writer_over(args, sizeof args);
    const compute_call_register_provider call = {.operator= alice, .payout = alice, .slots = 1, .bond = COMPUTE_MIN_SELF_BOND};
    scale_encode(compute_call_args(compute_call_index_register_provider), &call, &out);
    assert_false(out.overflow);
    block();
    chain_open();
    struct bytes bytes = {args, writer_len(&out)};
    chain_succeeds(tx_plain(ALICE, call_bytes(pallet_index_compute, compute_call_index_register_provider, bytes)));
    chain_close();
    chain_edit();
    assert_true(compute_Providers_get(&alice, &record));
    balance deposit = record.deposit.amount;
    chain_edit();
    assert_true(chain_account(&pots[0]).data.free == EXISTENTIAL_DEPOSIT + COMPUTE_MIN_SELF_BOND + deposit);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, without_a_market, chain_stop)
    const struct CMUnitTest tests[] = {
        CASE(endowed_once),
        CASE(not_again_with_the_next_code),
        CASE(money_that_was_there_stays),
        CASE(the_market_takes_calls),
    };
    return cmocka_run_group_tests_name("market_opens", tests, NULL, NULL);
}

/* test_apply.c - what happens to good extrinsics: each format and signature kind, eras, nonces, fees, tips, refunds,
 * the block's weight, and what the pool is told about them. */
#include "executive/chain.h"

#include "balances/balances.h"
#include "sudo/sudo.h"
#include "system/system_constants.h"
#include "transaction_payment/transaction_payment.h"
#include "utility/utility.h"

static balance free_of(enum signer who) {
    account_id id = signer_id(who);
    return chain_account(&id).data.free;
}
static uint32_t nonce_of(enum signer who) {
    account_id id = signer_id(who);
    return chain_account(&id).nonce;
}

struct cost {
    uint64_t time, proof;
    uint8_t class;
    balance fee;
};
/* What query_info says. */
static struct cost cost_of(struct bytes extrinsic) {
    uint8_t len[4];
    struct cost cost;
    store_u32(len, extrinsic.len);
    struct bytes info = chain_get("TransactionPaymentApi_query_info", chain_join(extrinsic, (struct bytes){len, 4}));
    struct reader in = reader_over(info, NULL);
    cost.time = read_compact_u64(&in);
    cost.proof = read_compact_u64(&in);
    cost.class = read_u8(&in);
    cost.fee = read_u128(&in);
    assert_true(reader_done(&in));
    return cost;
}
static per_class_weight block_weight(void) {
    per_class_weight all;
    chain_edit();
    system_BlockWeight_get(&all);
    chain_edit();
    return all;
}

static void a_transfer_moves_money_and_pays_its_fee(void **state) {
    (void)state;
    struct bytes x = tx_plain(ALICE, call_transfer(BOB, 5 * UNIT));
    struct cost cost = cost_of(x);
    balance alice = free_of(ALICE), bob = free_of(BOB), issuance = chain_issuance();
    per_class_weight before = block_weight();
    uint32_t events = chain_event_count();
    chain_succeeds(x);
    assert_true(free_of(BOB) == bob + 5 * UNIT);
    assert_true(free_of(ALICE) == alice - 5 * UNIT - cost.fee);
    assert_true(chain_issuance() == issuance && chain_fees() == cost.fee);
    assert_int_equal(nonce_of(ALICE), 1);
    account_id a = signer_id(ALICE), b = signer_id(BOB);
    assert_true(HAS_EVENT(transaction_payment, TransactionFeePaid, .who = a, .actual_fee = cost.fee, .tip = 0));
    assert_true(HAS_EVENT(balances, Transfer, .from = a, .to = b, .amount = 5 * UNIT));
    const dispatch_event_info info = {{cost.time + BASE_EXTRINSIC_REF_TIME, cost.proof}, CLASS_NORMAL, PAYS_YES};
    assert_true(HAS_EVENT(system, ExtrinsicSuccess, .dispatch_info = info));
    assert_true(chain_event_count() > events + 2);
    per_class_weight after = block_weight();
    assert_int_equal(after.normal.ref_time, before.normal.ref_time + cost.time + BASE_EXTRINSIC_REF_TIME);
    assert_int_equal(after.normal.proof_size, before.normal.proof_size + cost.proof + x.len);
    assert_int_equal(after.mandatory.ref_time, before.mandatory.ref_time);
    chain_close();
}

static void a_failed_call_pays_too(void **state) {
    (void)state;
    balance alice = free_of(ALICE), bob = free_of(BOB);
    struct bytes x = tx_plain(ALICE, call_transfer(BOB, alice));
    balance fee = cost_of(x).fee;
    /* Balances: transfer_keep_alive of all there is. */
    chain_fails(x, TOKEN_ERROR(FundsUnavailable));
    assert_true(free_of(ALICE) == alice - fee);
    assert_true(free_of(BOB) == bob);
    assert_int_equal(nonce_of(ALICE), 1);
    chain_close();
}

static void every_signature_kind(void **state) {
    (void)state;
    for (enum signer who = ED; who <= ETH; who++)
        chain_succeeds(tx_plain(ALICE, call_transfer(who, UNIT)));
    chain_close();
    chain_open();
    for (enum signer who = ED; who <= ETH; who++) {
        balance before = free_of(who);
        struct bytes plain = tx_plain(who, call_transfer(BOB, 7));
        balance fee = cost_of(plain).fee;
        assert_int_equal(chain_validate(plain).bytes.at[0], 0);
        chain_succeeds(plain);
        assert_true(free_of(who) == before - 7 - fee);
        /* A payload over 256 bytes is signed by its hash. */
        chain_succeeds(tx_plain(who, call_remark(300)));
    }
    chain_succeeds(tx_plain(BOB, call_remark(300)));
    chain_close();
}

/* A payload is hashed when it is longer than 256 bytes: call, 4 bytes of extensions, 73 implied. */
static void the_border_of_long_payloads(void **state) {
    (void)state;
    for (uint32_t len = 170; len < 185; len++) {
        struct tx tx = tx_of(ALICE, call_remark(len));
        uint32_t whole = tx.call.len + tx_extensions(&tx).len + 73;
        assert_int_equal(tx_payload(&tx).len, whole > 256 ? 32 : whole);
        chain_succeeds(tx_sign(tx));
    }
    chain_close();
}

static void the_metadata_hash(void **state) {
    (void)state;
    struct tx tx = tx_of(ALICE, call_remark(1));
    tx.mode = 1;
    chain_succeeds(tx_sign(tx));
    tx = tx_of(ALICE, call_remark(1));
    tx.mode = 2;
    chain_both_refuse(tx_sign(tx), INVALID(CALL)); /* no such mode */
    tx.mode = 0;
    chain_succeeds(tx_sign(tx));
    chain_close();
}

static void mortal_eras_begin_and_end(void **state) {
    (void)state;
    /* Born in block 1: no hash of it before block 2, gone in block 5. */
    struct tx tx = tx_of(ALICE, call_remark(1));
    tx.era = era_mortal(4, 1);
    tx.birth = chain.hash;
    chain_refuses(tx_sign(tx), INVALID(ANCIENT_BIRTH_BLOCK));
    chain_close();
    h256 born = chain.hash;
    for (uint32_t number = 2; number <= 4; number++) {
        tx = tx_of(ALICE, call_remark(1));
        tx.era = era_mortal(4, 1);
        tx.birth = born;
        struct bytes x = tx_sign(tx);
        struct bytes valid = chain_validate(x).bytes;
        assert_int_equal(valid.at[0], 0);
        assert_int_equal(load_u64(valid.at + valid.len - 9), 5 - number); /* longevity */
        chain_open();
        chain_succeeds(x);
        chain_close();
    }
    tx = tx_of(ALICE, call_remark(1));
    tx.era = era_mortal(4, 1);
    tx.birth = born;
    struct bytes late = tx_sign(tx);
    /* The next block would be the first of another era, whose hash is the pool's `at`: another payload. */
    chain_open();
    chain_refuses(late, INVALID(ANCIENT_BIRTH_BLOCK));
    tx.era = era_mortal(65536, 4);
    chain_refuses(tx_sign(tx), INVALID(BAD_PROOF)); /* quantised to block 0 */
    tx.birth = chain.genesis;
    chain_succeeds(tx_sign(tx));
    chain_close();
}

static void a_hash_that_left_the_window(void **state) {
    (void)state;
    chain_close();
    struct tx tx = tx_of(ALICE, call_remark(1));
    tx.era = era_mortal(64, 1);
    tx.birth = chain.hash;
    chain_open();
    chain_edit();
    const uint32_t one = 1;
    system_BlockHash_kill(&one);
    chain_edited();
    chain_both_refuse(tx_sign(tx), INVALID(ANCIENT_BIRTH_BLOCK));
}

static void nonces_wrap(void **state) {
    (void)state;
    account_id id = signer_id(ALICE);
    chain_edit();
    account_info info;
    system_account_get(&id, &info);
    info.nonce = UINT32_MAX;
    system_account_put(&id, &info);
    chain_edited();
    struct bytes last = tx_plain(ALICE, call_remark(0));
    assert_int_equal(chain_validate(last).bytes.at[0], 0);
    chain_succeeds(last);
    assert_int_equal(nonce_of(ALICE), 0);
    chain_succeeds(tx_plain(ALICE, call_remark(0)));
    assert_int_equal(nonce_of(ALICE), 1);
}

static void tips(void **state) {
    (void)state;
    struct tx tx = tx_of(ALICE, call_remark(0));
    tx.tip = 3 * UNIT;
    struct bytes x = tx_sign(tx);
    struct cost cost = cost_of(x); /* without tip */
    balance before = free_of(ALICE), issuance = chain_issuance();
    chain_succeeds(x);
    account_id id = signer_id(ALICE);
    assert_true(free_of(ALICE) == before - cost.fee - 3 * UNIT);
    assert_true(chain_issuance() == issuance && chain_fees() == cost.fee + 3 * UNIT);
    assert_true(HAS_EVENT(transaction_payment, TransactionFeePaid, .who = id, .actual_fee = cost.fee + 3 * UNIT,
                          .tip = 3 * UNIT));
    chain_close();
}

static void sudo_gets_its_fee_back_but_not_the_tip(void **state) {
    (void)state;
    struct tx tx = tx_of(ALICE, call_sudo(call_remark(0)));
    tx.tip = 11;
    balance before = free_of(ALICE), issuance = chain_issuance();
    chain_succeeds(tx_sign(tx));
    account_id id = signer_id(ALICE);
    assert_true(free_of(ALICE) == before - 11);
    assert_true(chain_issuance() == issuance && chain_fees() == 11);
    assert_true(HAS_EVENT(transaction_payment, TransactionFeePaid, .who = id, .actual_fee = 11, .tip = 11));
    /* Who is not the sudo user pays for the attempt. */
    balance bob = free_of(BOB);
    struct bytes attempt = tx_plain(BOB, call_sudo(call_remark(0)));
    balance fee = cost_of(attempt).fee;
    chain_fails(attempt, PALLET_ERROR(sudo, RequireSudo));
    assert_true(free_of(BOB) == bob - fee);
    chain_close();
}

static void unspent_weight_is_paid_back(void **state) {
    (void)state;
    /* batch([transfer of too much, remark of 100 kB]): the second never runs. */
    struct bytes calls = chain_join(call_transfer(BOB, (u128)1 << 100), call_remark(100000));
    struct bytes batch = call_bytes(5, 0, chain_join(TEXT("\x08"), calls));
    struct bytes x = tx_plain(ALICE, batch);
    struct cost declared = cost_of(x);
    balance before = free_of(ALICE);
    per_class_weight weight_before = block_weight();
    chain_succeeds(x);
    balance paid = before - free_of(ALICE);
    per_class_weight weight_after = block_weight();
    uint64_t used = weight_after.normal.ref_time - weight_before.normal.ref_time - BASE_EXTRINSIC_REF_TIME;
    assert_true(used < declared.time);
    /* What one failed transfer in a batch of one costs, but for the length. */
    struct bytes single = chain_join(TEXT("\x04"), call_transfer(BOB, (u128)1 << 100));
    struct bytes alone = tx_plain(ALICE, call_bytes(5, 0, single));
    struct cost one = cost_of(alone);
    assert_true(one.time <= used + 10000000 && used <= one.time + 10000000);
    balance rest = paid - (x.len - alone.len) * TRANSACTION_BYTE_FEE;
    assert_true(rest < declared.fee - (x.len - alone.len) * TRANSACTION_BYTE_FEE);
    assert_true(rest < one.fee + one.fee / 10 && one.fee < rest + rest / 10);
    account_id id = signer_id(ALICE);
    assert_true(HAS_EVENT(transaction_payment, TransactionFeePaid, .who = id, .actual_fee = paid, .tip = 0));
    chain_close();
}

static void an_account_that_ends_itself(void **state) {
    (void)state;
    chain_succeeds(tx_plain(ALICE, call_transfer(POOR, UNIT)));
    account_id alice = signer_id(ALICE), poor = signer_id(POOR);
    balance issuance = chain_issuance(), fees = chain_fees();
    /* transfer_all(Alice, keep_alive = false): the fee is gone before, so exactly the rest moves. */
    struct bytes args = chain_join(chain_join(TEXT("\0"), (struct bytes){alice.at, 32}), TEXT("\0"));
    struct bytes x = tx_plain(POOR, call_bytes(10, 4, args));
    balance fee = cost_of(x).fee, before = free_of(ALICE);
    chain_succeeds(x);
    assert_true(free_of(ALICE) == before + UNIT - fee);
    assert_true(chain_issuance() == issuance && chain_fees() == fees + fee);
    assert_true(HAS_EVENT(system, KilledAccount, .account = poor));
    assert_int_equal(nonce_of(POOR), 0);
    chain_both_refuse(x, INVALID(PAYMENT)); /* it cannot be played again */
    chain_close();
}

/* --- the pool --- */

static uint64_t per_block(struct cost cost, uint32_t len, uint64_t max_len) {
    uint64_t n = max_len / len;
    if (2000000000000 / cost.time < n)
        n = 2000000000000 / cost.time;
    if (10485760 / cost.proof < n)
        n = 10485760 / cost.proof;
    return n;
}

static void assert_valid(struct bytes x, uint64_t priority, bool waits, enum signer who, uint32_t nonce,
                         uint64_t longevity) {
    uint8_t expected[128];
    account_id id = signer_id(who);
    struct writer out = writer_over(expected, sizeof expected);
    write_u8(&out, 0);
    write_u64(&out, priority);
    write_compact_u32(&out, waits);
    if (waits) {
        write_compact_u32(&out, 36);
        write_raw(&out, id.at, 32);
        write_u32(&out, nonce - 1);
    }
    write_compact_u32(&out, 1);
    write_compact_u32(&out, 36);
    write_raw(&out, id.at, 32);
    write_u32(&out, nonce);
    write_u64(&out, longevity);
    write_u8(&out, 1);
    h256 before = chain_root();
    struct answer answer = chain_validate(x);
    assert_true(answer.returned);
    assert_bytes_equal(answer.bytes, writer_bytes(&out));
    assert_same_root(before);
}

static void what_the_pool_learns(void **state) {
    (void)state;
    chain_close();
    uint64_t forever = UINT64_MAX - 2;
    struct tx tx = tx_of(ALICE, call_transfer(BOB, 1));
    struct bytes x = tx_sign(tx);
    struct cost cost = cost_of(x);
    assert_valid(x, per_block(cost, x.len, 3932160), false, ALICE, 0, forever);
    tx.nonce = 1;
    x = tx_sign(tx);
    assert_valid(x, per_block(cost, x.len, 3932160), true, ALICE, 1, forever);
    tx.nonce = UINT32_MAX;
    x = tx_sign(tx);
    assert_valid(x, per_block(cost, x.len, 3932160), true, ALICE, UINT32_MAX, forever);
    tx.nonce = 0;
    tx.tip = 12345;
    x = tx_sign(tx);
    assert_valid(x, 12346 * per_block(cost, x.len, 3932160), false, ALICE, 0, forever);
    tx.tip = UNIT * 1000;
    x = tx_sign(tx);
    u128 large = (UNIT * 1000 + 1) * per_block(cost, x.len, 3932160);
    assert_valid(x, large > UINT64_MAX ? UINT64_MAX : (uint64_t)large, false, ALICE, 0, forever);
    /* Operational: a virtual tip of five fees on top. */
    uint8_t pages[8] = {64};
    tx = tx_of(ALICE, call_sudo(call_bytes(0, 1, (struct bytes){pages, 8})));
    tx.tip = 4;
    x = tx_sign(tx);
    cost = cost_of(x);
    assert_int_equal(cost.class, CLASS_OPERATIONAL);
    u128 priority = (5 + 5 * (cost.fee + 4)) * per_block(cost, x.len, 5242880);
    assert_true(priority < UINT64_MAX);
    assert_valid(x, (uint64_t)priority, false, ALICE, 0, forever);
    /* Each source of three; the fourth is a broken caller. */
    for (uint8_t source = 0; source < 4; source++) {
        struct bytes all = chain_join(chain_join((struct bytes){&source, 1}, x), (struct bytes){chain.hash.at, 32});
        struct answer out = chain_ask("TaggedTransactionQueue_validate_transaction", all);
        assert_int_equal(out.returned, source < 3);
        if (out.returned)
            assert_int_equal(out.bytes.at[0], 0);
    }
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, chain_start_open, chain_stop)
    const struct CMUnitTest tests[] = {
        CASE(a_transfer_moves_money_and_pays_its_fee),
        CASE(a_failed_call_pays_too),
        CASE(every_signature_kind),
        CASE(the_border_of_long_payloads),
        CASE(the_metadata_hash),
        CASE(mortal_eras_begin_and_end),
        CASE(a_hash_that_left_the_window),
        CASE(nonces_wrap),
        CASE(tips),
        CASE(sudo_gets_its_fee_back_but_not_the_tip),
        CASE(unspent_weight_is_paid_back),
        CASE(an_account_that_ends_itself),
        CASE(what_the_pool_learns),
    };
    return cmocka_run_group_tests_name("apply", tests, NULL, NULL);
}

/* test_malformed.c - bytes that are no extrinsic: an answer, never a trap, and no change. */
#include "executive/chain.h"
#include "executive/extrinsic.h"

#include "system/system_constants.h"

static bool decodes(struct bytes bytes, struct extrinsic *x) {
    struct reader in = reader_over(bytes, &arena_scratch);
    return extrinsic_decode(&in, x);
}

/* The pool and the author say InvalidTransaction::Call. */
static void no_extrinsic(struct bytes x) { chain_both_refuse(x, INVALID(CALL)); }

static void formats(void **state) {
    (void)state;
    struct extrinsic x;
    struct bytes call = call_remark(9);
    for (uint32_t format = 0; format < 256; format++) {
        bool bare = format == 4 || format == 5;
        struct bytes bytes = tx_bare((uint8_t)format, call);
        assert_int_equal(decodes(bytes, &x), bare);
        if (!bare) {
            no_extrinsic(bytes);
            continue;
        }
        assert_int_equal(x.kind, EXTRINSIC_BARE);
        assert_bytes_equal(x.whole, bytes);
        assert_bytes_equal(x.call.raw, call);
    }
    struct tx tx = tx_of(ALICE, call);
    tx.tip = (u128)1 << 90;
    tx.nonce = 70000;
    tx.era = era_mortal(64, 9);
    struct bytes bytes = tx_sign(tx);
    account_id alice = signer_id(ALICE);
    assert_true(decodes(bytes, &x));
    assert_int_equal(x.kind, EXTRINSIC_SIGNED);
    assert_int_equal(x.signer.tag, lookup_source_Id);
    assert_memory_equal(x.signer.as.Id.id.at, alice.at, 32);
    assert_int_equal(x.signature_kind, 1);
    assert_memory_equal(x.signature, tx_body(bytes).at + 35, 64);
    assert_bytes_equal(x.extensions.raw, tx_extensions(&tx));
    assert_true(x.extensions.tip == tx.tip && x.extensions.nonce == 70000 && !x.extensions.metadata_hash);
    assert_int_equal(x.extensions.era.period, 64);
    assert_int_equal(x.extensions.era.phase, 9);
    assert_bytes_equal(x.call.raw, call);
    tx.mode = 1;
    assert_true(decodes(tx_general(0, tx), &x));
    assert_int_equal(x.kind, EXTRINSIC_GENERAL);
    assert_true(x.extensions.metadata_hash);
    for (uint32_t version = 1; version < 256; version++)
        assert_false(decodes(tx_general((uint8_t)version, tx), &x));
    for (uint32_t mode = 2; mode < 256; mode++) {
        tx.mode = (uint8_t)mode;
        assert_false(decodes(tx_general(0, tx), &x));
    }
}

static void inherents(void **state) {
    (void)state;
    struct extrinsic x;
    struct bytes set = call_bytes(2, 0, TEXT("\x04"));
    assert_true(decodes(tx_bare(4, set), &x) && extrinsic_is_inherent(&x));
    assert_true(decodes(tx_bare(5, set), &x) && extrinsic_is_inherent(&x));
    assert_true(decodes(tx_bare(5, call_remark(0)), &x) && !extrinsic_is_inherent(&x));
    assert_true(decodes(tx_plain(ALICE, set), &x) && !extrinsic_is_inherent(&x));
    assert_true(decodes(tx_general(0, tx_of(ALICE, set)), &x) && !extrinsic_is_inherent(&x));
    /* ParachainSystem has another call beside the inherent. */
    assert_true(decodes(tx_bare(5, call_bytes(1, 1, TEXT("\x04x"))), &x) && !extrinsic_is_inherent(&x));
}

static void every_prefix(void **state) {
    (void)state;
    struct bytes good = tx_plain(ALICE, call_transfer(BOB, UNIT)), body = tx_body(good);
    for (uint32_t len = 0; len < good.len; len++)
        chain_refuses((struct bytes){good.at, len}, INVALID(CALL));
    for (uint32_t len = 0; len < body.len; len++)
        no_extrinsic(tx_frame((struct bytes){body.at, len}));
    chain_succeeds(good);
}

static void bytes_behind_the_end(void **state) {
    (void)state;
    struct bytes body = tx_body(tx_plain(ALICE, call_transfer(BOB, UNIT)));
    for (uint32_t more = 1; more < 5; more++)
        no_extrinsic(tx_frame(chain_join(body, (struct bytes){(const uint8_t *)"\0\0\0\0", more})));
    no_extrinsic(tx_frame((struct bytes){NULL, 0}));
    no_extrinsic(tx_bare(5, call_bytes(0, 200, TEXT("")))); /* no such call */
    no_extrinsic(tx_bare(5, call_bytes(200, 0, TEXT("")))); /* no such pallet */
    /* Lengths longer than they need be, and longer than anything is. */
    struct bytes call = tx_bare(5, call_remark(0));
    struct bytes inner = tx_body(call);
    chain_refuses(chain_join(TEXT("\x11\0"), inner), INVALID(CALL));
    chain_refuses(chain_join(TEXT("\x12\0\0\0"), inner), INVALID(CALL));
    chain_refuses(chain_join(TEXT("\x03\x04\0\0\0"), inner), INVALID(CALL));
    chain_refuses(chain_join(TEXT("\x03\xff\xff\xff\xff"), inner), INVALID(CALL));
    chain_refuses(chain_join(TEXT("\x07\xff\xff\xff\xff\x01"), inner), INVALID(CALL));
    no_extrinsic(tx_bare(5, call_bytes(0, 0, TEXT("\x01\0"))));         /* compact 0 in two bytes */
    no_extrinsic(tx_bare(5, call_bytes(0, 0, TEXT("\x03\xff\xff\xff\xff")))); /* 4 GiB of nothing */
}

/* A signed extrinsic has no bit that may change: each flip is refused, by author and pool. */
static void flip_every_bit(struct bytes good) {
    struct bytes body = tx_body(good);
    h256 before = chain_root();
    for (uint32_t bit = 0; bit < body.len * 8; bit++) {
        struct bytes wrong = chain_keep(good);
        chain_edit_bytes(wrong)[good.len - body.len + bit / 8] ^= (uint8_t)(1 << bit % 8);
        struct answer pool = chain_validate(wrong), block = chain_apply(wrong);
        if (!pool.returned || !block.returned)
            fail_msg("bit %u: %s", bit, shim_trap_message());
        assert_int_equal(pool.bytes.len, 3);
        assert_int_equal(pool.bytes.at[0], 1);
        assert_bytes_equal(pool.bytes, block.bytes);
    }
    assert_same_root(before);
    for (uint32_t bit = 0; bit < (good.len - body.len) * 8; bit++) { /* the length */
        struct bytes wrong = chain_keep(good);
        chain_edit_bytes(wrong)[bit / 8] ^= (uint8_t)(1 << bit % 8);
        chain_refuses(wrong, INVALID(CALL));
    }
}

static void every_flipped_bit(void **state) {
    (void)state;
    struct tx tx = tx_of(ALICE, call_transfer(BOB, UNIT));
    tx.tip = 1000000;
    struct bytes good = tx_sign(tx);
    flip_every_bit(good);
    chain_succeeds(good);
}

static void every_flipped_bit_of_ed25519(void **state) {
    (void)state;
    chain_succeeds(tx_plain(ALICE, call_transfer(ED, UNIT)));
    struct bytes good = tx_plain(ED, call_remark(2));
    flip_every_bit(good);
    chain_succeeds(good);
}

/* Any bytes in a good frame, and a good beginning with any end. */
static void random_bytes(void **state) {
    (void)state;
    uint64_t seed = 0x1234567;
    struct bytes body = tx_body(tx_plain(ALICE, call_transfer(BOB, UNIT)));
    h256 before = chain_root();
    for (uint32_t round = 0; round < 3000; round++) {
        uint8_t bytes[200];
        uint32_t len = (uint32_t)(next_random(&seed) % sizeof bytes);
        for (uint32_t i = 0; i < len; i++)
            bytes[i] = (uint8_t)next_random(&seed);
        uint32_t keep = (uint32_t)(next_random(&seed) % (body.len < len ? body.len : len + 1));
        if (round % 2)
            memcpy(bytes, body.at, keep);
        struct bytes x = tx_frame((struct bytes){bytes, len});
        struct answer pool = chain_validate(x), block = chain_apply(x);
        assert_true(pool.returned && block.returned);
        assert_int_equal(pool.bytes.at[0], 1);
        assert_int_equal(block.bytes.at[0], 1);
    }
    assert_same_root(before);
}

/* sudo(sudo(...remark)): as deep as the decoder goes, and deeper. */
static void nested_calls(void **state) {
    (void)state;
    for (uint32_t depth = 200; depth <= 100000; depth *= 500) {
        uint8_t *at = malloc(2 * depth);
        for (uint32_t i = 0; i < depth; i++)
            memcpy(at + 2 * i, "\x0f\0", 2);
        struct bytes call = chain_join((struct bytes){at, 2 * depth}, call_remark(0));
        free(at);
        if (depth == 200)
            chain_succeeds(tx_plain(ALICE, call));
        else
            no_extrinsic(tx_plain(ALICE, call));
    }
}

/* What the node never sends: arguments that are not even framed. */
static void broken_callers(void **state) {
    (void)state;
    static const char *const functions[] = {"TaggedTransactionQueue_validate_transaction", "Core_initialize_block",
                                            "Core_execute_block", "BlockBuilder_inherent_extrinsics",
                                            "BlockBuilder_check_inherents", "OffchainWorkerApi_offchain_worker"};
    h256 before = chain_root();
    for (uint32_t i = 0; i < COUNT_OF(functions); i++) {
        assert_false(chain_call(functions[i], TEXT("")).returned);
        assert_false(chain_call(functions[i], TEXT("\2\xff\xff\xff\xff\xff\xff\xff\xff")).returned);
    }
    assert_same_root(before);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, chain_start_open, chain_stop)
    const struct CMUnitTest tests[] = {
        CASE(formats),          CASE(inherents),         CASE(every_prefix),
        CASE(bytes_behind_the_end), CASE(every_flipped_bit), CASE(every_flipped_bit_of_ed25519),
        CASE(random_bytes),     CASE(nested_calls),      CASE(broken_callers),
    };
    return cmocka_run_group_tests_name("malformed", tests, NULL, NULL);
}

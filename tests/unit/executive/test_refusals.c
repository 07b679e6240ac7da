/* test_refusals.c - every error that the pool and the block author get for an extrinsic: FRAME's two bytes, and a state
 * that is as before. */
#include "executive/chain.h"

#include "balances/balances.h"
#include "system/system_constants.h"

static struct bytes transfer(void) { return call_transfer(BOB, UNIT); }
/* The same with another signature length, key or address form. */
static struct bytes with_byte(struct bytes extrinsic, uint32_t body_index, uint8_t value) {
    struct bytes body = chain_keep(tx_body(extrinsic));
    uint8_t *at = chain_edit_bytes(body);
    at[body_index] = value;
    return tx_frame(body);
}

static void bad_proof(void **state) {
    (void)state;
    struct tx good = tx_of(ALICE, transfer()), tx = good;
    tx.spec++;
    chain_both_refuse(tx_sign(tx), INVALID(BAD_PROOF));
    tx = good;
    tx.version++;
    chain_both_refuse(tx_sign(tx), INVALID(BAD_PROOF));
    tx = good;
    tx.genesis.at[31] ^= 1; /* another chain */
    chain_both_refuse(tx_sign(tx), INVALID(BAD_PROOF));
    tx = good;
    tx.birth.at[0] ^= 1;
    chain_both_refuse(tx_sign(tx), INVALID(BAD_PROOF));
    tx = good;
    tx.mode = 1;
    tx.digest[5] ^= 1; /* metadata of another runtime */
    chain_both_refuse(tx_sign(tx), INVALID(BAD_PROOF));
    /* The right signature under another account, and as another kind. */
    struct bytes signed_one = tx_sign(good);
    account_id bob = signer_id(BOB);
    struct bytes body = chain_keep(tx_body(signed_one));
    memcpy(chain_edit_bytes(body) + 2, bob.at, 32);
    chain_both_refuse(tx_frame(body), INVALID(BAD_PROOF));
    chain_both_refuse(with_byte(signed_one, 34, KIND_ED25519), INVALID(BAD_PROOF));
    /* Signed what the wallet showed, sent something else: the tip. */
    tx = good;
    struct bytes honest = tx_body(tx_sign(tx));
    uint32_t tip_at = honest.len - tx.call.len - 2;
    chain_both_refuse(with_byte(tx_frame(honest), tip_at, 4), INVALID(BAD_PROOF));
    chain_succeeds(signed_one);
}

static void bad_proof_of_the_other_kinds(void **state) {
    (void)state;
    for (enum signer who = ED; who <= ETH; who++) {
        struct tx tx = tx_of(who, transfer());
        tx.spec++;
        chain_both_refuse(tx_sign(tx), INVALID(BAD_PROOF));
        tx.spec--;
        struct bytes good = tx_sign(tx);
        if (who == ED)
            continue;
        /* v out of range, r and s zero or beyond the order. */
        chain_both_refuse(with_byte(good, 35 + 64, 4), INVALID(BAD_PROOF));
        chain_both_refuse(with_byte(good, 35 + 64, 255), INVALID(BAD_PROOF));
        for (uint32_t part = 0; part < 2; part++) {
            struct bytes body = chain_keep(tx_body(good));
            memset(chain_edit_bytes(body) + 35 + 32 * part, 0, 32);
            chain_both_refuse(tx_frame(body), INVALID(BAD_PROOF));
            memset(chain_edit_bytes(body) + 35 + 32 * part, 255, 32);
            chain_both_refuse(tx_frame(body), INVALID(BAD_PROOF));
        }
    }
}

static void cannot_lookup(void **state) {
    (void)state;
    /* Index (compact unit: no bytes), Raw, Address32, Address20 in place of Id. */
    struct tx tx = tx_of(ALICE, transfer());
    struct bytes rest = tx_body(tx_sign(tx));
    rest = (struct bytes){rest.at + 34, rest.len - 34};
    uint8_t zeros[33] = {0};
    struct {
        uint8_t tag;
        struct bytes data;
    } forms[] = {{1, {NULL, 0}}, {2, TEXT("\x08hi")}, {3, {zeros, 32}}, {4, {zeros, 20}}};
    for (uint32_t i = 0; i < COUNT_OF(forms); i++) {
        const uint8_t head[] = {0x84, forms[i].tag};
        struct bytes body = chain_join(chain_join((struct bytes){head, 2}, forms[i].data), rest);
        chain_both_refuse(tx_frame(body), UNKNOWN(CANNOT_LOOKUP));
    }
}

static void the_nonce(void **state) {
    (void)state;
    struct tx tx = tx_of(ALICE, transfer());
    tx.nonce = 1;
    chain_refuses(tx_sign(tx), INVALID(FUTURE));
    tx.nonce = UINT32_MAX;
    chain_refuses(tx_sign(tx), INVALID(FUTURE));
    tx.nonce = 0;
    struct bytes first = tx_sign(tx);
    chain_succeeds(first);
    chain_both_refuse(first, INVALID(STALE));
    tx.nonce = 1;
    chain_succeeds(tx_sign(tx));
    tx.nonce = 0;
    chain_both_refuse(tx_sign(tx), INVALID(STALE));
}

static void payment(void **state) {
    (void)state;
    /* No such account: nobody paid for its nonce. */
    chain_both_refuse(tx_plain(POOR, transfer()), INVALID(PAYMENT));
    chain_succeeds(tx_plain(ALICE, call_transfer(POOR, EXISTENTIAL_DEPOSIT)));
    chain_both_refuse(tx_plain(POOR, transfer()), INVALID(PAYMENT));
    /* The fee may not kill the account: fee and deposit together are just enough for a remark. */
    struct bytes remark = tx_plain(POOR, call_remark(0));
    uint8_t len[4];
    store_u32(len, remark.len);
    struct bytes info = chain_get("TransactionPaymentApi_query_info", chain_join(remark, (struct bytes){len, 4}));
    balance fee = load_u128(info.at + info.len - 16);
    assert_true(fee > 0);
    chain_succeeds(tx_plain(ALICE, call_transfer(POOR, fee - 1)));
    chain_both_refuse(remark, INVALID(PAYMENT));
    chain_succeeds(tx_plain(ALICE, call_transfer(POOR, 1)));
    struct tx with_tip = tx_of(POOR, call_remark(0));
    with_tip.tip = 1;
    chain_both_refuse(tx_sign(with_tip), INVALID(PAYMENT));
    chain_succeeds(remark);
    account_id poor = signer_id(POOR);
    account_info left = chain_account(&poor);
    assert_true(left.data.free == EXISTENTIAL_DEPOSIT);
    assert_int_equal(left.nonce, 1);
    /* A tip beyond all money, and one that overflows with the fee. */
    struct tx rich = tx_of(ALICE, call_remark(0));
    rich.tip = (u128)1 << 100;
    chain_both_refuse(tx_sign(rich), INVALID(PAYMENT));
    rich.tip = ~(u128)0;
    chain_both_refuse(tx_sign(rich), INVALID(PAYMENT));
}

static void too_long(void **state) {
    (void)state;
    chain_both_refuse(tx_plain(ALICE, call_remark(NORMAL_MAX_LENGTH)), INVALID(EXHAUSTS_RESOURCES));
    /* Alone in a block it would fit; this one has no room left. */
    struct bytes fits = tx_plain(ALICE, call_remark(1000));
    chain_edit();
    const uint32_t full = NORMAL_MAX_LENGTH - fits.len + 1, room = full - 1;
    system_BlockSize_put(&full);
    chain_edited();
    chain_refuses(fits, INVALID(EXHAUSTS_RESOURCES));
    assert_int_equal(chain_validate(fits).bytes.at[0], 0); /* the pool looks at an empty block */
    chain_edit();
    system_BlockSize_put(&room);
    chain_edited();
    chain_succeeds(fits);
}

/* utility.with_weight(remark, weight): declared, whatever it does. */
static struct bytes heavy(uint64_t time, uint64_t proof) {
    uint8_t args[40];
    struct writer out = writer_over(args, sizeof args);
    write_raw(&out, "\0\0\0", 3);
    write_compact(&out, time);
    write_compact(&out, proof);
    return call_bytes(5, 5, writer_bytes(&out));
}

static void too_heavy(void **state) {
    (void)state;
    chain_both_refuse(tx_plain(ALICE, heavy(2000000000000, 0)), INVALID(EXHAUSTS_RESOURCES));
    chain_both_refuse(tx_plain(ALICE, heavy(0, 10485760)), INVALID(EXHAUSTS_RESOURCES));
    chain_both_refuse(tx_plain(ALICE, heavy(UINT64_MAX, UINT64_MAX)), INVALID(EXHAUSTS_RESOURCES));
    struct bytes call = heavy(700000000000, 1000);
    chain_fails(tx_plain(ALICE, call), BAD_ORIGIN); /* for Root only, but there was room */
}

static void a_full_block(void **state) {
    (void)state;
    chain_edit();
    per_class_weight all;
    system_BlockWeight_get(&all);
    all.normal = (weight){1500000000000, 0};
    system_BlockWeight_put(&all);
    chain_edited();
    struct bytes normal = tx_plain(ALICE, call_remark(0));
    chain_refuses(normal, INVALID(EXHAUSTS_RESOURCES));
    assert_int_equal(chain_validate(normal).bytes.at[0], 0);
    /* sudo(set_heap_pages) is operational: it has room yet. */
    uint8_t pages[8] = {64};
    struct bytes operational = tx_plain(ALICE, call_sudo(call_bytes(0, 1, (struct bytes){pages, 8})));
    chain_succeeds(operational);
    chain_edit();
    system_BlockWeight_get(&all);
    all.operational = (weight){2000000000000, 0};
    system_BlockWeight_put(&all);
    chain_edited();
    operational = tx_plain(ALICE, call_sudo(call_bytes(0, 1, (struct bytes){pages, 8})));
    chain_refuses(operational, INVALID(EXHAUSTS_RESOURCES));
}

static void mandatory_calls(void **state) {
    (void)state;
    /* Timestamp.set: never from the pool; signed it fails in a block, which a mandatory call may not. */
    struct bytes set = call_bytes(2, 0, TEXT("\x04"));
    chain_both_refuse(tx_bare(5, call_bytes(0, 0, TEXT("\0"))), INVALID(CALL));
    chain_pool_refuses(tx_bare(4, set), INVALID(MANDATORY_VALIDATION));
    chain_pool_refuses(tx_bare(5, set), INVALID(MANDATORY_VALIDATION));
    chain_pool_refuses(tx_plain(ALICE, set), INVALID(MANDATORY_VALIDATION));
    chain_pool_refuses(tx_general(0, tx_of(ALICE, set)), INVALID(MANDATORY_VALIDATION));
    chain_refuses(tx_plain(ALICE, set), INVALID(BAD_MANDATORY));
}

/* The account of 32 zeros has signatures that anyone can make: the neutral point as key (sr25519) or a key of small order
 * (ed25519), with the neutral point as commitment. They verify; the account is refused for what it is. */
static void bad_signer(void **state) {
    (void)state;
    struct bytes good = tx_body(tx_plain(ALICE, transfer()));
    for (uint8_t kind = KIND_ED25519; kind <= KIND_SR25519; kind++) {
        struct bytes body = chain_keep(good);
        uint8_t *at = chain_edit_bytes(body);
        memset(at + 2, 0, 32);
        at[34] = kind;
        memset(at + 35, 0, 64);
        if (kind == KIND_ED25519)
            at[35] = 1;
        else
            at[35 + 63] = 0x80; /* the mark of sr25519 */
        chain_both_refuse(tx_frame(body), INVALID(BAD_SIGNER));
        at[35 + 40] ^= 1;
        chain_both_refuse(tx_frame(body), INVALID(BAD_PROOF));
    }
}

static void general_extrinsics(void **state) {
    (void)state;
    /* No extension here gives an origin to what nobody signed. */
    struct tx tx = tx_of(ALICE, transfer());
    chain_both_refuse(tx_general(0, tx), INVALID(UNKNOWN_ORIGIN));
    tx.mode = 1;
    chain_both_refuse(tx_general(0, tx), INVALID(UNKNOWN_ORIGIN));
    chain_both_refuse(tx_general(1, tx), INVALID(CALL));
    tx.era = era_mortal(4, 3);
    chain_both_refuse(tx_general(0, tx), INVALID(ANCIENT_BIRTH_BLOCK));
    tx = tx_of(ALICE, heavy(UINT64_MAX, 0));
    chain_both_refuse(tx_general(0, tx), INVALID(EXHAUSTS_RESOURCES));
    chain_both_refuse(tx_general(0, tx_of(ALICE, call_remark(NORMAL_MAX_LENGTH))), INVALID(EXHAUSTS_RESOURCES));
}

static void unsigned_calls(void **state) {
    (void)state;
    struct bytes bare = tx_bare(5, transfer());
    chain_pool_refuses(bare, UNKNOWN(NO_UNSIGNED_VALIDATOR));
    chain_pool_refuses(tx_bare(4, transfer()), UNKNOWN(NO_UNSIGNED_VALIDATOR));
    chain_fails(bare, BAD_ORIGIN); /* an author may put it in; the call wants a signer */
    chain_both_refuse(tx_bare(5, call_remark(3)), INVALID(CALL));
    struct bytes upgrade = call_bytes(0, 11, TEXT("\x10wasm"));
    chain_both_refuse(tx_bare(5, upgrade), INVALID(CALL)); /* nothing authorised */
    uint8_t hash[32];
    shim_blake2(hash, 32, TEXT("WASM"));
    chain_succeeds(tx_plain(ALICE, call_sudo(call_bytes(0, 9, (struct bytes){hash, 32}))));
    chain_both_refuse(tx_bare(5, upgrade), INVALID(CALL)); /* another code */
}

static void an_authorised_upgrade_needs_no_signer(void **state) {
    (void)state;
    struct bytes upgrade = tx_bare(5, call_bytes(0, 11, TEXT("\x10wasm")));
    uint8_t hash[32];
    shim_blake2(hash, 32, TEXT("wasm"));
    chain_succeeds(tx_plain(ALICE, call_sudo(call_bytes(0, 9, (struct bytes){hash, 32}))));
    struct answer out = chain_validate(upgrade);
    assert_true(out.returned);
    /* Ok: highest priority, no requirement, the hash as tag, forever, to be passed on. */
    struct bytes expected = chain_join(TEXT("\0\xff\xff\xff\xff\xff\xff\xff\xff\0\4\x80"), (struct bytes){hash, 32});
    expected = chain_join(expected, TEXT("\xff\xff\xff\xff\xff\xff\xff\xff\1"));
    assert_bytes_equal(out.bytes, expected);
    chain_succeeds(upgrade); /* its version check fails: an event says so */
    chain_both_refuse(upgrade, INVALID(CALL));
    chain_close();
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, chain_start_open, chain_stop)
    const struct CMUnitTest tests[] = {
        CASE(bad_proof),       CASE(bad_proof_of_the_other_kinds),
        CASE(cannot_lookup),   CASE(the_nonce),
        CASE(payment),         CASE(too_long),
        CASE(too_heavy),       CASE(a_full_block),
        CASE(mandatory_calls), CASE(bad_signer),
        CASE(general_extrinsics), CASE(unsigned_calls),
        CASE(an_authorised_upgrade_needs_no_signer),
    };
    return cmocka_run_group_tests_name("refusals", tests, NULL, NULL);
}

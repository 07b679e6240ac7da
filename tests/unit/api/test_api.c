/* test_api.c - the exported functions beside blocks and transactions: names, arguments, answers; none writes. */
#include "executive/chain.h"

#include "aura_ext/aura_ext.h"
#include "balances/balances.h"
#include "parachain_system/parachain_system.h"
#include "session/session.h"
#include "transaction_payment/transaction_payment.h"

#define NOTHING ((struct bytes){NULL, 0})

static void exports_have_names_and_need_their_arguments(void **state) {
    (void)state;
    uint32_t count = 0, without = 0;
    h256 before = chain_root();
    for (const struct api_export *e = api_exports; e->name; e++, count++) {
        assert_non_null(strchr(e->name, '_'));
        without += e->no_input;
        /* Methods without arguments refuse any; the others cannot do without. */
        if (e->no_input) {
            struct answer refused = chain_ask(e->name, TEXT("\0"));
            assert_false(refused.returned);
            assert_non_null(strstr(shim_trap_message(), "takes no input"));
        } else if (strcmp(e->name, "CollectCollationInfo_collect_collation_info") != 0) {
            struct answer refused = chain_ask(e->name, NOTHING);
            if (refused.returned && strcmp(e->name, "BlockBuilder_apply_extrinsic") != 0)
                fail_msg("%s does without arguments", e->name);
        }
    }
    assert_true(count > 40 && without > 10);
    assert_same_root(before);
    struct bytes answer;
    assert_false(api_call("Core_versions", NOTHING, &answer));
    assert_false(api_call("Core_versio", NOTHING, &answer));
    assert_false(api_call("", NOTHING, &answer));
    assert_true(api_call("Core_version", NOTHING, &answer));
}

static void views_never_write(void **state) {
    (void)state;
    chain_open();
    chain_close();
    h256 before = chain_root();
    for (const struct api_export *e = api_exports; e->name; e++)
        if (e->no_input && strcmp(e->name, "BlockBuilder_finalize_block") != 0) {
            assert_true(chain_call(e->name, NOTHING).returned);
            assert_same_root(before);
        }
}

static void the_version(void **state) {
    (void)state;
    struct bytes bytes = chain_get("Core_version", NOTHING);
    struct reader in = reader_over(bytes, &arena_scratch);
    runtime_version version;
    assert_true(scale_decode(&runtime_version_type, &in, &version));
    assert_true(reader_done(&in));
    assert_bytes_equal(version.spec_name, TEXT("nalar"));
    assert_int_equal(version.spec_version, SPEC_VERSION);
    assert_int_equal(version.transaction_version, TRANSACTION_VERSION);
    assert_int_equal(version.system_version, 1);
    uint32_t apis = 0;
    /* Core 5: blake2b-64 of its name. */
    uint8_t core[8];
    bool found = false;
    shim_blake2(core, 8, TEXT("Core"));
    for (; apis < version.apis.len; apis++)
        if (memcmp(version.apis.items[apis].id.at, core, 8) == 0)
            found = version.apis.items[apis].version == 5;
    assert_true(found && apis >= 18);
}

static void metadata(void **state) {
    (void)state;
    static const uint8_t magic[] = {'m', 'e', 't', 'a'};
    struct bytes plain = chain_get("Metadata_metadata", NOTHING);
    assert_bytes_equal(chain_get("Metadata_metadata_versions", NOTHING), TEXT("\x0c\x0e\0\0\0\x0f\0\0\0\x10\0\0\0"));
    for (uint8_t version = 13; version <= 17; version++) {
        const uint8_t argument[4] = {version};
        struct bytes all = chain_get("Metadata_metadata_at_version", (struct bytes){argument, 4});
        if (version < 14 || version > 16) {
            assert_bytes_equal(all, TEXT("\0"));
            continue;
        }
        struct reader in = reader_over((struct bytes){all.at + 1, all.len - 1}, NULL);
        struct bytes inner = read_bytes(&in, UINT32_MAX);
        assert_true(all.at[0] == 1 && reader_done(&in));
        assert_memory_equal(inner.at, magic, 4);
        assert_int_equal(inner.at[4], version);
        if (version == 14)
            assert_bytes_equal(plain, ((struct bytes){all.at + 1, all.len - 1}));
    }
    assert_bytes_equal(chain_get("Metadata_metadata_at_version", TEXT("\xff\xff\xff\xff")), TEXT("\0"));
}

/* --- accounts and fees --- */

static void nonces(void **state) {
    (void)state;
    account_id id = signer_id(POOR);
    assert_bytes_equal(chain_get("AccountNonceApi_account_nonce", (struct bytes){id.at, 32}), TEXT("\0\0\0\0"));
    chain_open();
    for (uint32_t i = 0; i < 3; i++)
        chain_succeeds(tx_plain(ALICE, call_remark(0)));
    id = signer_id(ALICE);
    assert_bytes_equal(chain_get("AccountNonceApi_account_nonce", (struct bytes){id.at, 32}), TEXT("\3\0\0\0"));
    assert_false(chain_ask("AccountNonceApi_account_nonce", (struct bytes){id.at, 31}).returned);
}

static struct bytes with_len(struct bytes x, uint32_t len) {
    uint8_t bytes[4];
    store_u32(bytes, len);
    return chain_join(x, (struct bytes){bytes, 4});
}
static u128 number(const char *function, struct bytes input) {
    struct bytes out = chain_get(function, input);
    assert_int_equal(out.len, 16);
    return load_u128(out.at);
}

struct info {
    uint64_t time, proof;
    uint8_t class;
    u128 fee;
};
static struct info info_of(const char *function, struct bytes input) {
    struct bytes out = chain_get(function, input);
    struct reader in = reader_over(out, NULL);
    struct info info;
    info.time = read_compact_u64(&in);
    info.proof = read_compact_u64(&in);
    info.class = read_u8(&in);
    info.fee = read_u128(&in);
    assert_true(reader_done(&in));
    return info;
}

static void fees_of_extrinsics_and_calls(void **state) {
    (void)state;
    struct bytes call = call_transfer(BOB, UNIT), x = tx_plain(ALICE, call);
    struct info of_x = info_of("TransactionPaymentApi_query_info", with_len(x, x.len));
    struct info of_call = info_of("TransactionPaymentCallApi_query_call_info", with_len(call, x.len));
    assert_int_equal(of_x.class, CLASS_NORMAL);
    assert_int_equal(of_x.time, of_call.time + EXTENSION_REF_TIME);
    assert_int_equal(of_x.proof, of_call.proof + EXTENSION_PROOF);
    assert_true(of_x.fee > of_call.fee && of_call.fee > 0);
    /* The parts: base, length, weight; their sum is the fee. */
    struct bytes details = chain_get("TransactionPaymentApi_query_fee_details", with_len(x, x.len));
    assert_int_equal(details.len, 1 + 3 * 16 + 16);
    assert_int_equal(details.at[0], 1);
    u128 base = load_u128(details.at + 1), length = load_u128(details.at + 17), weight_fee = load_u128(details.at + 33);
    assert_true(load_u128(details.at + 49) == 0); /* tip */
    assert_true(base + length + weight_fee == of_x.fee);
    assert_true(length == x.len * TRANSACTION_BYTE_FEE);
    assert_true(length == number("TransactionPaymentApi_query_length_to_fee", with_len(NOTHING, x.len)));
    assert_true(length == number("TransactionPaymentCallApi_query_length_to_fee", with_len(NOTHING, x.len)));
    uint8_t encoded[20];
    struct writer out = writer_over(encoded, sizeof encoded);
    write_compact(&out, of_x.time);
    write_compact(&out, of_x.proof);
    assert_true(weight_fee == number("TransactionPaymentApi_query_weight_to_fee", writer_bytes(&out)));
    assert_true(weight_fee == number("TransactionPaymentCallApi_query_weight_to_fee", writer_bytes(&out)));
    struct bytes call_details = chain_get("TransactionPaymentCallApi_query_call_fee_details", with_len(call, x.len));
    assert_memory_equal(call_details.at, details.at, 33);
    assert_true(load_u128(call_details.at + 33) < weight_fee);
    /* The tip is no part of the estimate, a bare extrinsic pays nothing, a general one as a signed one. */
    struct tx tipped = tx_of(ALICE, call);
    tipped.tip = 1;
    x = tx_sign(tipped);
    assert_true(info_of("TransactionPaymentApi_query_info", with_len(x, x.len)).fee == of_x.fee);
    struct bytes bare = tx_bare(5, call);
    struct info of_bare = info_of("TransactionPaymentApi_query_info", with_len(bare, bare.len));
    assert_true(of_bare.fee == 0 && of_bare.time == of_call.time);
    details = chain_get("TransactionPaymentApi_query_fee_details", with_len(bare, bare.len));
    assert_int_equal(details.at[0], 0);
    struct bytes general = tx_general(0, tx_of(ALICE, call));
    assert_true(info_of("TransactionPaymentApi_query_info", with_len(general, x.len)).time == of_x.time);
    /* The multiplier counts for the weight alone. */
    const balance twice = 2 * transaction_payment_multiplier_one;
    chain_edit();
    transaction_payment_NextFeeMultiplier_put(&twice);
    chain_edited();
    assert_true(info_of("TransactionPaymentApi_query_info", with_len(x, x.len)).fee == of_x.fee + weight_fee);
}

static void fee_arguments_that_do_not_decode(void **state) {
    (void)state;
    static const char *const of_extrinsics[] = {"TransactionPaymentApi_query_info",
                                                "TransactionPaymentApi_query_fee_details"};
    static const char *const of_calls[] = {"TransactionPaymentCallApi_query_call_info",
                                           "TransactionPaymentCallApi_query_call_fee_details"};
    struct bytes call = call_remark(3), x = with_len(tx_plain(ALICE, call), 9);
    call = with_len(call, 9);
    for (uint32_t i = 0; i < 2; i++) {
        for (uint32_t len = 0; len < x.len; len++)
            assert_false(chain_ask(of_extrinsics[i], (struct bytes){x.at, len}).returned);
        for (uint32_t len = 0; len < call.len; len++)
            assert_false(chain_ask(of_calls[i], (struct bytes){call.at, len}).returned);
        assert_true(chain_ask(of_extrinsics[i], x).returned);
        assert_true(chain_ask(of_calls[i], call).returned);
    }
    assert_false(chain_ask("TransactionPaymentApi_query_weight_to_fee", TEXT("\0")).returned);
    assert_false(chain_ask("TransactionPaymentApi_query_length_to_fee", TEXT("\0\0\0")).returned);
}

/* --- collation --- */

static void constants_of_the_chain(void **state) {
    (void)state;
    account_id alice = signer_id(ALICE);
    assert_bytes_equal(chain_get("AuraApi_slot_duration", NOTHING), TEXT("\x70\x17\0\0\0\0\0\0")); /* 6000 */
    assert_bytes_equal(chain_get("AuraApi_authorities", NOTHING),
                       chain_join(TEXT("\x04"), (struct bytes){alice.at, 32}));
    assert_bytes_equal(chain_get("GetParachainInfo_parachain_id", NOTHING), TEXT("\xd0\x07\0\0")); /* 2000 */
    assert_bytes_equal(chain_get("RelayParentOffsetApi_relay_parent_offset", NOTHING), TEXT("\0\0\0\0"));
    assert_bytes_equal(chain_get("RelayParentOffsetApi_max_claim_queue_offset", NOTHING), TEXT("\1"));
    assert_bytes_equal(chain_get("SchedulingV3EnabledApi_scheduling_v3_enabled", NOTHING), TEXT("\0"));
    assert_bytes_equal(chain_get("TargetBlockRate_target_block_rate", NOTHING), TEXT("\1\0\0\0"));
    assert_bytes_equal(chain_get("KeyToIncludeInRelayProof_keys_to_prove", NOTHING), TEXT("\0"));
}

static bool can_build(h256 included, uint64_t slot) {
    uint8_t input[40];
    memcpy(input, included.at, 32);
    store_u64(input + 32, slot);
    struct bytes out = chain_get("AuraUnincludedSegmentApi_can_build_upon", (struct bytes){input, 40});
    assert_int_equal(out.len, 1);
    return out.at[0];
}

static void building_on_the_unincluded_segment(void **state) {
    (void)state;
    const h256 other = {{9}};
    assert_true(can_build(chain.hash, 5)); /* before the first block anything goes */
    chain_open();
    chain_close();
    /* One block in this relay slot: more may follow; none in an older slot. */
    assert_true(can_build(chain.hash, chain.slot));
    assert_true(can_build(chain.hash, chain.slot + 1));
    assert_false(can_build(chain.hash, chain.slot - 1));
    chain_edit();
    const relay_slot_info full = {chain.slot, BLOCK_VELOCITY + 1};
    aura_ext_RelaySlotInfo_put(&full);
    chain_edited();
    assert_false(can_build(chain.hash, chain.slot));
    assert_true(can_build(chain.hash, chain.slot + 1));
    /* As many blocks as may be that the relay chain does not know. */
    chain_edit();
    segment_block blocks[UNINCLUDED_SEGMENT_CAPACITY] = {{.para_head_hash = {true, {{1}}}}, {.para_head_hash = {true, {{2}}}}};
    parachain_system_UnincludedSegment_put(&(segment_blocks){blocks, COUNT_OF(blocks)});
    chain_edited();
    assert_false(can_build(other, chain.slot + 1));
    assert_true(can_build((h256){{1}}, chain.slot + 1));
    assert_false(chain_ask("AuraUnincludedSegmentApi_can_build_upon", TEXT("short")).returned);
}

static void collation_info_of_a_block(void **state) {
    (void)state;
    chain_open();
    chain_close();
    struct bytes out = chain_get("CollectCollationInfo_collect_collation_info", chain.head);
    struct reader in = reader_over(out, NULL);
    assert_int_equal(read_compact_u32(&in), 0); /* upward messages */
    assert_int_equal(read_compact_u32(&in), 0); /* horizontal messages */
    assert_int_equal(read_u8(&in), 0);          /* no new code */
    assert_int_equal(read_u32(&in), 0);         /* downward messages processed */
    assert_int_equal(read_u32(&in), chain.slot); /* watermark: the relay parent */
    assert_bytes_equal(read_bytes(&in, UINT32_MAX), chain.head);
    assert_true(reader_done(&in));
}

static void session_keys_are_made_and_read(void **state) {
    (void)state;
    account_id alice = signer_id(ALICE);
    struct bytes owner = chain_join(TEXT("\x80"), (struct bytes){alice.at, 32});
    struct bytes out = chain_get("SessionKeys_generate_session_keys", chain_join(owner, TEXT("\x01\x1c//Alice")));
    struct reader in = reader_over(out, NULL);
    struct bytes keys = read_bytes(&in, 100), proof = read_bytes(&in, 1000);
    assert_true(reader_done(&in));
    assert_bytes_equal(keys, ((struct bytes){alice.at, 32}));
    assert_int_equal(proof.len, SESSION_PROOF_SIZE);
    struct bytes random = chain_get("SessionKeys_generate_session_keys", chain_join(owner, TEXT("\0")));
    assert_int_equal(random.len, out.len);
    assert_false(chain_ask("SessionKeys_generate_session_keys", owner).returned);
    assert_false(chain_ask("SessionKeys_generate_session_keys", chain_join(owner, TEXT("\2"))).returned);
    struct bytes decoded = chain_get("SessionKeys_decode_session_keys", tx_frame(keys));
    assert_bytes_equal(decoded, chain_join(chain_join(TEXT("\1\4\x80"), keys), TEXT("aura")));
    assert_bytes_equal(chain_get("SessionKeys_decode_session_keys", TEXT("\x04x")), TEXT("\0"));
    assert_bytes_equal(chain_get("SessionKeys_decode_session_keys", TEXT("\0")), TEXT("\0"));
    assert_false(chain_ask("SessionKeys_decode_session_keys", TEXT("\x08x")).returned);
}

static void the_offchain_worker_does_nothing(void **state) {
    (void)state;
    h256 before = chain_root();
    struct answer out = chain_call("OffchainWorkerApi_offchain_worker", chain_header(1, &chain.hash, 7));
    assert_true(out.returned);
    assert_int_equal(out.bytes.len, 0);
    assert_same_root(before);
    assert_false(chain_ask("OffchainWorkerApi_offchain_worker", TEXT("no header")).returned);
}

/* --- genesis --- */

static void presets_and_genesis(void **state) {
    (void)state;
    assert_bytes_equal(chain_get("GenesisBuilder_preset_names", NOTHING),
                       TEXT("\x08\x2c" "development\x34" "local_testnet"));
    assert_bytes_equal(chain_get("GenesisBuilder_get_preset", TEXT("\x01\x0cxxx")), TEXT("\0"));
    assert_int_equal(chain_get("GenesisBuilder_get_preset", TEXT("\0")).at[0], 1);
    assert_false(chain_ask("GenesisBuilder_get_preset", TEXT("\x01\x10xxx")).returned);
    assert_false(chain_ask("GenesisBuilder_get_preset", TEXT("\2")).returned);
    assert_false(chain_ask("GenesisBuilder_build_state", TEXT("\x10{}")).returned);
    /* A wrong configuration is an answer, and nothing of it stays. */
    h256 before = chain_root();
    struct answer out = chain_call("GenesisBuilder_build_state", tx_frame(TEXT("{\"balances\":7}")));
    assert_true(out.returned);
    assert_int_equal(out.bytes.at[0], 1);
    struct reader in = reader_over((struct bytes){out.bytes.at + 1, out.bytes.len - 1}, NULL);
    struct bytes message = read_bytes(&in, 1000);
    assert_true(reader_done(&in) && message.len > 20 && memcmp(message.at, "Invalid", 7) == 0);
    assert_same_root(before);
    /* Both presets make blocks. */
    fresh(state);
    struct bytes preset = chain_get("GenesisBuilder_get_preset", TEXT("\x01\x34" "local_testnet"));
    out = chain_call("GenesisBuilder_build_state", (struct bytes){preset.at + 1, preset.len - 1});
    assert_true(out.returned && out.bytes.at[0] == 0);
    chain_open();
    chain_close();
}

/* --- models --- */

static void views_of_models_that_do_not_exist(void **state) {
    (void)state;
    static const uint8_t zeros[64];
    struct {
        const char *function;
        uint32_t needs;
        struct bytes answer;
    } views[] = {{"ModelsApi_terms", 8, TEXT("\0")},
                 {"ModelsApi_version", 12, TEXT("\0")},
                 {"ModelsApi_royalty_tree", 12, TEXT("\0")},
                 {"ModelsApi_claimable", 44, TEXT("\0")}};
    h256 before = chain_root();
    for (uint32_t i = 0; i < COUNT_OF(views); i++) {
        for (uint32_t len = 0; len < views[i].needs; len++)
            assert_false(chain_ask(views[i].function, (struct bytes){zeros, len}).returned);
        struct answer out = chain_call(views[i].function, (struct bytes){zeros, views[i].needs});
        assert_true(out.returned);
        assert_bytes_equal(out.bytes, views[i].answer);
    }
    struct answer access = chain_call("ModelsApi_check_access", (struct bytes){zeros, 41});
    assert_true(access.returned);
    assert_int_equal(access.bytes.at[0], 1); /* Err */
    assert_false(chain_ask("ModelsApi_check_access", (struct bytes){zeros, 40}).returned);
    assert_same_root(before);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, chain_start, chain_stop)
    const struct CMUnitTest tests[] = {
        CASE(exports_have_names_and_need_their_arguments),
        CASE(views_never_write),
        CASE(the_version),
        CASE(metadata),
        CASE(nonces),
        CASE(fees_of_extrinsics_and_calls),
        CASE(fee_arguments_that_do_not_decode),
        CASE(constants_of_the_chain),
        CASE(building_on_the_unincluded_segment),
        CASE(collation_info_of_a_block),
        CASE(session_keys_are_made_and_read),
        CASE(the_offchain_worker_does_nothing),
        CASE(presets_and_genesis),
        CASE(views_of_models_that_do_not_exist),
    };
    return cmocka_run_group_tests_name("api", tests, NULL, NULL);
}

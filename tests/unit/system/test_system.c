/* test_system.c - references and reaping, events, digest, code upgrades, storage calls: results, errors, state. */
#include "unit.h"

#include "system/system_constants.h"

static const account_id alice = {{1, 2, 3}};
static struct dispatch root(void) { return (struct dispatch){.origin = {.kind = ORIGIN_ROOT}}; }
static struct dispatch by(account_id who) { return (struct dispatch){.origin = {.who = who, .kind = ORIGIN_SIGNED}}; }

static int at_block_one(void **state) {
    fresh(state);
    const uint32_t one = 1;
    system_Number_put(&one);
    return 0;
}

/* Events flushed to the host, as raw bytes. */
static struct bytes events(void) {
    struct bytes value = {NULL, 0};
    overlay_flush();
    if (!shim_get((struct bytes){system_Events_storage.prefix, 32}, &value))
        return (struct bytes){NULL, 0};
    return value;
}
static uint32_t event_count(void) {
    uint32_t count;
    system_EventCount_get(&count);
    return count;
}

static void providers_create_and_reap(void **state) {
    (void)state;
    account_info info;
    system_account_get(&alice, &info);
    assert_true(info.data.flags == (u128)1 << 127);
    system_inc_providers(&alice, &info);
    info.nonce = 7;
    system_account_put(&alice, &info);
    assert_true(system_account_exists(&alice));
    assert_int_equal(event_count(), 1); /* NewAccount */
    assert_int_equal(system_dec_providers(&alice, &info), DISPATCH_OK);
    assert_int_equal(info.nonce, 0);
    system_account_put(&alice, &info);
    assert_false(system_account_exists(&alice));
    assert_false(system_Account_exists(&alice));
    assert_int_equal(event_count(), 2); /* KilledAccount */
}

static void consumers_hold_the_last_provider(void **state) {
    (void)state;
    account_info info;
    system_account_get(&alice, &info);
    assert_int_equal(system_inc_consumers(&info), DISPATCH_ERROR(NoProviders));
    system_inc_providers(&alice, &info);
    for (uint32_t i = 0; i < MAX_CONSUMERS; i++)
        assert_int_equal(system_inc_consumers(&info), DISPATCH_OK);
    assert_int_equal(system_inc_consumers(&info), DISPATCH_ERROR(TooManyConsumers));
    assert_int_equal(system_inc_consumers_without_limit(&info), DISPATCH_OK);
    assert_int_equal(info.consumers, MAX_CONSUMERS + 1);
    account_info before = info;
    assert_int_equal(system_dec_providers(&alice, &info), DISPATCH_ERROR(ConsumerRemaining));
    assert_memory_equal(&before, &info, sizeof info);
    assert_false(system_can_dec_provider(&info));
    system_inc_providers(&alice, &info);
    assert_true(system_can_dec_provider(&info));
    assert_int_equal(system_dec_providers(&alice, &info), DISPATCH_OK);
    for (uint32_t i = 0; i < MAX_CONSUMERS + 1; i++)
        system_dec_consumers(&info);
    assert_int_equal(info.consumers, 0);
    system_dec_consumers(&info); /* logged, stays 0 */
    assert_int_equal(info.consumers, 0);
}

static void sufficients_keep_an_account(void **state) {
    (void)state;
    account_info info;
    system_account_get(&alice, &info);
    system_inc_sufficients(&alice, &info);
    system_inc_providers(&alice, &info);
    assert_int_equal(event_count(), 1);
    assert_int_equal(system_dec_providers(&alice, &info), DISPATCH_OK);
    assert_int_equal(info.providers, 0);
    assert_int_equal(info.sufficients, 1);
    system_dec_sufficients(&alice, &info);
    assert_int_equal(info.sufficients, 0);
    assert_int_equal(event_count(), 2); /* reaped */
}

static void no_events_at_genesis(void **state) {
    (void)state;
    DEPOSIT(system, NewAccount, .account = alice);
    assert_int_equal(event_count(), 0);
    assert_null(events().at);
}

static void an_event_record_has_phase_indices_fields_and_topics(void **state) {
    (void)state;
    DEPOSIT(system, NewAccount, .account = alice);
    struct bytes all = events();
    assert_int_equal(all.len, 1 + 1 + 2 + 32 + 1);
    assert_memory_equal(all.at, "\x04\x02\x00\x03", 4); /* one record, Initialization, System.NewAccount */
    assert_memory_equal(all.at + 4, alice.at, 32);
    assert_int_equal(all.at[36], 0);
}

static void remarks(void **state) {
    (void)state;
    struct dispatch none = {.origin = {.kind = ORIGIN_NONE}}, signer = by(alice);
    const system_call_remark plain = {TEXT("hello")};
    const system_call_remark_with_event loud = {TEXT("hello")};
    assert_int_equal(system_remark(&none, &plain), DISPATCH_OK);
    assert_int_equal(system_remark_with_event(&none, &loud), BAD_ORIGIN);
    assert_int_equal(event_count(), 0);
    assert_int_equal(system_remark_with_event(&signer, &loud), DISPATCH_OK);
    uint8_t hash[32];
    shim_blake2(hash, 32, TEXT("hello"));
    struct bytes all = events();
    assert_memory_equal(all.at + all.len - 33, hash, 32);
}

static void storage_calls_are_roots(void **state) {
    (void)state;
    struct dispatch signer = by(alice), god = root();
    key_value items[] = {{TEXT("k1"), TEXT("v1")}, {TEXT("k2"), TEXT("v2")}, {TEXT("q"), TEXT("v")}};
    byte_vec keys[] = {TEXT("q")};
    const system_call_set_storage set = {{items, 3}};
    const system_call_kill_storage kill = {{keys, 1}};
    const system_call_kill_prefix prefix = {TEXT("k"), 1};
    const system_call_set_heap_pages pages = {64};
    assert_int_equal(system_set_storage(&signer, &set), BAD_ORIGIN);
    assert_int_equal(system_kill_storage(&signer, &kill), BAD_ORIGIN);
    assert_int_equal(system_kill_prefix(&signer, &prefix), BAD_ORIGIN);
    assert_int_equal(system_set_heap_pages(&signer, &pages), BAD_ORIGIN);
    assert_false(overlay_exists(TEXT("k1")));
    assert_int_equal(system_set_storage(&god, &set), DISPATCH_OK);
    assert_true(overlay_exists(TEXT("k1")) && overlay_exists(TEXT("k2")) && overlay_exists(TEXT("q")));
    assert_int_equal(system_kill_storage(&god, &kill), DISPATCH_OK);
    assert_false(overlay_exists(TEXT("q")));
    assert_int_equal(system_kill_prefix(&god, &prefix), DISPATCH_OK);
    assert_int_equal(overlay_exists(TEXT("k1")) + overlay_exists(TEXT("k2")), 1);
    assert_int_equal(system_set_heap_pages(&god, &pages), DISPATCH_OK);
    struct bytes value;
    assert_true(overlay_get(TEXT(":heappages"), &value));
    assert_bytes_equal(value, TEXT("\x40\x00\x00\x00\x00\x00\x00\x00"));
}

static void the_digest_grows_and_counts(void **state) {
    (void)state;
    struct bytes data;
    const digest_item item = {.tag = digest_item_PreRuntime,
                              .as.PreRuntime = {.engine = {{'a', 'u', 'r', 'a'}}, .data = TEXT("12345678")}};
    const digest_item other = {.tag = digest_item_RuntimeEnvironmentUpdated};
    assert_false(system_find_pre_runtime("aura", &data));
    system_deposit_log(&other);
    system_deposit_log(&item);
    uint32_t size;
    system_BlockSize_get(&size);
    assert_int_equal(size, 1 + 1 + 4 + 1 + 8);
    assert_true(system_find_pre_runtime("aura", &data));
    assert_bytes_equal(data, TEXT("12345678"));
    assert_false(system_find_pre_runtime("babe", &data));
}

/* A runtime version section of `name` and `spec`, in a module with nothing else. */
static struct bytes blob_of(uint8_t *buffer, const char *name, uint32_t spec) {
    uint8_t version[64], n = (uint8_t)strlen(name);
    struct writer v = writer_over(version, sizeof version), out = writer_over(buffer, 200);
    write_bytes(&v, (struct bytes){(const uint8_t *)name, n});
    write_bytes(&v, TEXT("impl"));
    write_u32(&v, 1);
    write_u32(&v, spec);
    write_u32(&v, 0);
    write_compact_u32(&v, 0);
    write_u32(&v, 1);
    write_u8(&v, 1);
    const char *sections[] = {"runtime_version", "runtime_apis"};
    write_raw(&out, "\0asm\1\0\0\0", 8);
    for (int i = 0; i < 2; i++) {
        uint8_t name_len = (uint8_t)strlen(sections[i]);
        uint8_t apis[12] = {0xdf, 0x6a, 0xcb, 0x68, 0x99, 0x07, 0x60, 0x9b, 5, 0, 0, 0};
        struct bytes payload = i == 0 ? writer_bytes(&v) : (struct bytes){apis, 12};
        write_u8(&out, 0);
        write_u8(&out, (uint8_t)(1 + name_len + payload.len));
        write_u8(&out, name_len);
        write_raw(&out, sections[i], name_len);
        write_slice(&out, payload);
    }
    assert_false(out.overflow);
    return writer_bytes(&out);
}

static void code_is_checked_before_it_is_accepted(void **state) {
    (void)state;
    uint8_t buffer[200];
    assert_int_equal(system_can_set_code(TEXT("no wasm"), true), PALLET_ERROR(system, FailedToExtractRuntimeVersion));
    assert_int_equal(system_can_set_code(TEXT("no wasm"), false), DISPATCH_OK);
    assert_int_equal(system_can_set_code(blob_of(buffer, "other", SPEC_VERSION + 1), true),
                     PALLET_ERROR(system, InvalidSpecName));
    assert_int_equal(system_can_set_code(blob_of(buffer, SPEC_NAME, SPEC_VERSION), true),
                     PALLET_ERROR(system, SpecVersionNeedsToIncrease));
    assert_int_equal(system_can_set_code(blob_of(buffer, SPEC_NAME, SPEC_VERSION + 1), true), DISPATCH_OK);
    struct dispatch signer = by(alice);
    const system_call_set_code set = {TEXT("x")};
    const system_call_set_code_without_checks force = {TEXT("x")};
    assert_int_equal(system_set_code(&signer, &set), BAD_ORIGIN);
    assert_int_equal(system_set_code_without_checks(&signer, &force), BAD_ORIGIN);
}

static void authorized_upgrades(void **state) {
    (void)state;
    uint8_t buffer[200];
    struct bytes code = blob_of(buffer, "other", 9);
    struct dispatch signer = by(alice), god = root();
    system_call_authorize_upgrade authorize;
    const system_call_apply_authorized_upgrade apply = {code}, wrong = {TEXT("x")};
    shim_blake2(authorize.code_hash.at, 32, code);
    assert_int_equal(system_apply_authorized_upgrade(&signer, &apply), PALLET_ERROR(system, NothingAuthorized));
    assert_int_equal(system_authorize_upgrade(&signer, &authorize), BAD_ORIGIN);
    assert_int_equal(system_authorize_upgrade(&god, &authorize), DISPATCH_OK);
    assert_int_equal(system_apply_authorized_upgrade(&signer, &wrong), PALLET_ERROR(system, Unauthorized));
    assert_true(system_AuthorizedUpgrade_exists());
    /* The version check fails: the authorisation is used up, an event says why, nobody pays. */
    uint32_t before = event_count();
    assert_int_equal(system_apply_authorized_upgrade(&signer, &apply), DISPATCH_OK);
    assert_true(signer.pays_no);
    assert_int_equal(event_count(), before + 1);
    assert_false(system_AuthorizedUpgrade_exists());
}

static void weights_saturate(void **state) {
    (void)state;
    system_register_weight((weight){UINT64_MAX - 1, 5}, CLASS_MANDATORY);
    system_register_weight((weight){9, 5}, CLASS_MANDATORY);
    system_register_weight((weight){1, 1}, CLASS_NORMAL);
    weight total = system_total_weight();
    assert_true(total.ref_time == UINT64_MAX && total.proof_size == 11);
    system_reduce_weight((weight){5, 100}, CLASS_NORMAL);
    per_class_weight all;
    system_BlockWeight_get(&all);
    assert_true(all.normal.ref_time == 0 && all.normal.proof_size == 0);
}

static void initialize_with(void *number) {
    const h256 parent = {{9}};
    system_initialize(*(uint32_t *)number, &parent, TEXT("\x00"));
}

static void blocks_follow_one_another(void **state) {
    uint32_t number = 3;
    assert_traps(initialize_with, &number, "Block number must be strictly increasing");
    at_block_one(state);
    number = 1;
    assert_traps(initialize_with, &number, "Block number must be strictly increasing");
    at_block_one(state);
    number = 2;
    assert_true(shim_guard(initialize_with, &number));
    assert_int_equal(system_block_number(), 2);
    h256 hash;
    const uint32_t one = 1;
    assert_true(system_BlockHash_get(&one, &hash) && hash.at[0] == 9);
}

static void old_block_hashes_leave_the_window_but_not_genesis(void **state) {
    (void)state;
    h256 hash = {{1}};
    const uint32_t zero = 0, oldest = 1, now = BLOCK_HASH_COUNT + 2;
    system_BlockHash_put(&zero, &hash);
    system_BlockHash_put(&oldest, &hash);
    system_Number_put(&now);
    assert_int_equal(system_finalize().len, 32 + 2 + 32 + 32 + 1);
    assert_true(system_BlockHash_exists(&zero));
    assert_false(system_BlockHash_exists(&oldest));
}

static void an_upgrade_is_seen_once(void **state) {
    (void)state;
    assert_true(system_runtime_upgraded());
    system_note_runtime_version();
    assert_false(system_runtime_upgraded());
    const last_runtime_upgrade older = {SPEC_VERSION - 1, TEXT_OF(SPEC_NAME)}, renamed = {SPEC_VERSION, TEXT_OF("x")};
    system_LastRuntimeUpgrade_put(&older);
    assert_true(system_runtime_upgraded());
    system_LastRuntimeUpgrade_put(&renamed);
    assert_true(system_runtime_upgraded());
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(providers_create_and_reap, at_block_one),
        cmocka_unit_test_setup(consumers_hold_the_last_provider, at_block_one),
        cmocka_unit_test_setup(sufficients_keep_an_account, at_block_one),
        cmocka_unit_test_setup(no_events_at_genesis, fresh),
        cmocka_unit_test_setup(an_event_record_has_phase_indices_fields_and_topics, at_block_one),
        cmocka_unit_test_setup(remarks, at_block_one),
        cmocka_unit_test_setup(storage_calls_are_roots, at_block_one),
        cmocka_unit_test_setup(the_digest_grows_and_counts, at_block_one),
        cmocka_unit_test_setup(code_is_checked_before_it_is_accepted, at_block_one),
        cmocka_unit_test_setup(authorized_upgrades, at_block_one),
        cmocka_unit_test_setup(weights_saturate, at_block_one),
        cmocka_unit_test_setup(blocks_follow_one_another, at_block_one),
        cmocka_unit_test_setup(old_block_hashes_leave_the_window_but_not_genesis, at_block_one),
        cmocka_unit_test_setup(an_upgrade_is_seen_once, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

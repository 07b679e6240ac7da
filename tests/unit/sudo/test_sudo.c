/* test_sudo.c - who may use the sudo key, what it dispatches, what it costs. */
#include "utility/event_log.h"

#include "sudo/sudo.h"

static const account_id key = {{7}}, other = {{8}}, next = {{9}};

static int with_key(void **state) {
    at_block_one(state);
    sudo_genesis(&key);
    return 0;
}

/* A call that only Root may make, and its effect. */
static const system_call_set_heap_pages pages = {64};
static const struct call root_call = CALL_INIT(system, set_heap_pages, &pages);
static bool root_call_ran(void) { return overlay_exists(TEXT(":heappages")); }
/* A call that only signed origins may make; it deposits who made it. */
static const system_call_remark_with_event note = {{(const uint8_t *)"x", 1}};
static const struct call signed_call = CALL_INIT(system, remark_with_event, &note);
static h256 note_hash(void) {
    h256 hash;
    shim_blake2(hash.at, 32, TEXT("x"));
    return hash;
}

static struct call sudo_call(const struct call *inner) {
    static sudo_call_sudo args;
    args.call = *inner;
    return CALL_WITH(sudo, sudo, &args);
}
static struct call unchecked(const struct call *inner) {
    static sudo_call_sudo_unchecked_weight args;
    args = (sudo_call_sudo_unchecked_weight){*inner, {11, 22}};
    return CALL_WITH(sudo, sudo_unchecked_weight, &args);
}
static struct call set_key(uint8_t tag, account_id who) {
    static sudo_call_set_key args;
    args.new = (lookup_source){.tag = tag, .as.Id.id = who};
    return CALL_WITH(sudo, set_key, &args);
}
static struct call sudo_as_call(uint8_t tag, account_id who, const struct call *inner) {
    static sudo_call_sudo_as args;
    args = (sudo_call_sudo_as){{.tag = tag, .as.Id.id = who}, *inner};
    return CALL_WITH(sudo, sudo_as, &args);
}
static const struct call remove_key = CALL_INIT(sudo, remove_key, NULL);

/* The call succeeds for nothing from the key and from Root. */
static void accepted(struct call call, struct dispatch ctx) {
    assert_int_equal(call_dispatch(&call, &ctx), DISPATCH_OK);
    assert_true(ctx.pays_no);
    assert_false(ctx.has_actual);
}

static void dispatches_as_root(void **state) {
    (void)state;
    accepted(sudo_call(&root_call), as_signed(key));
    assert_true(root_call_ran());
    accepted(unchecked(&root_call), as_root());
    struct event_log log = {.count = 0};
    EXPECT_EVENT(&log, sudo, Sudid, .sudo_result = {.tag = dispatch_outcome_Ok});
    EXPECT_EVENT(&log, sudo, Sudid, .sudo_result = {.tag = dispatch_outcome_Ok});
    assert_events(&log);
}

static void failure_inside_is_told(void **state) {
    (void)state;
    accepted(sudo_call(&signed_call), as_signed(key));
    accepted(unchecked(&signed_call), as_signed(key));
    accepted(sudo_as_call(lookup_source_Id, other, &root_call), as_signed(key));
    assert_false(root_call_ran());
    struct event_log log = {.count = 0};
    EXPECT_EVENT(&log, sudo, Sudid, .sudo_result = dispatch_outcome_value(BAD_ORIGIN));
    EXPECT_EVENT(&log, sudo, Sudid, .sudo_result = dispatch_outcome_value(BAD_ORIGIN));
    EXPECT_EVENT(&log, sudo, SudoAsDone, .sudo_result = dispatch_outcome_value(BAD_ORIGIN));
    assert_events(&log);
}

static void dispatches_as_another(void **state) {
    (void)state;
    accepted(sudo_as_call(lookup_source_Id, other, &signed_call), as_signed(key));
    struct event_log log = {.count = 0};
    EXPECT_EVENT(&log, system, Remarked, .sender = other, .hash = note_hash());
    EXPECT_EVENT(&log, sudo, SudoAsDone, .sudo_result = {.tag = dispatch_outcome_Ok});
    assert_events(&log);
}

static void changes_the_key(void **state) {
    (void)state;
    account_id now;
    accepted(set_key(lookup_source_Id, next), as_signed(key));
    assert_true(sudo_Key_get(&now));
    assert_memory_equal(&now, &next, 32);
    accepted(remove_key, as_signed(next));
    assert_false(sudo_Key_exists());
    accepted(set_key(lookup_source_Id, other), as_root());
    struct event_log log = {.count = 0};
    EXPECT_EVENT(&log, sudo, KeyChanged, .old = {true, key}, .new = next);
    EXPECT_EVENT0(&log, sudo, KeyRemoved);
    EXPECT_EVENT(&log, sudo, KeyChanged, .old = {.some = false}, .new = other);
    assert_events(&log);
}

static void refused(struct call call, struct dispatch ctx, dispatch_result why) {
    struct state_root before = root_now();
    assert_int_equal(call_dispatch(&call, &ctx), why);
    assert_false(ctx.pays_no);
    assert_unchanged(before);
}
static void refused_all(struct dispatch ctx, dispatch_result why) {
    refused(sudo_call(&root_call), ctx, why);
    refused(unchecked(&root_call), ctx, why);
    refused(set_key(lookup_source_Id, next), ctx, why);
    refused(sudo_as_call(lookup_source_Id, next, &root_call), ctx, why);
    refused(remove_key, ctx, why);
}

static void others_are_refused(void **state) {
    (void)state;
    refused_all(as_signed(other), PALLET_ERROR(sudo, RequireSudo));
    refused_all(as_none(), BAD_ORIGIN);
    sudo_Key_kill();
    refused_all(as_signed(key), PALLET_ERROR(sudo, RequireSudo)); /* nobody has the key */
}

static void unknown_addresses(void **state) {
    (void)state;
    refused(set_key(lookup_source_Index, next), as_signed(key), DISPATCH_ERROR(CannotLookup));
    refused(sudo_as_call(lookup_source_Address32, next, &root_call), as_signed(key), DISPATCH_ERROR(CannotLookup));
}

static void genesis_without_key(void **state) {
    (void)state;
    sudo_Key_kill();
    sudo_genesis(NULL);
    assert_false(sudo_Key_exists());
}

static void weights(void **state) {
    (void)state;
    struct dispatch_info inner = call_info(&root_call);
    assert_int_equal(inner.class, CLASS_OPERATIONAL);
    struct call call = sudo_call(&root_call);
    struct dispatch_info info = call_info(&call);
    assert_int_equal(info.class, CLASS_OPERATIONAL);
    assert_int_equal(info.pays, PAYS_YES);
    assert_int_equal(info.call_weight.ref_time, inner.call_weight.ref_time + 7939000 + 25000000);
    assert_int_equal(info.call_weight.proof_size, inner.call_weight.proof_size + 1517);
    call = unchecked(&root_call);
    info = call_info(&call);
    assert_int_equal(info.class, CLASS_OPERATIONAL);
    assert_int_equal(info.call_weight.ref_time, 11);
    assert_int_equal(info.call_weight.proof_size, 22);
    call = sudo_as_call(lookup_source_Id, next, &signed_call);
    info = call_info(&call);
    assert_int_equal(info.class, CLASS_NORMAL);
    assert_int_equal(info.call_weight.ref_time, call_info(&signed_call).call_weight.ref_time + 7870000 + 25000000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(dispatches_as_root, with_key),    cmocka_unit_test_setup(failure_inside_is_told, with_key),
        cmocka_unit_test_setup(dispatches_as_another, with_key), cmocka_unit_test_setup(changes_the_key, with_key),
        cmocka_unit_test_setup(others_are_refused, with_key),    cmocka_unit_test_setup(unknown_addresses, with_key),
        cmocka_unit_test_setup(genesis_without_key, with_key),   cmocka_unit_test_setup(weights, with_key),
    };
    return cmocka_run_group_tests_name("sudo", tests, NULL, NULL);
}

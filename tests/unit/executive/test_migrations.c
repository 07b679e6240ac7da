/* test_migrations.c - the list of migrations in whole blocks: order, once, the bound, the blocks of inherents alone,
 * failure. This program has a list of its own (test_migrations.def): its copy of migrations.c stands in for the
 * library's. */
#define MIGRATIONS_DEF "executive/test_migrations.def"
#include "executive/migrations.c"

#include "executive/chain.h"

#include "clock/clock.h"
#include "models/models.h"

enum { ROUNDS = 16, SEEN = 256 };
static struct {
    char order[ROUNDS]; /* which migration ran, a letter for each block it ran in */
    uint32_t rounds;
    uint16_t seen[SEEN]; /* the map's keys, in the order they were handled */
    uint32_t seen_count;
    bool fails;
} report;

static void note(char which) {
    assert_true(report.rounds < ROUNDS);
    report.order[report.rounds++] = which;
}

/* Adds one tick to the value, so that twice is seen. */
bool test_value(struct migration_walk *walk) {
    struct bytes key, value;
    note('v');
    while (migration_next(walk, &clock_Time_storage, &key, &value)) {
        clock_time time;
        assert_int_equal(value.len, 12);
        clock_Time_get(&time);
        time.now++;
        clock_Time_put(&time);
    }
    return true;
}

bool test_map(struct migration_walk *walk) {
    struct bytes key, value;
    note('m');
    while (migration_next(walk, &clock_Rand_storage, &key, &value)) {
        assert_true(report.seen_count < SEEN && key.len == 42 && value.len == 40);
        report.seen[report.seen_count++] = load_u16(key.at + 40);
        overlay_put(key, value);
    }
    return true;
}

static struct bytes leftover(void) { return TEXT("leftover"); }

bool test_failing(struct migration_walk *walk) {
    struct bytes key, value;
    note('f');
    assert_false(migration_next(walk, &models_NextModelId_storage, &key, &value) && value.len != 8);
    if (!report.fails)
        return true;
    overlay_put(leftover(), TEXT("x"));
    return false;
}

/* --- the state that old code left --- */

static void old_state(uint16_t clock, uint16_t models, uint32_t entries) {
    chain_edit();
    const last_runtime_upgrade before = {0, {(const uint8_t *)SPEC_NAME, sizeof SPEC_NAME - 1}};
    system_LastRuntimeUpgrade_put(&before);
    migrations_put_version(TEXT("Clock"), clock);
    migrations_put_version(TEXT("Models"), models);
    const clock_time time = {1, entries, entries};
    clock_Time_put(&time);
    for (uint32_t parent = 1; parent <= entries; parent++) {
        uint16_t slot = (uint16_t)parent;
        clock_Rand_put(&slot, &(clock_rand){parent, parent - 1, {{(uint8_t)parent}}});
    }
    chain_edited();
    memset(&report, 0, sizeof report);
}

static uint16_t version_of(struct bytes pallet) {
    chain_edit();
    uint16_t version = migrations_state_version(pallet);
    chain_edit();
    return version;
}
static bool in_state(struct bytes key) {
    struct bytes value;
    return shim_get(key, &value);
}
static uint32_t last_upgrade(void) {
    last_runtime_upgrade last;
    chain_edit();
    assert_true(system_LastRuntimeUpgrade_get(&last));
    chain_edit();
    return last.spec_version;
}
static uint32_t now(void) {
    chain_edit();
    uint32_t tick = clock_now();
    chain_edit();
    return tick;
}

/* One block: author and importer each run what is due, so the report's half is the author's. */
static void block(uint8_t inclusion, const char *order) {
    chain.inclusion = inclusion;
    chain.unchecked = inclusion == 1;
    report.rounds = 0;
    chain_open();
    assert_int_equal(report.rounds, strlen(order));
    assert_memory_equal(report.order, order, strlen(order));
    uint32_t seen = report.seen_count;
    chain_close();
    assert_int_equal(report.rounds, 2 * strlen(order));
    report.seen_count = seen; /* the importer's are the same, or the roots would differ */
}

static weight mandatory(void) {
    per_class_weight all;
    chain_edit();
    system_BlockWeight_get(&all);
    chain_edit();
    return all.mandatory;
}

static uint32_t times_seen(uint16_t slot) {
    uint32_t times = 0;
    for (uint32_t i = 0; i < report.seen_count; i++)
        times += report.seen[i] == slot;
    return times;
}

/* --- cases --- */

static void nothing_without_an_upgrade(void **state) {
    (void)state;
    memset(&report, 0, sizeof report);
    block(0, "");
    assert_int_equal(version_of(TEXT("Clock")), 2);
    assert_int_equal(version_of(TEXT("Models")), 1);
    assert_int_equal(version_of(TEXT("Balances")), 1);
    assert_int_equal(version_of(TEXT("Utility")), 0);
    block(0, "");
}

static void all_in_one_block_in_the_order_of_the_list(void **state) {
    (void)state;
    old_state(0, 0, 3);
    uint32_t tick = now();
    block(0, "vmf");
    assert_true(now() > tick + 1); /* the migration's tick and the inherent's */
    assert_int_equal(report.seen_count, 3);
    assert_int_equal(version_of(TEXT("Clock")), 2);
    assert_int_equal(version_of(TEXT("Models")), 1);
    assert_int_equal(last_upgrade(), SPEC_VERSION);
    assert_false(in_state(migrations_cursor_key));
    block(0, "");
    chain_open();
    chain_succeeds(tx_plain(ALICE, call_transfer(BOB, UNIT)));
    chain_close();
}

static void what_is_done_is_not_done_again(void **state) {
    (void)state;
    old_state(1, 1, 2);
    block(0, "m");
    old_state(2, 0, 2);
    block(0, "f");
    old_state(2, 1, 2);
    block(0, "");
    assert_int_equal(last_upgrade(), SPEC_VERSION);
    /* Of a layout that nothing leads from, as when a version was skipped: left alone, and try_state tells. */
    old_state(7, 1, 2);
    chain.unchecked = true;
    chain_open();
    chain_close();
    assert_int_equal(report.rounds, 0);
    assert_int_equal(version_of(TEXT("Clock")), 7);
}

static void not_after_a_downgrade(void **state) {
    (void)state;
    old_state(0, 0, 2);
    chain_edit();
    const last_runtime_upgrade later = {SPEC_VERSION + 1, {(const uint8_t *)SPEC_NAME, sizeof SPEC_NAME - 1}};
    system_LastRuntimeUpgrade_put(&later);
    chain_edited();
    chain.unchecked = true;
    chain_open();
    chain_close();
    assert_int_equal(report.rounds, 0);
    assert_int_equal(version_of(TEXT("Clock")), 0);
}

static void over_several_blocks(void **state) {
    (void)state;
    enum { ENTRIES = 10 };
    old_state(0, 0, ENTRIES);
    block(1, "vm");
    assert_int_equal(report.seen_count, 3);
    assert_int_equal(version_of(TEXT("Clock")), 1);
    assert_int_equal(last_upgrade(), 0);
    assert_true(in_state(migrations_cursor_key));
    uint32_t blocks = 1;
    for (; version_of(TEXT("Clock")) == 1; blocks++) {
        assert_true(blocks < ENTRIES);
        /* Whether this block is the last one depends on where the inherents' new entries lie. */
        chain_edit();
        struct bytes prefix = {clock_Rand_storage.prefix, 32}, at, next;
        bool goes_on = overlay_get(migrations_cursor_key, &at);
        for (uint32_t i = 0; i < 3 && goes_on; i++)
            goes_on = overlay_next_key(prefix, at, &at);
        goes_on = goes_on && overlay_next_key(prefix, at, &next);
        chain_edit();
        block(goes_on, goes_on ? "m" : "mf");
    }
    assert_true(blocks >= 4);
    assert_false(in_state(migrations_cursor_key));
    assert_int_equal(last_upgrade(), SPEC_VERSION);
    /* Each of before once; of the blocks' own at most once. */
    for (uint16_t slot = 1; slot <= ENTRIES; slot++)
        assert_int_equal(times_seen(slot), 1);
    for (uint32_t i = 0; i < report.seen_count; i++)
        assert_int_equal(times_seen(report.seen[i]), 1);
    block(0, "");
}

static void inherents_alone_meanwhile(void **state) {
    (void)state;
    old_state(1, 1, 10);
    chain.inclusion = 1;
    chain.unchecked = true;
    chain_open();
    chain_succeeds(tx_plain(ALICE, call_transfer(BOB, UNIT))); /* the author must not: the importer refuses */
    struct answer closed = chain_call("BlockBuilder_finalize_block", (struct bytes){NULL, 0});
    assert_true(closed.returned);
    shim_rollback();
    h256 before = chain_root();
    struct bytes with_transfer = chain_block(closed.bytes, chain.extrinsics, chain.count);
    assert_false(chain_call("Core_execute_block", with_transfer).returned);
    assert_string_equal(shim_trap_message(), "OnlyInherentsAllowed");
    assert_same_root(before);
}

static void a_failure_changes_nothing_and_keeps_calls_out(void **state) {
    (void)state;
    old_state(2, 0, 2);
    report.fails = true;
    for (uint32_t i = 0; i < 2; i++) {
        block(1, "f");
        assert_int_equal(version_of(TEXT("Models")), 0);
        assert_int_equal(last_upgrade(), 0);
        assert_false(in_state(leftover()));
        assert_false(in_state(migrations_cursor_key));
    }
    report.fails = false; /* as other code would */
    block(0, "f");
    assert_int_equal(version_of(TEXT("Models")), 1);
    assert_int_equal(last_upgrade(), SPEC_VERSION);
}

/* A migration weighs cursor and version, and each key with its value; a row that is not due reads its version. */
static void the_weight_is_the_keys(void **state) {
    (void)state;
    old_state(2, 1, 3);
    chain_open();
    weight without = mandatory();
    shim_rollback();
    chain.slot--;
    old_state(1, 1, 3);
    chain_open();
    weight with = mandatory();
    assert_int_equal(with.ref_time - without.ref_time, READS(1) + WRITES(2) + 3 * (READS(1) + WRITES(1)));
    assert_int_equal(with.proof_size - without.proof_size, MIGRATION_KEY_PROOF + 3 * (MIGRATION_KEY_PROOF + 40));
    chain_close();
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, chain_start, chain_stop)
    const struct CMUnitTest tests[] = {
        CASE(nothing_without_an_upgrade),
        CASE(all_in_one_block_in_the_order_of_the_list),
        CASE(what_is_done_is_not_done_again),
        CASE(not_after_a_downgrade),
        CASE(over_several_blocks),
        CASE(inherents_alone_meanwhile),
        CASE(a_failure_changes_nothing_and_keeps_calls_out),
        CASE(the_weight_is_the_keys),
    };
    return cmocka_run_group_tests_name("migrations", tests, NULL, NULL);
}

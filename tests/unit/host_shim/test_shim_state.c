/* test_shim_state.c - the native state: order, snapshots, append, next_key, roots, traps, counters and faults. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "shim.h"
#include "trie/trie_root.h"

#define B(text) ((struct bytes){(const uint8_t *)(text), (uint32_t)sizeof(text) - 1})

static int setup(void **state) {
    (void)state;
    shim_reset();
    shim_log_level(-1);
    arena_reset_all();
    shim_drop_guest_memory();
    return 0;
}

static void assert_value(struct bytes key, struct bytes expect) {
    struct bytes value;
    assert_true(shim_get(key, &value));
    assert_true(bytes_equal(value, expect));
}

static void reads_report_length_and_copy_what_fits(void **state) {
    (void)state;
    uint8_t out[4] = {9, 9, 9, 9};
    assert_int_equal(host_storage_read(B("k"), out, 4), HOST_ABSENT);
    assert_int_equal(out[0], 9);
    host_storage_set(B("k"), B("abcdef"));
    assert_int_equal(host_storage_read(B("k"), out, 3), 6);
    assert_memory_equal(out, "abc\x09", 4);
    assert_int_equal(host_storage_read(B("k"), NULL, 0), 6);
    host_storage_set(B("k"), B(""));
    assert_int_equal(host_storage_read(B("k"), out, 4), 0);
    assert_true(host_storage_exists(B("k")));
    host_storage_clear(B("k"));
    assert_false(host_storage_exists(B("k")));
    host_storage_clear(B("k"));
    assert_int_equal(shim_key_count(), 0);
}

static void child_trie_roots_are_out_of_reach(void **state) {
    (void)state;
    host_storage_set(B(":child_storage:default:x"), B("1"));
    assert_int_equal(shim_key_count(), 0);
    shim_put(B(":child_storage:default:x"), B("1"));
    host_storage_clear(B(":child_storage:default:x"));
    assert_int_equal(shim_key_count(), 1);
}

static void next_key_walks_in_byte_order(void **state) {
    (void)state;
    static const char *const keys[] = {"b", "", "ab", "a", "\xff", "a\xff", "aa"};
    static const char *const sorted[] = {"a", "aa", "ab", "a\xff", "b", "\xff"};
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        host_storage_set((struct bytes){(const uint8_t *)keys[i], (uint32_t)strlen(keys[i])}, B("v"));
    uint8_t out[8];
    uint32_t len = 0;
    for (size_t i = 0; i < COUNT_OF(sorted); i++) {
        len = host_storage_next_key((struct bytes){out, len}, out, sizeof out);
        assert_int_equal(len, strlen(sorted[i]));
        assert_memory_equal(out, sorted[i], len);
    }
    assert_int_equal(host_storage_next_key((struct bytes){out, len}, out, sizeof out), HOST_ABSENT);
    assert_int_equal(host_storage_next_key(B("aaa"), out, 1), 2); /* a key that is not there; only one byte copied */
    assert_int_equal(out[0], 'a');
}

static void append_counts_items(void **state) {
    (void)state;
    for (uint32_t i = 0; i < 20000; i++) {
        host_storage_append(B("e"), B("xy"));
        if (i == 0)
            assert_value(B("e"), B("\x04xy"));
        else if (i == 1)
            assert_value(B("e"), B("\x08xyxy"));
    }
    struct bytes value;
    assert_true(shim_get(B("e"), &value));
    assert_int_equal(value.len, 4 + 40000);
    assert_int_equal(load_u32(value.at), 20000u << 2 | 2);
    host_storage_set(B("e"), B("")); /* no length there: starts anew, as with any value that has none */
    host_storage_append(B("e"), B("z"));
    assert_value(B("e"), B("\x04z"));
    host_storage_set(B("e"), B("\x01\x00junk")); /* a length that is not canonical */
    host_storage_append(B("e"), B("z"));
    assert_value(B("e"), B("\x04z"));
    host_storage_set(B("e"), B("\xfc")); /* 63 items of no bytes: the length grows to two */
    host_storage_append(B("e"), B("z"));
    assert_value(B("e"), B("\x01\x01z"));
    host_storage_append(B("f"), B(""));
    assert_value(B("f"), B("\x04"));
}

static void random_snapshots_match_a_model(void **state) {
    (void)state;
    /* Model: whole copies of 16 one-byte keys; value 0 is absent. */
    uint8_t model[12][16] = {{0}};
    uint64_t seed = 0x1357913579;
    uint32_t depth = 0;
    for (int step = 0; step < 200000; step++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        uint32_t r = (uint32_t)(seed >> 33);
        uint8_t key = (uint8_t)(r >> 8 & 15), value = (uint8_t)(1 + (r >> 12) % 200);
        struct bytes k = {&key, 1}, v = {&value, 1};
        switch (r % 8) {
        case 0:
            if (depth < 11) {
                shim_begin();
                memcpy(model[depth + 1], model[depth], 16);
                depth++;
            }
            break;
        case 1:
            if (depth) {
                shim_commit();
                depth--;
                memcpy(model[depth], model[depth + 1], 16);
            }
            break;
        case 2:
            if (depth) {
                shim_rollback();
                depth--;
            }
            break;
        case 3:
            shim_remove(k);
            model[depth][key] = 0;
            break;
        default:
            shim_put(k, v);
            model[depth][key] = value;
        }
        assert_int_equal(shim_depth(), depth);
        uint32_t present = 0;
        for (uint8_t i = 0; i < 16; i++) {
            struct bytes got;
            bool there = shim_get((struct bytes){&i, 1}, &got);
            if (there != (model[depth][i] != 0) || (there && got.at[0] != model[depth][i]))
                fail_msg("key %u differs at step %d, depth %u", i, step, depth);
            present += there;
        }
        assert_int_equal(shim_key_count(), present);
    }
}

static void a_value_may_be_put_from_its_own_view(void **state) {
    (void)state;
    struct bytes value;
    shim_put(B("k"), B("hello"));
    assert_true(shim_get(B("k"), &value));
    shim_put(B("k"), value);
    shim_put(B("k"), (struct bytes){value.at, 2});
    assert_value(B("k"), B("he"));
}

static void roots_follow_the_state(void **state) {
    (void)state;
    uint8_t first[32], other[32], expect[32];
    host_storage_root(first, 1);
    assert_memory_equal(first, trie_empty_root, 32);
    host_storage_set(B("k"), B("0123456789012345678901234567890123")); /* 34 bytes: the versions differ */
    host_storage_root(first, 1);
    host_storage_root(other, 0);
    assert_memory_not_equal(first, other, 32);
    struct trie_entry entry = {B("k"), B("0123456789012345678901234567890123")};
    trie_root(expect, 1, &entry, 1, &arena_scratch);
    assert_memory_equal(first, expect, 32);
    shim_begin();
    host_storage_append(B("l"), B("x"));
    host_storage_root(other, 1);
    assert_memory_not_equal(first, other, 32);
    shim_rollback();
    shim_root(other, 1);
    assert_memory_equal(first, other, 32);
}

static void ordered_root_reads_scale(void **state) {
    (void)state;
    uint8_t root[32], expect[32];
    host_ordered_root(root, B("\x00"), 1);
    assert_memory_equal(root, trie_empty_root, 32);
    host_ordered_root(root, B("\x08\x04x\x00"), 0);
    struct trie_entry two[2] = {{B("\x00"), B("x")}, {B("\x04"), B("")}};
    trie_root(expect, 0, two, 2, &arena_scratch);
    assert_memory_equal(root, expect, 32);
}

/* --- traps, faults, counters --- */

static void panics(void *context) {
    (void)context;
    shim_begin();
    host_storage_set(B("k"), B("v"));
    PANIC("the reason");
}
static void bad_ordered_root(void *context) {
    uint8_t root[32];
    host_ordered_root(root, *(struct bytes *)context, 0);
}
static void bad_version(void *context) {
    uint8_t root[32];
    (void)context;
    host_storage_root(root, 2);
}
static void too_much(void *context) {
    (void)context;
    host_free(host_malloc(32 * 1024 * 1024 + 1));
}
static void frees_what_is_no_block(void *context) { host_free(context); }

static void bare_trap(void *context) {
    (void)context;
    host_trap();
}
static void nested(void *context) {
    assert_false(shim_guard(panics, NULL));
    *(bool *)context = true;
}

static void traps_are_survived_and_named(void **state) {
    (void)state;
    uint32_t depth = shim_depth();
    assert_false(shim_guard(panics, NULL));
    assert_string_equal(shim_trap_message(), "the reason");
    assert_int_equal(shim_logged(HOST_LOG_ERROR), 1);
    while (shim_depth() > depth)
        shim_rollback();
    assert_int_equal(shim_key_count(), 0);
    assert_false(shim_guard(bare_trap, NULL));
    assert_string_equal(shim_trap_message(), "unreachable");
    static const struct bytes bad[] = {
        {(const uint8_t *)"", 0}, {(const uint8_t *)"\x08\x04x", 3}, {(const uint8_t *)"\x00\x00", 2}};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct bytes items = bad[i];
        assert_false(shim_guard(bad_ordered_root, &items));
        assert_non_null(strstr(shim_trap_message(), "do not decode"));
    }
    assert_false(shim_guard(bad_version, NULL));
    assert_string_equal(shim_trap_message(), "Invalid state version");
    assert_false(shim_guard(too_much, NULL));
    assert_string_equal(shim_trap_message(), "Requested allocation size is too large");
    uint64_t words[10] = {0};
    assert_false(shim_guard(frees_what_is_no_block, words + 8));
    assert_string_equal(shim_trap_message(), "Invalid pointer passed to free");
    bool after = false;
    assert_true(shim_guard(nested, &after));
    assert_true(after);
    /* After all of these the functions still count as called from the runtime. */
    uint64_t calls = shim_calls();
    (void)host_storage_exists(B("k"));
    assert_int_equal(shim_calls(), calls + 1);
}

static void counters_count_the_runtime_only(void **state) {
    (void)state;
    uint8_t root[32];
    shim_put(B("a"), B("1"));
    shim_put(B("b"), B("2"));
    assert_int_equal(shim_calls(), 0);
    host_storage_root(root, 1); /* hashes inside, which are the host's business */
    shim_root(root, 0);
    host_storage_set(B("c"), B("3"));
    void *block = host_malloc(100);
    assert_int_equal((uintptr_t)block % 16, 8);
    assert_int_equal(shim_counters()->live_blocks, 1);
    host_free(block);
    assert_int_equal(shim_calls(), 4);
    assert_int_equal(shim_counters()->by_call[SHIM_STORAGE_ROOT], 1);
    assert_int_equal(shim_counters()->by_call[SHIM_BLAKE2_256], 0);
    assert_int_equal(shim_counters()->by_call[SHIM_MALLOC], 1);
    assert_int_equal(shim_counters()->allocated_bytes, 100);
    assert_int_equal(shim_counters()->live_blocks, 0);
    for (int i = 0; i < SHIM_CALL_COUNT; i++)
        assert_non_null(shim_call_names[i]);
    shim_reset_counters();
    assert_int_equal(shim_calls(), 0);
}

/* A little of everything; *context counts how far it came. */
static void scenario(void *context) {
    uint32_t *reached = context;
    uint8_t out[8], digest[32];
    *reached = 0;
    host_storage_set(B("k"), B("v")), ++*reached;
    host_blake2_256(digest, B("x")), ++*reached;
    if (host_storage_read(B("k"), out, 8) == HOST_ABSENT)
        return;
    ++*reached;
    if (!host_storage_exists(B("k")))
        return;
    ++*reached;
    if (host_storage_next_key(B(""), out, 8) == HOST_ABSENT)
        return;
    ++*reached;
    void *block = host_malloc(8);
    if (!block)
        return;
    ++*reached;
    host_free(block), ++*reached;
    host_storage_root(digest, 1), ++*reached;
    host_log(HOST_LOG_INFO, B("t"), B("m")), ++*reached;
}

static void faults_hit_the_nth_call(void **state) {
    (void)state;
    enum { CALLS = 9 };
    /* Calls with a failing answer let the caller react; the others stop the run. */
    static const bool answers[CALLS] = {false, false, true, true, true, true, false, false, false};
    for (uint32_t n = 1; n <= CALLS + 1; n++) {
        uint32_t reached;
        shim_reset();
        shim_fail_at(n);
        bool returned = shim_guard(scenario, &reached);
        assert_int_equal(returned, n > CALLS || answers[n - 1]);
        assert_int_equal(reached, n > CALLS ? CALLS : n - 1);
        assert_int_equal(shim_fault_met(), n <= CALLS);
        shim_reset();
        shim_stop_at(n);
        returned = shim_guard(scenario, &reached);
        assert_int_equal(returned, n > CALLS);
        assert_int_equal(reached, n > CALLS ? CALLS : n - 1);
        if (!returned)
            assert_string_equal(shim_trap_message(), "stopped by the fault hook");
    }
    assert_int_equal(shim_counters()->live_blocks, 2); /* stopped before they were freed, once by each fault */
    shim_drop_guest_memory();
    assert_int_equal(shim_counters()->live_blocks, 0);
}

static void takes_a_large_block(void *context) { *(uint8_t **)context = arena_alloc(&arena_scratch, 300000); }

static void refused_memory_panics_and_leaves_arenas_usable(void **state) {
    (void)state;
    uint8_t *block = NULL;
    shim_fail_at(1);
    assert_false(shim_guard(takes_a_large_block, &block));
    assert_string_equal(shim_trap_message(), "out of memory");
    assert_null(block);
    assert_true(shim_guard(takes_a_large_block, &block));
    assert_int_equal((uintptr_t)block % 16, 0);
    memset(block, 1, 300000);
    arena_reset_all();
    assert_int_equal(shim_counters()->live_blocks, 0);
}

static void logs_are_kept_by_level(void **state) {
    (void)state;
    LOG(HOST_LOG_WARN, "careful");
    LOG(HOST_LOG_DEBUG, "detail");
    assert_int_equal(shim_logged(HOST_LOG_WARN), 1);
    assert_int_equal(shim_logged(HOST_LOG_DEBUG), 1);
    assert_int_equal(shim_logged(HOST_LOG_ERROR), 0);
    assert_string_equal(shim_last_log(), "detail");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(reads_report_length_and_copy_what_fits, setup),
        cmocka_unit_test_setup(child_trie_roots_are_out_of_reach, setup),
        cmocka_unit_test_setup(next_key_walks_in_byte_order, setup),
        cmocka_unit_test_setup(append_counts_items, setup),
        cmocka_unit_test_setup(random_snapshots_match_a_model, setup),
        cmocka_unit_test_setup(a_value_may_be_put_from_its_own_view, setup),
        cmocka_unit_test_setup(roots_follow_the_state, setup),
        cmocka_unit_test_setup(ordered_root_reads_scale, setup),
        cmocka_unit_test_setup(traps_are_survived_and_named, setup),
        cmocka_unit_test_setup(counters_count_the_runtime_only, setup),
        cmocka_unit_test_setup(faults_hit_the_nth_call, setup),
        cmocka_unit_test_setup(refused_memory_panics_and_leaves_arenas_usable, setup),
        cmocka_unit_test_setup(logs_are_kept_by_level, setup),
    };
    return cmocka_run_group_tests_name("shim_state", tests, NULL, NULL);
}

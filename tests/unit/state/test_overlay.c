/* test_overlay.c - the overlay against a plain model: random reads, writes, removals, prefix removals, appends and
 * nested transactions must leave the host with what a map with snapshots holds. */
#include "unit.h"

enum { KEYS = 48, DEPTH = 6, VALUE_MAX = 40 };

struct model {
    uint8_t value[KEYS][VALUE_MAX];
    int len[KEYS]; /* -1: absent */
};

static struct bytes key_of(int i, uint8_t *buffer) {
    /* Short keys, keys with shared prefixes, and keys as long as a map's. */
    int len = i % 3 == 0 ? 3 : i % 3 == 1 ? 33 : 80;
    memset(buffer, i % 4, (size_t)len);
    buffer[len - 1] = (uint8_t)i;
    return (struct bytes){buffer, (uint32_t)len};
}

static void check_all(const struct model *m) {
    for (int i = 0; i < KEYS; i++) {
        uint8_t buffer[80];
        struct bytes value, key = key_of(i, buffer);
        assert_int_equal(overlay_get(key, &value), m->len[i] >= 0);
        if (m->len[i] >= 0)
            assert_bytes_equal(value, ((struct bytes){m->value[i], (uint32_t)m->len[i]}));
    }
}

static void check_host(const struct model *m) {
    uint32_t present = 0;
    for (int i = 0; i < KEYS; i++) {
        uint8_t buffer[80];
        struct bytes value;
        assert_int_equal(shim_get(key_of(i, buffer), &value), m->len[i] >= 0);
        if (m->len[i] >= 0) {
            assert_bytes_equal(value, ((struct bytes){m->value[i], (uint32_t)m->len[i]}));
            present++;
        }
    }
    assert_int_equal(shim_key_count(), present);
}

static void write_random(struct model *m, uint64_t *seed) {
    uint8_t buffer[80];
    int i = (int)(next_random(seed) % KEYS), len = (int)(next_random(seed) % VALUE_MAX);
    for (int k = 0; k < len; k++)
        m->value[i][k] = (uint8_t)next_random(seed);
    m->len[i] = len;
    overlay_put(key_of(i, buffer), (struct bytes){m->value[i], (uint32_t)len});
}

static void remove_random(struct model *m, uint64_t *seed) {
    uint8_t buffer[80];
    int i = (int)(next_random(seed) % KEYS);
    m->len[i] = -1;
    overlay_remove(key_of(i, buffer));
}

static void clear_random_prefix(struct model *m, uint64_t *seed) {
    uint8_t prefix[2], buffer[80];
    memset(prefix, (int)(next_random(seed) % 4), 2);
    uint32_t expected = 0;
    for (int i = 0; i < KEYS; i++)
        if (m->len[i] >= 0 && memcmp(key_of(i, buffer).at, prefix, 2) == 0) {
            m->len[i] = -1;
            expected++;
        }
    assert_int_equal(overlay_clear_prefix((struct bytes){prefix, 2}, UINT32_MAX), expected);
}

static void behaves_as_a_map_with_snapshots(void **state) {
    (void)state;
    static struct model stack[DEPTH];
    uint64_t seed = 0xC0FFEE;
    for (int i = 0; i < KEYS; i++)
        stack[0].len[i] = -1;
    int depth = 0;
    for (int step = 0; step < 60000; step++) {
        uint64_t what = next_random(&seed) % 100;
        struct model *m = &stack[depth];
        if (what < 45) {
            write_random(m, &seed);
        } else if (what < 60) {
            remove_random(m, &seed);
        } else if (what < 62) {
            clear_random_prefix(m, &seed);
        } else if (what < 72 && depth + 1 < DEPTH) {
            stack[depth + 1] = *m;
            depth++;
            overlay_begin();
        } else if (what < 80 && depth > 0) {
            stack[depth - 1] = *m;
            depth--;
            overlay_commit();
        } else if (what < 88 && depth > 0) {
            depth--;
            overlay_rollback();
        } else if (what < 92 && depth == 0) {
            overlay_flush();
            check_host(m);
            if (what == 91)
                runtime_reset(); /* the next call is a fresh instance */
        } else if (what < 95) {
            check_all(m);
        }
    }
}

static void blind_write_rolled_back_keeps_the_host_value(void **state) {
    (void)state;
    struct bytes value;
    shim_put(TEXT("key"), TEXT("old"));
    overlay_begin();
    overlay_put(TEXT("key"), TEXT("new"));
    overlay_remove(TEXT("other"));
    overlay_rollback();
    overlay_flush();
    assert_true(shim_get(TEXT("key"), &value));
    assert_bytes_equal(value, TEXT("old"));
    assert_true(overlay_get(TEXT("key"), &value));
    assert_bytes_equal(value, TEXT("old"));
}

static void one_host_write_for_many_changes(void **state) {
    (void)state;
    shim_reset_counters();
    for (int i = 0; i < 100; i++)
        overlay_put(TEXT("key"), (struct bytes){(const uint8_t *)&i, sizeof i});
    overlay_flush();
    overlay_flush();
    assert_int_equal(shim_counters()->by_call[SHIM_STORAGE_SET], 1);
    assert_int_equal(shim_calls(), 1);
}

static void appends_keep_order_and_roll_back(void **state) {
    (void)state;
    struct bytes value;
    overlay_append(TEXT("list"), TEXT("a"));
    overlay_begin();
    overlay_append(TEXT("list"), TEXT("x"));
    overlay_begin();
    overlay_append(TEXT("list"), TEXT("y"));
    overlay_commit();
    overlay_rollback();
    overlay_append(TEXT("list"), TEXT("b"));
    overlay_flush();
    assert_true(shim_get(TEXT("list"), &value));
    assert_bytes_equal(value, TEXT("\x08" "ab"));
}

static void a_list_that_was_appended_to_is_read_again(void **state) {
    (void)state;
    struct bytes value;
    overlay_remove(TEXT("list"));
    overlay_append(TEXT("list"), TEXT("a"));
    overlay_flush();
    assert_true(overlay_get(TEXT("list"), &value));
    assert_bytes_equal(value, TEXT("\x04" "a"));
    overlay_remove(TEXT("list"));
    overlay_flush();
    assert_false(shim_get(TEXT("list"), &value));
}

static void next_key_sees_both_sides(void **state) {
    (void)state;
    struct bytes key = TEXT("p");
    shim_put(TEXT("p1"), TEXT("1"));
    shim_put(TEXT("p3"), TEXT("1"));
    shim_put(TEXT("q"), TEXT("1"));
    overlay_put(TEXT("p2"), TEXT("1"));
    overlay_remove(TEXT("p3"));
    overlay_put(TEXT("p4"), TEXT("1"));
    const char *expected[] = {"p1", "p2", "p4"};
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        assert_true(overlay_next_key(TEXT("p"), key, &key));
        assert_bytes_equal(key, ((struct bytes){(const uint8_t *)expected[i], 2}));
    }
    assert_false(overlay_next_key(TEXT("p"), key, &key));
}

/* An importer's overlay knows more keys than an author's: what a limit leaves must not depend on that. */
static void clear_prefix_takes_the_least_keys_whatever_is_known(void **state) {
    for (int known = 0; known < 2; known++) {
        fresh(state);
        static uint8_t longest[3000] = "p9";
        struct bytes value;
        for (uint8_t i = 1; i < 9; i++)
            shim_put((struct bytes){(const uint8_t[]){'p', i}, 2}, TEXT("v"));
        shim_put((struct bytes){longest, sizeof longest}, TEXT("v"));
        if (known) {
            assert_true(overlay_get((struct bytes){(const uint8_t[]){'p', 7}, 2}, &value));
            overlay_put((struct bytes){(const uint8_t[]){'p', 8}, 2}, TEXT("w"));
        }
        assert_int_equal(overlay_clear_prefix(TEXT("p"), 3), 3);
        overlay_flush();
        for (uint8_t i = 1; i < 9; i++)
            assert_int_equal(shim_get((struct bytes){(const uint8_t[]){'p', i}, 2}, &value), i > 3);
        assert_int_equal(overlay_clear_prefix(TEXT("p"), UINT32_MAX), 6);
        overlay_flush();
        assert_int_equal(shim_key_count(), 0);
    }
}

static void clear_prefix_stops_at_its_limit(void **state) {
    (void)state;
    for (uint8_t i = 0; i < 9; i++)
        shim_put((struct bytes){(const uint8_t[]){'p', i}, 2}, TEXT("v"));
    assert_int_equal(overlay_clear_prefix(TEXT("p"), 4), 4);
    overlay_flush();
    assert_int_equal(shim_key_count(), 5);
}

static void long_values_are_read_whole(void **state) {
    (void)state;
    static uint8_t big[300000];
    for (size_t i = 0; i < sizeof big; i++)
        big[i] = (uint8_t)(i * 7);
    struct bytes value;
    shim_put(TEXT("big"), (struct bytes){big, sizeof big});
    assert_true(overlay_get(TEXT("big"), &value));
    assert_bytes_equal(value, ((struct bytes){big, sizeof big}));
}

static void open_too_many(void *context) {
    (void)context;
    for (int i = 0; i <= OVERLAY_MAX_DEPTH; i++)
        overlay_begin();
}
static void commit_without_begin(void *context) {
    (void)context;
    overlay_commit();
}
static void flush_inside(void *context) {
    (void)context;
    overlay_begin();
    overlay_flush();
}
static void unbalanced_transactions_trap(void **state) {
    assert_traps(open_too_many, NULL, "OVERLAY_MAX_DEPTH");
    fresh(state);
    assert_traps(commit_without_begin, NULL, "depth > 0");
    fresh(state);
    assert_traps(flush_inside, NULL, "depth == 0");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(behaves_as_a_map_with_snapshots, fresh),
        cmocka_unit_test_setup(blind_write_rolled_back_keeps_the_host_value, fresh),
        cmocka_unit_test_setup(one_host_write_for_many_changes, fresh),
        cmocka_unit_test_setup(appends_keep_order_and_roll_back, fresh),
        cmocka_unit_test_setup(a_list_that_was_appended_to_is_read_again, fresh),
        cmocka_unit_test_setup(next_key_sees_both_sides, fresh),
        cmocka_unit_test_setup(clear_prefix_takes_the_least_keys_whatever_is_known, fresh),
        cmocka_unit_test_setup(clear_prefix_stops_at_its_limit, fresh),
        cmocka_unit_test_setup(long_values_are_read_whole, fresh),
        cmocka_unit_test_setup(unbalanced_transactions_trap, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

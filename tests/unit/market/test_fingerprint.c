/* test_fingerprint.c - which fingerprints are well-formed, and which say the same. */
#include "unit.h"

#include "market/fingerprint.h"

/* Entries of index and bf16 value; up to three fingerprints at a time. */
static struct bytes fp(const uint16_t (*entries)[2], uint32_t count) {
    static uint8_t memory[3][FINGERPRINT_MAX_TOPK * FINGERPRINT_ENTRY + 16];
    static uint32_t turn;
    uint8_t *at = memory[turn = (turn + 1) % 3];
    for (uint32_t i = 0; i < count; i++) {
        store_u16(at + 4 * i, entries[i][0]);
        store_u16(at + 4 * i + 2, entries[i][1]);
    }
    return (struct bytes){at, 4 * count};
}
#define FP(...) fp((const uint16_t[][2]){__VA_ARGS__}, COUNT_OF(((const uint16_t[][2]){__VA_ARGS__})))

static const struct fingerprint_bounds exact = {0, 0, 1};

static void form(void **state) {
    (void)state;
    assert_true(fingerprint_well_formed(FP({0, 0}), 1));
    assert_true(fingerprint_well_formed(FP({3, 0x3F80}, {4, 0xBF80}, {65535, 0x7F00}), 3));
    assert_true(fingerprint_well_formed((struct bytes){NULL, 0}, 0));
    assert_false(fingerprint_well_formed(FP({3, 1}, {4, 2}), 1)); /* another length */
    assert_false(fingerprint_well_formed(FP({3, 1}, {4, 2}), 3));
    struct bytes cut = FP({3, 1}, {4, 2});
    cut.len--;
    assert_false(fingerprint_well_formed(cut, 2));
    assert_false(fingerprint_well_formed(FP({4, 1}, {4, 2}), 2)); /* not ascending */
    assert_false(fingerprint_well_formed(FP({5, 1}, {4, 2}), 2));
    assert_false(fingerprint_well_formed(FP({3, 0x7F80}), 1)); /* infinity and what is no number */
    assert_false(fingerprint_well_formed(FP({3, 0xFF80}), 1));
    assert_false(fingerprint_well_formed(FP({1, 0}, {3, 0x7FFF}), 2));
    uint16_t many[81][2];
    for (uint16_t i = 0; i < 81; i++) {
        many[i][0] = i;
        many[i][1] = 0x3F80;
    }
    assert_true(fingerprint_well_formed(fp((const uint16_t(*)[2])many, 80), 80));
    assert_false(fingerprint_well_formed(fp((const uint16_t(*)[2])many, 81), 81));
    assert_false(fingerprint_well_formed((struct bytes){NULL, 0}, 1u << 30)); /* 4 times it is 0 */
}

static bool match(struct bytes a, struct bytes b, const struct fingerprint_bounds *bounds) {
    bool one = fingerprint_match(a, b, bounds), other = fingerprint_match(b, a, bounds);
    assert_int_equal(one, other);
    return one;
}

static void sameness(void **state) {
    (void)state;
    assert_true(match(FP({3, 0x3F80}, {9, 0x4000}), FP({3, 0x3F80}, {9, 0x4000}), &exact));
    assert_false(match(FP({3, 0x3F80}), FP({4, 0x3F80}), &exact)); /* nothing in common */
    assert_false(match((struct bytes){NULL, 0}, (struct bytes){NULL, 0}, &(struct fingerprint_bounds){9, 9, 0}));
    /* Enough in common. */
    assert_true(match(FP({1, 5}, {3, 0x3F80}), FP({3, 0x3F80}, {7, 5}), &exact));
    assert_false(match(FP({1, 5}, {3, 0x3F80}), FP({3, 0x3F80}, {7, 5}), &(struct fingerprint_bounds){0, 0, 2}));
    /* A sign or an exponent that differs is a miss, the low bits a distance. */
    struct fingerprint_bounds one_miss = {1, 0, 1};
    assert_false(match(FP({1, 5}, {3, 0x3F80}), FP({1, 5}, {3, 0x3F00}), &exact));
    assert_true(match(FP({1, 5}, {3, 0x3F80}), FP({1, 5}, {3, 0x3F00}), &one_miss));
    assert_true(match(FP({1, 5}, {3, 0x3F80}), FP({1, 5}, {3, 0xBF80}), &one_miss));
    assert_false(match(FP({3, 0x3F80}), FP({3, 0x3F00}), &one_miss)); /* nothing is the same */
    struct fingerprint_bounds near = {0, 10, 1};
    assert_true(match(FP({1, 0x3F80}, {2, 0x3F80}), FP({1, 0x3F8A}, {2, 0x3F8A}), &near));
    assert_true(match(FP({1, 0x3F80}, {2, 0x3F80}), FP({1, 0x3F94}, {2, 0x3F80}), &near)); /* 20 over two */
    assert_false(match(FP({1, 0x3F80}, {2, 0x3F80}), FP({1, 0x3F95}, {2, 0x3F80}), &near));
    /* A miss adds nothing to the distance, and does not widen what is allowed. */
    struct fingerprint_bounds both = {1, 10, 1};
    assert_true(match(FP({1, 0x3F80}, {2, 0x3F80}), FP({1, 0x3F8A}, {2, 0x407F}), &both));
    assert_false(match(FP({1, 0x3F80}, {2, 0x3F80}), FP({1, 0x3F8B}, {2, 0x407F}), &both));
    assert_true(match(FP({1, 0x3FFF}), FP({1, 0x3F80}), &(struct fingerprint_bounds){0, 127, 1}));
    assert_true(match(FP({1, 0x3FFF}), FP({1, 0x3F80}), &(struct fingerprint_bounds){0, UINT32_MAX, 1}));
}

/* The design's example: a jitter of two steps is accepted, another model's values are not. */
static void near_and_far(void **state) {
    (void)state;
    uint64_t seed = 7;
    struct fingerprint_bounds bounds = {10, 10, 60};
    for (int round = 0; round < 200; round++) {
        uint16_t one[80][2], near[80][2], far[80][2];
        for (uint16_t i = 0; i < 80; i++) {
            one[i][0] = near[i][0] = far[i][0] = (uint16_t)(37 * i);
            one[i][1] = (uint16_t)(0x3F00 + next_random(&seed) % 0x400);
            int jittered = one[i][1] + (int)(next_random(&seed) % 5) - 2;
            near[i][1] = (uint16_t)jittered;
            far[i][1] = (uint16_t)(0x3F00 + next_random(&seed) % 0x400);
        }
        struct bytes a = fp((const uint16_t(*)[2])one, 80), b = fp((const uint16_t(*)[2])near, 80),
                     c = fp((const uint16_t(*)[2])far, 80);
        assert_true(match(a, b, &bounds));
        assert_false(match(a, c, &bounds));
        assert_true(match(a, a, &(struct fingerprint_bounds){0, 0, 80}));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(form, fresh),
        cmocka_unit_test_setup(sameness, fresh),
        cmocka_unit_test_setup(near_and_far, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_ints.c - wide arithmetic against its definition: quotient times divisor plus remainder gives the dividend, in
 * 256 bits; borders; square roots. */
#include "unit.h"

struct wide {
    u128 hi, lo;
};

/* Schoolbook product over 64-bit halves, independent of the code under test. */
static struct wide multiply(u128 a, u128 b) {
    u128 mask = UINT64_MAX, a0 = a & mask, a1 = a >> 64, b0 = b & mask, b1 = b >> 64;
    u128 low = a0 * b0, mid1 = a1 * b0, mid2 = a0 * b1;
    u128 mid = (low >> 64) + (mid1 & mask) + (mid2 & mask);
    return (struct wide){a1 * b1 + (mid1 >> 64) + (mid2 >> 64) + (mid >> 64), (mid << 64) | (low & mask)};
}

static bool less_or_equal(struct wide a, struct wide b) { return a.hi < b.hi || (a.hi == b.hi && a.lo <= b.lo); }
static struct wide plus(struct wide a, u128 b) {
    u128 lo = a.lo + b;
    return (struct wide){a.hi + (lo < b), lo};
}

static u128 random_wide(uint64_t *seed) {
    u128 v = (u128)next_random(seed) << 64 | next_random(seed);
    return v >> (next_random(seed) % 128);
}

static const u128 borders[] = {0, 1, 2, 3, 0xFFFFFFFFu, 0x100000000u, UINT64_MAX, (u128)UINT64_MAX + 1,
                               ((u128)1 << 96) - 1, (u128)1 << 96, ((u128)1 << 127) - 1, (u128)1 << 127,
                               U128_MAX - 1, U128_MAX, 1000000000, 1000000007, (u128)1 << 80 | 5};

static void check_mul_div(u128 a, u128 b, u128 c) {
    u128 floor_q = 0, ceil_q = 0;
    bool floor_ok = mul_div_floor(&floor_q, a, b, c), ceil_ok = mul_div_ceil(&ceil_q, a, b, c);
    if (c == 0) {
        assert_false(floor_ok);
        assert_false(ceil_ok);
        return;
    }
    struct wide product = multiply(a, b);
    if (product.hi >= c) { /* the quotient needs more than 128 bits */
        assert_false(floor_ok);
        assert_false(ceil_ok);
        return;
    }
    assert_true(floor_ok);
    struct wide back = multiply(floor_q, c);
    assert_true(less_or_equal(back, product));
    struct wide over = plus(back, c - 1);
    assert_true(less_or_equal(product, over));
    bool exact = back.hi == product.hi && back.lo == product.lo;
    if (exact)
        assert_true(ceil_ok && ceil_q == floor_q);
    else if (floor_q == U128_MAX)
        assert_false(ceil_ok);
    else
        assert_true(ceil_ok && ceil_q == floor_q + 1);
}

static void mul_div_holds_at_borders(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(borders); i++)
        for (size_t j = 0; j < COUNT_OF(borders); j++)
            for (size_t k = 0; k < COUNT_OF(borders); k++)
                check_mul_div(borders[i], borders[j], borders[k]);
}

static void mul_div_holds_for_random_values(void **state) {
    (void)state;
    uint64_t seed = 0x5EED;
    for (int i = 0; i < 200000; i++) {
        u128 a = random_wide(&seed), b = random_wide(&seed);
        check_mul_div(a, b, random_wide(&seed));
    }
}

static void division_agrees_with_the_compiler(void **state) {
    (void)state;
    uint64_t seed = 77;
    for (int i = 0; i < 200000; i++) {
        u128 a = random_wide(&seed), b = random_wide(&seed), rest;
        if (b == 0)
            continue;
        u128 quotient = div_u128(a, b, &rest);
        assert_true(quotient == a / b && rest == a % b);
    }
    for (size_t i = 0; i < COUNT_OF(borders); i++)
        for (size_t j = 1; j < COUNT_OF(borders); j++) {
            u128 rest, quotient = div_u128(borders[i], borders[j], &rest);
            assert_true(quotient == borders[i] / borders[j] && rest == borders[i] % borders[j]);
        }
}

static void checked_multiplication_sees_every_overflow(void **state) {
    (void)state;
    uint64_t seed = 3;
    for (int i = 0; i < 100000; i++) {
        u128 a = random_wide(&seed), b = random_wide(&seed), product;
        struct wide expected = multiply(a, b);
        bool ok = checked_mul_u128(&product, a, b);
        assert_int_equal(ok, expected.hi == 0);
        if (ok)
            assert_true(product == expected.lo);
        assert_true(saturating_mul_u128(a, b) == (ok ? expected.lo : U128_MAX));
    }
}

static void saturating_and_checked_add_sub(void **state) {
    (void)state;
    u128 wide;
    uint64_t u;
    uint32_t v;
    assert_true(checked_add_u128(&wide, U128_MAX - 1, 1) && wide == U128_MAX);
    assert_false(checked_add_u128(&wide, U128_MAX, 1));
    assert_true(checked_sub_u128(&wide, 5, 5) && wide == 0);
    assert_false(checked_sub_u128(&wide, 4, 5));
    assert_true(saturating_add_u128(U128_MAX, 7) == U128_MAX);
    assert_true(saturating_sub_u128(3, 7) == 0);
    assert_true(checked_mul_u64(&u, UINT32_MAX, UINT32_MAX) && u == 0xFFFFFFFE00000001u);
    assert_false(checked_mul_u64(&u, UINT64_MAX, 2));
    assert_true(saturating_mul_u64(UINT64_MAX, 2) == UINT64_MAX);
    assert_true(checked_sub_u32(&v, 9, 9) && v == 0);
    assert_false(checked_add_u32(&v, UINT32_MAX, 1));
    assert_int_equal(saturating_add_u32(UINT32_MAX, 1), UINT32_MAX);
    assert_int_equal(saturating_sub_u64(1, 2), 0);
}

static void square_roots_are_floors(void **state) {
    (void)state;
    uint64_t seed = 9;
    for (int i = 0; i < 20000; i++) {
        u128 x = i < 2000 ? (u128)i : random_wide(&seed), root = isqrt_u128(x), above;
        assert_true(root * root <= x);
        assert_true(!checked_mul_u128(&above, root + 1, root + 1) || above > x);
    }
    assert_true(isqrt_u128(U128_MAX) == UINT64_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mul_div_holds_at_borders),
        cmocka_unit_test(mul_div_holds_for_random_values),
        cmocka_unit_test(division_agrees_with_the_compiler),
        cmocka_unit_test(checked_multiplication_sees_every_overflow),
        cmocka_unit_test(saturating_and_checked_add_sub),
        cmocka_unit_test(square_roots_are_floors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

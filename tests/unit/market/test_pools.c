/* test_pools.c - shared income and shares of a pool that can be slashed: borders, and that nobody gains by rounding. */
#include "unit.h"

#include "market/accumulator.h"
#include "market/share_pool.h"

static u128 random_wide(uint64_t *seed, uint32_t bits) {
    u128 v = (u128)next_random(seed) << 64 | next_random(seed);
    return v >> (128 - bits + next_random(seed) % bits);
}

static void income_of_no_shares_waits(void **state) {
    (void)state;
    u128 acc = 7, carry = 5;
    assert_true(accumulator_add(&acc, &carry, 0, 10));
    assert_true(acc == 7 && carry == 15);
    assert_true(accumulator_add(&acc, &carry, 0, U128_MAX - 15) && carry == U128_MAX && acc == 7);
    assert_false(accumulator_add(&acc, &carry, 0, 1));
    assert_true(acc == 7 && carry == U128_MAX);
}

static void income_is_shared(void **state) {
    (void)state;
    u128 acc = 0, carry = 0, due;
    assert_true(accumulator_add(&acc, &carry, 4, 10));
    assert_true(acc == (u128)10 << 46 && carry == 0);
    assert_true(accumulator_due(&due, 3, acc, 0) && due == 7); /* floor of 7.5 */
    /* A third of one unit cannot be said in 2^-48: what is left over stays in carry. */
    acc = 0;
    assert_true(accumulator_add(&acc, &carry, 3, 1));
    assert_true(acc == ((u128)1 << 48) / 3 && carry == 0);
    assert_true(accumulator_add(&acc, &carry, (u128)1 << 60, 4095));
    assert_true(carry == 4095); /* less than 2^-48 a share: all of it waits */
    assert_true(accumulator_add(&acc, &carry, (u128)1 << 60, 1) && carry == 0);
    assert_true(accumulator_due(&due, 0, acc, 0) && due == 0);
    assert_true(accumulator_due(&due, 9, acc, acc) && due == 0);
    assert_false(accumulator_due(&due, 1, acc, acc + 1));
}

static void income_that_does_not_fit(void **state) {
    (void)state;
    u128 acc = U128_MAX, carry = 3, due;
    assert_false(accumulator_add(&acc, &carry, 1, 1));
    assert_false(accumulator_add(&acc, &carry, 1, U128_MAX));
    acc = 0;
    assert_false(accumulator_add(&acc, &carry, 1, ((u128)1 << 80) - 3));
    assert_true(acc == 0 && carry == 3);
    assert_true(accumulator_add(&acc, &carry, 1, ((u128)1 << 80) - 4)); /* the most */
    assert_true(acc == (((u128)1 << 80) - 1) << 48 && carry == 0);
    assert_true(accumulator_due(&due, 1, acc, 0) && due == ((u128)1 << 80) - 1);
    assert_true(accumulator_due(&due, (u128)1 << 47, U128_MAX, 0) && due == U128_MAX >> 1); /* through 256 bits */
    assert_true(accumulator_due(&due, (u128)1 << 48, U128_MAX, 0) && due == U128_MAX);
    assert_false(accumulator_due(&due, (u128)1 << 49, U128_MAX, 0));
}

/* 20,000 random operations of 20 holders: paid + owed + carry is never more than came in, and nearly all of it. */
static void income_is_never_overpaid(void **state) {
    (void)state;
    u128 held[20] = {0}, since[20] = {0}, acc = 0, carry = 0, shares = 0, came = 0, went = 0;
    uint64_t seed = 77;
    for (int i = 0; i < 20000; i++) {
        uint64_t who = next_random(&seed) % 20, kind = next_random(&seed) % 3;
        u128 due;
        assert_true(accumulator_due(&due, held[who], acc, since[who]));
        since[who] = acc;
        went += due;
        if (kind == 0) {
            u128 more = random_wide(&seed, 50);
            held[who] += more;
            shares += more;
        } else if (kind == 1) {
            u128 less = held[who] ? random_wide(&seed, 50) % (held[who] + 1) : 0;
            held[who] -= less;
            shares -= less;
        } else {
            u128 income = random_wide(&seed, 47);
            assert_true(accumulator_add(&acc, &carry, shares, income));
            came += income;
        }
        assert_true(went + carry <= came);
    }
    u128 owed = 0, due;
    for (int who = 0; who < 20; who++) {
        assert_true(accumulator_due(&due, held[who], acc, since[who]));
        owed += due;
    }
    assert_true(went + owed + carry <= came);
    assert_true(came - went - owed - carry < 40000); /* less than two units an operation */
}

static void shares_at_borders(void **state) {
    (void)state;
    u128 out;
    assert_true(share_pool_mint(&out, 0, 0, 5) && out == 5);
    assert_true(share_pool_mint(&out, 0, 0, 0) && out == 0);
    assert_true(share_pool_mint(&out, 99, 9, 95) && out == 9); /* 95 * 10 / 100 */
    assert_true(share_pool_mint(&out, U128_MAX - 1, U128_MAX - 1, U128_MAX) && out == U128_MAX);
    assert_false(share_pool_mint(&out, U128_MAX, 1, 1));
    assert_false(share_pool_mint(&out, 1, U128_MAX, 1));
    assert_false(share_pool_mint(&out, 0, U128_MAX - 1, 2));

    assert_true(share_pool_worth(&out, 50, 7, 7) && out == 50); /* all shares take all tokens */
    assert_true(share_pool_worth(&out, 50, 7, 0) && out == 0);
    assert_true(share_pool_worth(&out, 50, 7, 6) && out == 38); /* 6 * 51 / 8 */
    assert_true(share_pool_worth(&out, 0, 0, 0) && out == 0);
    assert_true(share_pool_worth(&out, 0, 9, 8) && out == 0); /* the virtual token pays nobody */
    assert_true(share_pool_worth(&out, U128_MAX, 9, 9) && out == U128_MAX);
    assert_false(share_pool_worth(&out, U128_MAX, 9, 8));

    assert_true(sub_pool_mint(&out, 0, 0, 8) && out == 8);
    assert_true(sub_pool_mint(&out, 10, 20, 3) && out == 6);
    assert_false(sub_pool_mint(&out, 0, 20, 3)); /* wiped */
    assert_false(sub_pool_mint(&out, 1, U128_MAX, 2));
    assert_true(sub_pool_worth(10, 20, 20) == 10 && sub_pool_worth(10, 20, 19) == 9 && sub_pool_worth(10, 20, 0) == 0);
    assert_true(sub_pool_worth(0, 20, 20) == 0 && sub_pool_worth(0, 20, 7) == 0 && sub_pool_worth(5, 0, 0) == 0);
    assert_true(sub_pool_worth(U128_MAX, U128_MAX, U128_MAX - 1) == U128_MAX - 1);
}

/* Joining and leaving at once never gains, whatever the rate; nor does leaving in two steps; nor are others made poorer. */
static void rounding_is_for_the_pool(void **state) {
    (void)state;
    uint64_t seed = 5;
    for (int i = 0; i < 50000; i++) {
        u128 tokens = random_wide(&seed, 70), shares = tokens ? random_wide(&seed, 75) : 0, amount = random_wide(&seed, 70);
        u128 minted, back, part, first, second, before, after;
        /* The contract of a pool: no tokens without shares, and none may join one that is nearly wiped. */
        shares = min_u128(shares, 1000 * tokens);
        if (shares == 0)
            tokens = 0;
        assert_true(share_pool_mint(&minted, tokens, shares, amount));
        if (shares) {
            assert_true(share_pool_worth(&back, tokens + amount, shares + minted, minted));
            assert_true(back <= amount);
            assert_true(share_pool_worth(&before, tokens, shares, shares - 1));
            assert_true(share_pool_worth(&after, tokens + amount, shares + minted, shares - 1));
            assert_true(after >= before);
        } else {
            assert_true(minted == amount);
        }
        if (shares < 2)
            continue;
        part = random_wide(&seed, 75) % (shares - 1);
        u128 half = part / 2;
        assert_true(share_pool_worth(&back, tokens, shares, part));
        assert_true(share_pool_worth(&first, tokens, shares, half));
        assert_true(share_pool_worth(&second, tokens - first, shares - half, part - half));
        assert_true(first + second <= back + 1 && back <= tokens);
        assert_true(sub_pool_worth(tokens, shares, part) <= tokens);
        if (tokens && sub_pool_mint(&minted, tokens, shares, amount))
            assert_true(sub_pool_worth(tokens + amount, shares + minted, minted) <= amount);
    }
}

/* The first holder cannot make the shares so dear that the second gets none for what he brings: tokens only come with
 * shares, so the rate starts at one and falls only. */
static void the_first_holder_sets_no_rate(void **state) {
    (void)state;
    u128 tokens = 1, shares = 1, minted;
    assert_true(share_pool_mint(&minted, tokens, shares, 1000000) && minted == 1000000);
    /* A slash makes shares cheaper. */
    assert_true(share_pool_mint(&minted, 499, 999, 100) && minted == 200);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(income_of_no_shares_waits, fresh), cmocka_unit_test_setup(income_is_shared, fresh),
        cmocka_unit_test_setup(income_that_does_not_fit, fresh),  cmocka_unit_test_setup(income_is_never_overpaid, fresh),
        cmocka_unit_test_setup(shares_at_borders, fresh),         cmocka_unit_test_setup(rounding_is_for_the_pool, fresh),
        cmocka_unit_test_setup(the_first_holder_sets_no_rate, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

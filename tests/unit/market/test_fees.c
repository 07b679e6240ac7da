/* test_fees.c - fees, points and emission; reputation. */
#include "unit.h"

#include "config.h"
#include "market/fee_split.h"
#include "market/reputation.h"

static const struct fee_ppb usual = {780000000, 100000000, 0, 30000000};

static u128 random_wide(uint64_t *seed) {
    u128 v = (u128)next_random(seed) << 64 | next_random(seed);
    return v >> (next_random(seed) % 128);
}

static void parts(void **state) {
    (void)state;
    assert_true(part_of(0, PPB) == 0 && part_of(U128_MAX, 0) == 0);
    assert_true(part_of(U128_MAX, PPB) == U128_MAX && part_of(UINT64_MAX, PPB) == UINT64_MAX);
    assert_true(part_of(999999999, 1) == 0 && part_of(1000000000, 1) == 1);
    uint64_t seed = 21;
    for (int i = 0; i < 100000; i++) {
        u128 amount = random_wide(&seed), expected;
        uint32_t ppb = (uint32_t)(next_random(&seed) % (PPB + 1ull));
        assert_true(mul_div_floor(&expected, amount, ppb, PPB));
        assert_true(part_of(amount, ppb) == expected);
    }
    /* Where the narrow way ends. */
    for (u128 amount = (u128)UINT64_MAX - 3; amount < (u128)UINT64_MAX + 5; amount++) {
        u128 expected;
        assert_true(mul_div_floor(&expected, amount, 123456789, PPB));
        assert_true(part_of(amount, 123456789) == expected);
    }
}

static void a_fee(void **state) {
    (void)state;
    struct fee_parts p = fee_split(UNIT, &usual, PPB);
    assert_true(p.provider == 780000000000 && p.model == 100000000000 && p.treasury == 30000000000 && p.burn == 90000000000);
    p = fee_split(UNIT, &usual, 0); /* no royalty: the provider's */
    assert_true(p.provider == 880000000000 && p.model == 0 && p.burn == 90000000000);
    p = fee_split(UNIT, &usual, PPB / 4);
    assert_true(p.provider == 855000000000 && p.model == 25000000000 && p.burn == 90000000000);
    struct fee_ppb audited = {700000000, 100000000, 40000000, 30000000};
    p = fee_split(1000, &audited, PPB); /* the auditors' part is burned */
    assert_true(p.provider == 700 && p.model == 100 && p.treasury == 30 && p.burn == 170);
    p = fee_split(1, &usual, PPB); /* all floors: burned */
    assert_true(p.provider == 0 && p.model == 0 && p.treasury == 0 && p.burn == 1);
    p = fee_split(0, &usual, PPB);
    assert_true(p.provider == 0 && p.model == 0 && p.treasury == 0 && p.burn == 0);
    p = fee_split(U128_MAX, &usual, PPB);
    assert_true(p.provider + p.model + p.treasury + p.burn == U128_MAX);
}

static void fees_add_up(void **state) {
    (void)state;
    uint64_t seed = 8;
    for (int i = 0; i < 50000; i++) {
        u128 fee = random_wide(&seed);
        uint32_t royalty = (uint32_t)(next_random(&seed) % (PPB + 1ull));
        struct fee_parts p = fee_split(fee, &usual, royalty);
        assert_true(p.provider + p.model + p.treasury + p.burn == fee);
        assert_true(p.burn >= part_of(fee, 90000000) && p.burn <= part_of(fee, 90000000) + 3);
        assert_true(p.provider >= part_of(fee, usual.provider) && p.model <= part_of(fee, usual.model));
        struct fee_points points = fee_points_of(p.burn, royalty != 0);
        assert_true(points.provider + points.model + points.client == p.burn);
        assert_true(points.client >= part_of(p.burn, 150000000) && (royalty || points.model == 0));
        assert_true(points.provider == part_of(p.burn, 700000000) + (royalty ? 0 : part_of(p.burn, 150000000)));
    }
}

static void budgets(void **state) {
    (void)state;
    assert_true(work_budget(100, 900000000, 50) == 45 && work_budget(40, 900000000, 50) == 40);
    assert_true(work_budget(U128_MAX, PPB, U128_MAX) == U128_MAX && work_budget(5, 0, 50) == 0);
    assert_true(work_due(45, 25, 50) == 22 && work_due(45, 50, 50) == 45 && work_due(45, 0, 50) == 0);
    assert_true(work_due(45, 0, 0) == 0 && work_due(45, 5, 0) == 0); /* nothing burned: nothing to get */
    assert_true(work_due(U128_MAX, U128_MAX, U128_MAX) == U128_MAX);
    u128 c = 20000 * UNIT, start = c;
    for (int day = 0; day < 730; day++) {
        u128 next = capacity_after(c);
        assert_true(next == c - part_of(c, 949509));
        c = next;
    }
    assert_true(c > start / 2 - start / 1000 && c < start / 2 + start / 1000); /* halves in two years */
    assert_true(capacity_after(1000949) == 0 && capacity_after(1000950) == 1000000 && capacity_after(0) == 0);
    int days = 0;
    for (c = start; c; c = capacity_after(c))
        days++;
    assert_int_equal(days, 24969); /* it ends: after 68 years */
}

/* Washing one's own fees: whatever the roles, what is minted is not more than kappa of what was burned for it. */
static void washing_pays_nothing(void **state) {
    (void)state;
    uint64_t seed = 99;
    for (int i = 0; i < 100000; i++) {
        u128 fee = next_random(&seed) >> 10, others = next_random(&seed) >> (next_random(&seed) % 60);
        uint32_t royalty = next_random(&seed) % 2 ? 0 : PPB, kappa = (uint32_t)(next_random(&seed) % (PPB + 1ull));
        struct fee_parts p = fee_split(fee, &usual, royalty);
        u128 burned = p.burn + others, budget = work_budget(next_random(&seed) >> 8, kappa, burned);
        struct fee_points points = fee_points_of(p.burn, royalty != 0);
        u128 minted = work_due(budget, points.provider, burned) + work_due(budget, points.model, burned) +
                      work_due(budget, points.client, burned);
        assert_true(minted <= part_of(p.burn, kappa));
    }
}

/* --- reputation --- */
#define ONE (1ull << 32)

static void a_new_score(void **state) {
    (void)state;
    struct reputation r = {0, 0};
    assert_int_equal(reputation_ppm(r), 500000);
    assert_int_equal(reputation_ppm((struct reputation){ONE, 0}), 666666);
    assert_int_equal(reputation_ppm((struct reputation){0, ONE}), 333333);
    r = reputation_after(r, true, 10, 10);
    assert_true(r.good == ONE / 2 && r.bad == 0); /* fee = average: half a weight */
    r = reputation_after((struct reputation){ONE, ONE}, false, 0, 10);
    assert_true(r.good == ONE && r.bad == ONE); /* no fee, no weight, no decay */
    r = reputation_after((struct reputation){ONE, ONE}, true, 0, 0);
    assert_true(r.good == ONE && r.bad == ONE);
    r = reputation_after((struct reputation){ONE, ONE}, false, 5, 0); /* the whole weight */
    assert_true(r.good == ONE - ONE / 50 && r.bad == ONE - ONE / 50 + ONE);
    r = reputation_after((struct reputation){0, 0}, true, U128_MAX, U128_MAX);
    assert_true(r.good == ONE && r.bad == 0); /* sums that do not fit end at the top */
}

/* The sides stay below 2^38, whatever comes; the score within its limits. */
static void scores_are_bounded(void **state) {
    (void)state;
    struct reputation r = {0, 0};
    for (int i = 0; i < 20000; i++) {
        r = reputation_after(r, true, UNIT, 0);
        assert_true(r.good < 1ull << 38 && reputation_ppm(r) < 1000000);
    }
    assert_true(r.good / ONE == 49 || r.good / ONE == 50);
    uint32_t best = reputation_ppm(r);
    assert_true(best > 980000);
    for (int i = 0; i < 20000; i++)
        r = reputation_after(r, false, UNIT, 0);
    assert_true(r.bad < 1ull << 38 && reputation_ppm(r) < 20000 && reputation_ppm(r) > 0);
}

/* A failure cannot be washed away by dust: a thousand jobs of a thousandth weigh what one whole job does. */
static void dust_washes_nothing_away(void **state) {
    (void)state;
    struct reputation fallen = reputation_after((struct reputation){0, 0}, false, 1000 * UNIT, 10 * UNIT), dust = fallen;
    for (int i = 0; i < 1000; i++)
        dust = reputation_after(dust, true, UNIT / 1000, 10 * UNIT);
    struct reputation one = reputation_after(fallen, true, UNIT, 9 * UNIT);
    uint32_t by_dust = reputation_ppm(dust), by_one = reputation_ppm(one);
    assert_true(by_dust <= by_one + 1000 && by_one <= by_dust + 1000);
}

static void success_helps_and_failure_hurts(void **state) {
    (void)state;
    uint64_t seed = 31;
    for (int i = 0; i < 50000; i++) {
        struct reputation r = {next_random(&seed) >> 27, next_random(&seed) >> 27};
        u128 fee = next_random(&seed) >> (next_random(&seed) % 64), average = next_random(&seed) >> 20;
        uint32_t before = reputation_ppm(r);
        /* At the very ends of the range decay towards the middle may outweigh the step. */
        struct reputation up = reputation_after(r, true, fee, average), down = reputation_after(r, false, fee, average);
        assert_true(reputation_ppm(up) >= reputation_ppm(down));
        assert_true(up.good + up.bad == down.good + down.bad);
        if (r.good < 49 * ONE && r.bad < 49 * ONE && r.good + r.bad < 50 * ONE && r.bad >= r.good)
            assert_true(reputation_ppm(up) + 1 >= before);
        if (r.good < 49 * ONE && r.bad < 49 * ONE && r.good + r.bad < 50 * ONE && r.good >= r.bad)
            assert_true(reputation_ppm(down) <= before + 1);
    }
}

static void means(void **state) {
    (void)state;
    assert_true(ema_after(80, 160) == 90 && ema_after(80, 0) == 70 && ema_after(80, 80) == 80);
    assert_true(ema_after(80, 87) == 80 && ema_after(80, 73) == 80); /* towards zero on both sides */
    assert_true(ema_after(0, U128_MAX) == U128_MAX / 8 && ema_after(U128_MAX, 0) == U128_MAX - U128_MAX / 8);
    u128 average = 0;
    for (int i = 0; i < 400; i++)
        average = ema_after(average, UNIT);
    assert_true(average <= UNIT && UNIT - average < 8);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(parts, fresh),
        cmocka_unit_test_setup(a_fee, fresh),
        cmocka_unit_test_setup(fees_add_up, fresh),
        cmocka_unit_test_setup(budgets, fresh),
        cmocka_unit_test_setup(washing_pays_nothing, fresh),
        cmocka_unit_test_setup(a_new_score, fresh),
        cmocka_unit_test_setup(scores_are_bounded, fresh),
        cmocka_unit_test_setup(dust_washes_nothing_away, fresh),
        cmocka_unit_test_setup(success_helps_and_failure_hurts, fresh),
        cmocka_unit_test_setup(means, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_slash.c - how much a slash takes and from whom: the operator first, everybody pro rata, not a unit more or less. */
#include "unit.h"

#include "market/fee_split.h"
#include "market/slash.h"

enum { HALF = 500000000, MOST = 24 };

static u128 total_of(const struct slash_buckets *b) {
    u128 sum = b->self_bond + b->tokens;
    for (uint32_t i = 0; i < b->leaving_len; i++)
        sum += b->leaving[i].tokens + b->leaving[i].self_tokens;
    return sum;
}

static u128 own_of(const struct slash_buckets *b) {
    u128 sum = b->self_bond;
    for (uint32_t i = 0; i < b->leaving_len; i++)
        sum += b->leaving[i].self_tokens;
    return sum;
}

static void amounts(void **state) {
    (void)state;
    struct slash_leaving leaving[2] = {{10, 20}, {30, 40}};
    struct slash_buckets b = {100, 800, leaving, 2};
    assert_true(slash_amount(&b, 0, 0) == 0);
    assert_true(slash_amount(&b, PPB, 0) == 1000);
    assert_true(slash_amount(&b, UINT64_MAX, 0) == 1000);
    assert_true(slash_amount(&b, 1000000, 0) == 1);
    assert_true(slash_amount(&b, 999999, 0) == 0); /* floor */
    assert_true(slash_amount(&b, 1000000, 7) == 8);
    assert_true(slash_amount(&b, 1000000, U128_MAX) == 1000);
    struct slash_buckets none = {0, 0, NULL, 0};
    assert_true(slash_amount(&none, PPB, U128_MAX) == 0);
    assert_true(slash_spread(&none, 0, HALF) == 0);
    assert_true(b.self_bond == 100 && b.tokens == 800 && leaving[1].self_tokens == 40);
}

/* The operator alone up to half of what is its own; then all by the same part. */
static void the_operator_first(void **state) {
    (void)state;
    struct slash_buckets b = {1000, 9000, NULL, 0};
    assert_true(slash_spread(&b, 500, HALF) == 500);
    assert_true(b.self_bond == 500 && b.tokens == 9000);
    /* 250 first, 750 left over 250 and 9,000: floors 20 and 729, the one unit left from the operator. */
    assert_true(slash_spread(&b, 1000, HALF) == 271);
    assert_true(b.self_bond == 229 && b.tokens == 8271);
    assert_true(slash_spread(&b, 8500, HALF) == 229);
    assert_true(total_of(&b) == 0);
}

/* Money that the operator is taking out pays like the bond: after the bond, the newest first. */
static void leaving_does_not_help(void **state) {
    (void)state;
    struct slash_leaving leaving[3] = {{5, 100}, {0, 200}, {7, 300}};
    struct slash_buckets b = {400, 0, leaving, 3};
    assert_true(slash_spread(&b, 500, HALF) == 500);
    assert_true(b.self_bond == 0 && leaving[2].self_tokens == 200 && leaving[1].self_tokens == 200);
    assert_true(leaving[0].self_tokens == 100 && leaving[0].tokens == 5 && leaving[2].tokens == 7);
    /* The same as if it had stayed. */
    struct slash_buckets stayed = {1000, 12, NULL, 0};
    assert_true(slash_spread(&stayed, 500, HALF) == 500 && stayed.self_bond == own_of(&b));
}

/* What the floors leave is taken in the order bond, tokens, then by epoch tokens and own. */
static void what_floors_leave(void **state) {
    (void)state;
    struct slash_leaving leaving[2] = {{1, 1}, {1, 1}};
    struct slash_buckets b = {1, 1, leaving, 2};
    assert_true(slash_spread(&b, 4, 0) == 2); /* each floor is 0; bond, tokens, the first epoch's two */
    assert_true(b.self_bond == 0 && b.tokens == 0 && leaving[0].tokens == 0 && leaving[0].self_tokens == 0);
    assert_true(leaving[1].tokens == 1 && leaving[1].self_tokens == 1);
    assert_true(slash_spread(&b, 2, PPB) == 1);
    assert_true(total_of(&b) == 0);
}

/* T1, while all of a slash is burned: over 100,000 random pools the cuts add up to X, no bucket pays more than it holds, the
 * operator at least its first loss, delegators pro rata and at most what
 * the floors of all buckets leave. */
static void conservation(void **state) {
    (void)state;
    uint64_t seed = 4;
    for (int round = 0; round < 100000; round++) {
        struct slash_leaving leaving[MOST], was[MOST];
        uint32_t bits = 2 + (uint32_t)(next_random(&seed) % 60), n = (uint32_t)(next_random(&seed) % (round % 50 ? 4 : MOST));
        for (uint32_t i = 0; i < n; i++)
            leaving[i] = was[i] = (struct slash_leaving){next_random(&seed) >> (64 - bits),
                                                         next_random(&seed) % 3 ? 0 : next_random(&seed) >> (64 - bits)};
        struct slash_buckets b = {next_random(&seed) >> (64 - bits), next_random(&seed) >> (64 - bits), leaving, n}, a = b;
        u128 total = total_of(&b), own = own_of(&b);
        uint64_t ppb = next_random(&seed) % (PPB + 1);
        u128 x = slash_amount(&b, ppb, next_random(&seed) >> (65 - bits));
        assert_true(x <= total && x >= part_of(total, (uint32_t)ppb));
        u128 first = min_u128(x, part_of(own, HALF)), taken = slash_spread(&a, x, HALF);
        assert_true(total - total_of(&a) == x);
        assert_true(taken == own - own_of(&a) && taken >= first);
        u128 rest = x - first, base = total - first;
        assert_true(a.self_bond <= b.self_bond && a.tokens <= b.tokens);
        for (uint32_t i = 0; i < n; i++)
            assert_true(leaving[i].tokens <= was[i].tokens && leaving[i].self_tokens <= was[i].self_tokens);
        assert_true(base == 0 || b.tokens - a.tokens >= rest * b.tokens / base);
        assert_true(base == 0 || b.tokens - a.tokens <= rest * b.tokens / base + 2 * n + 1);
    }
}

/* A greater slash is at no bucket's advantage beyond the one unit of rounding. */
static void more_takes_more(void **state) {
    (void)state;
    u128 last_self = 1001, last_tokens = 3001, last_leaving = 501;
    for (u128 x = 0; x <= 4500; x++) {
        struct slash_leaving leaving = {500, 0};
        struct slash_buckets b = {1000, 3000, &leaving, 1};
        slash_spread(&b, x, HALF);
        assert_true(b.self_bond <= last_self + 2 && b.tokens <= last_tokens + 1 && leaving.tokens <= last_leaving + 1);
        last_self = b.self_bond;
        last_tokens = b.tokens;
        last_leaving = leaving.tokens;
    }
    assert_true(last_self == 0 && last_tokens == 0 && last_leaving == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(amounts, fresh),           cmocka_unit_test_setup(the_operator_first, fresh),
        cmocka_unit_test_setup(leaving_does_not_help, fresh), cmocka_unit_test_setup(what_floors_leave, fresh),
        cmocka_unit_test_setup(conservation, fresh),      cmocka_unit_test_setup(more_takes_more, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

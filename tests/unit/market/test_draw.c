/* test_draw.c - keys of the weighted draw against the design's vectors and its own definition; price classes. */
#include "unit.h"

#include "market/draw.h"
#include "market/price_tick.h"

/* The definition, in the words of the rule. */
static uint32_t squared_out(uint64_t x) {
    uint32_t e = 63 - (uint32_t)__builtin_clzll(x), bits = 0;
    u128 m = (u128)x << (63 - e);
    for (int i = 0; i < 24; i++) {
        m = m * m >> 63;
        uint32_t bit = (uint32_t)(m >> 64);
        if (bit)
            m >>= 1;
        bits = bits << 1 | bit;
    }
    return e << 24 | bits;
}

static void logarithms(void **state) {
    (void)state;
    assert_int_equal(log2q(1), 0);
    assert_int_equal(log2q(2), 1 << 24);
    assert_int_equal(log2q(3), 26591258);
    assert_int_equal(log2q(UINT64_MAX), 1073741823);
    for (uint32_t e = 0; e < 64; e++) {
        assert_int_equal(log2q(1ull << e), e << 24);
        for (uint64_t d = 0; d < 200; d++)
            if ((1ull << e) > d)
                assert_int_equal(log2q((1ull << e) - d), squared_out((1ull << e) - d));
    }
    uint64_t seed = 11;
    for (int i = 0; i < 300000; i++) {
        uint64_t x = next_random(&seed) >> next_random(&seed) % 64;
        if (x && log2q(x) != squared_out(x))
            fail_msg("log2q(%llu)", (unsigned long long)x);
    }
}

/* Where the estimate changes its side, and on both sides of every step of a coarse walk over one octave. */
static void logarithms_at_seams(void **state) {
    (void)state;
    const uint64_t seam = 0xB504F33400000000;
    for (uint64_t d = 0; d < 2000; d++) {
        assert_int_equal(log2q(seam + d), squared_out(seam + d));
        assert_int_equal(log2q(seam - d), squared_out(seam - d));
    }
    uint64_t low = 1ull << 63;
    for (int step = 0; step < 300; step++) {
        /* The least number with a greater logarithm, by halving: the estimate has least room there. */
        uint64_t from = low, to = low + (1ull << 45);
        uint32_t here = squared_out(low);
        while (to - from > 1) {
            uint64_t middle = from + (to - from) / 2;
            *(squared_out(middle) > here ? &to : &from) = middle;
        }
        assert_int_equal(log2q(from), squared_out(from));
        assert_int_equal(log2q(to), squared_out(to));
        assert_true(log2q(from) < log2q(to));
        low += (1ull << 63) / 300;
    }
}

static u128 decimal(const char *text) {
    u128 v = 0;
    for (; *text; text++)
        v = 10 * v + (uint8_t)(*text - '0');
    return v;
}

static void the_designs_keys(void **state) {
    (void)state;
    const uint8_t seed[32] = {0};
    u128 keys[8];
    for (uint8_t i = 0; i < 8; i++) {
        uint8_t account[32];
        memset(account, i + 1, 32);
        keys[i] = draw_key(seed, account, 1000u * (i + 1));
    }
    assert_true(keys[3] == decimal("2190477071776714416193"));
    assert_true(keys[5] == decimal("19379131678457855284172"));
    assert_true(keys[4] == decimal("36059562498730100790185"));
    for (int i = 0; i < 8; i++)
        assert_true(keys[i] == keys[3] || keys[i] > keys[3]);
}

/* A key is the quotient by the weight, whatever its size; a greater weight never makes a worse key. */
static void keys_by_weight(void **state) {
    (void)state;
    uint64_t random = 3;
    for (int i = 0; i < 3000; i++) {
        uint8_t seed[32], account[32];
        for (int j = 0; j < 32; j += 8) {
            store_u64(seed + j, next_random(&random));
            store_u64(account + j, next_random(&random));
        }
        u128 whole = draw_key(seed, account, 1), rest;
        assert_true((uint64_t)whole == 0 && whole >> 64 <= 1u << 30 && whole >> 64 > 0);
        uint64_t weight = (next_random(&random) >> next_random(&random) % 64) | 1;
        assert_true(draw_key(seed, account, weight) == div_u128(whole, weight, &rest));
        assert_true(draw_key(seed, account, weight) >= draw_key(seed, account, UINT64_MAX));
        assert_true(draw_key(seed, account, UINT32_MAX) == div_u128(whole, UINT32_MAX, &rest));
        assert_true(draw_key(seed, account, 1ull << 32) == whole >> 32);
    }
}

/* Who wins first wins in proportion to the weight: 8 candidates with weights 1 to 8, 20,000 draws. */
static void wins_follow_weights(void **state) {
    (void)state;
    uint32_t wins[8] = {0};
    for (uint32_t draw = 0; draw < 20000; draw++) {
        uint8_t seed[32] = {0}, best = 0;
        u128 least = U128_MAX;
        store_u32(seed, draw);
        for (uint8_t i = 0; i < 8; i++) {
            uint8_t account[32];
            memset(account, 0x40 + i, 32);
            u128 key = draw_key(seed, account, i + 1u);
            if (key < least) {
                least = key;
                best = i;
            }
        }
        wins[best]++;
    }
    for (uint32_t i = 0; i < 8; i++) {
        int32_t fair = (int32_t)(20000 * (i + 1) / 36), off = (int32_t)wins[i] - fair;
        if (off * off > 16 * fair) /* four deviations */
            fail_msg("weight %u won %u times instead of %d", i + 1, wins[i], fair);
    }
}

static void price_classes(void **state) {
    (void)state;
    static const struct {
        uint64_t price;
        uint8_t tick;
    } known[] = {{1, 0}, {2, 4}, {3, 6}, {4, 8}, {5, 9}, {1000000000, 119}, {1000000000000, 159}, {UINT64_MAX, 255}};
    for (size_t i = 0; i < COUNT_OF(known); i++)
        assert_int_equal(price_tick(known[i].price), known[i].tick);
    bool seen[256] = {false};
    uint8_t last = 0;
    uint64_t first = 1; /* the least price of `last` */
    for (uint64_t price = 1; price < 100000; price++) {
        uint8_t tick = price_tick(price);
        seen[tick] = true;
        assert_true(tick >= last);
        if (tick > last) {
            first = price;
            last = tick;
        }
        assert_true(4 * (price - first) < first || price == first); /* less than 25 % wide */
    }
    assert_true(!seen[1] && !seen[2] && !seen[3] && !seen[5] && !seen[7] && seen[8]);
    for (uint32_t e = 2; e < 64; e++)
        for (uint32_t quarter = 0; quarter < 4; quarter++) {
            uint64_t least = (1ull << e) + quarter * (1ull << (e - 2));
            assert_int_equal(price_tick(least), 4 * e + quarter);
            assert_int_equal(price_tick(least + (1ull << (e - 2)) - 1), 4 * e + quarter);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(logarithms, fresh),      cmocka_unit_test_setup(logarithms_at_seams, fresh),
        cmocka_unit_test_setup(the_designs_keys, fresh), cmocka_unit_test_setup(keys_by_weight, fresh),
        cmocka_unit_test_setup(wins_follow_weights, fresh), cmocka_unit_test_setup(price_classes, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

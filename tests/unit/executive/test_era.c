/* test_era.c - mortal eras: every encoding, birth and death at each border. */
#include "executive/era.h"
#include "unit.h"

static struct era decode(uint8_t a, uint8_t b, uint32_t len, bool *good, uint32_t *left) {
    const uint8_t bytes[2] = {a, b};
    struct reader in = reader_over((struct bytes){bytes, len}, NULL);
    struct era era = era_decode(&in);
    *good = !in.failed;
    *left = reader_left(&in);
    return era;
}

static void immortal_is_one_zero_byte(void **state) {
    (void)state;
    bool good;
    uint32_t left;
    struct era era = decode(0, 9, 2, &good, &left);
    assert_true(good);
    assert_int_equal(left, 1);
    assert_int_equal(era.period, 0);
    assert_int_equal(era_birth(era, 77), 0);
    assert_true(era_death(era, 77) == UINT64_MAX);
    decode(0, 0, 0, &good, &left);
    assert_false(good);
    decode(1, 0, 1, &good, &left);
    assert_false(good);
}

static void every_two_byte_form(void **state) {
    (void)state;
    uint32_t accepted = 0;
    for (uint32_t code = 0; code < 65536; code++) {
        if ((code & 255) == 0)
            continue;
        bool good;
        uint32_t left, log = code % 16 + 1, period = 1;
        struct era era = decode((uint8_t)code, (uint8_t)(code >> 8), 2, &good, &left);
        for (uint32_t i = 0; i < log; i++)
            period *= 2;
        uint32_t step = period > 4096 ? period / 4096 : 1, phase = code / 16 * step;
        bool expected = period >= 4 && phase < period;
        assert_int_equal(good, expected);
        if (!expected)
            continue;
        accepted++;
        assert_int_equal(era.period, period);
        assert_int_equal(era.phase, phase);
        assert_int_equal(left, 0);
    }
    /* Each period of 2^2 to 2^16 has as many phases as it is long, at most 4096. 256 of the codes begin with a zero byte;
     * those are immortal eras. All of them name period 2, which is none. */
    uint32_t all = 0;
    for (uint32_t log = 2; log <= 16; log++)
        all += log < 12 ? 1u << log : 4096;
    assert_int_equal(accepted, all);
}

/* polkadot-sdk stable2609 sp-runtime src/generic/era.rs, its own examples and each border around them. */
static void births_and_deaths(void **state) {
    (void)state;
    static const struct {
        struct era era;
        uint64_t current, birth;
    } cases[] = {
        {{4, 0}, 0, 0},      {{4, 0}, 3, 0},          {{4, 0}, 4, 4},          {{4, 2}, 0, 2},     {{4, 2}, 1, 2},
        {{4, 2}, 2, 2},      {{4, 2}, 5, 2},          {{4, 2}, 6, 6},          {{4, 3}, 3, 3},     {{4, 3}, 6, 3},
        {{4, 3}, 7, 7},      {{64, 42}, 42, 42},      {{64, 42}, 105, 42},     {{64, 42}, 106, 106}, {{64, 42}, 1, 42},
        {{65536, 0}, 1, 0},  {{65536, 65520}, 5, 65520}, {{65536, 65520}, 131055, 65520},
        {{65536, 65520}, 131056, 131056}, {{4, 1}, UINT32_MAX, 4294967293u}, {{4, 3}, UINT32_MAX, UINT32_MAX},
    };
    for (uint32_t i = 0; i < COUNT_OF(cases); i++) {
        assert_int_equal(era_birth(cases[i].era, cases[i].current), cases[i].birth);
        assert_int_equal(era_death(cases[i].era, cases[i].current), cases[i].birth + cases[i].era.period);
    }
}

static void a_block_lies_in_its_era(void **state) {
    (void)state;
    for (uint32_t period = 4; period <= 64; period *= 2)
        for (uint32_t phase = 0; phase < period; phase++)
            for (uint64_t now = phase; now < 300; now++) {
                struct era era = {period, phase};
                assert_true(era_birth(era, now) <= now && now < era_death(era, now));
                assert_int_equal(era_birth(era, now) % period, phase);
            }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(immortal_is_one_zero_byte, fresh),
        cmocka_unit_test_setup(every_two_byte_form, fresh),
        cmocka_unit_test_setup(births_and_deaths, fresh),
        cmocka_unit_test_setup(a_block_lies_in_its_era, fresh),
    };
    return cmocka_run_group_tests_name("era", tests, NULL, NULL);
}

/* test_ss58.c - addresses against known answers, every way to be wrong; blake2b-512 against another implementation. */
#include "unit.h"

#include "genesis/blake2b.h"
#include "genesis/ss58.h"
#include "ss58_vectors.h"

static struct bytes of(const char *text) { return (struct bytes){(const uint8_t *)text, (uint32_t)strlen(text)}; }

static void from_hex(const char *hex, uint8_t *out) {
    for (; *hex; hex += 2) {
        unsigned value;
        assert_int_equal(sscanf(hex, "%2x", &value), 1);
        *out++ = (uint8_t)value;
    }
}

static void known_answers(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        uint8_t account[32], decoded[32], text[SS58_MAX_TEXT];
        uint16_t prefix;
        from_hex(vectors[i].account, account);
        assert_int_equal(ss58_decode(of(vectors[i].text), decoded, &prefix), SS58_OK);
        assert_int_equal(prefix, vectors[i].prefix);
        assert_memory_equal(decoded, account, 32);
        uint32_t len = ss58_encode(text, account, prefix);
        assert_bytes_equal(((struct bytes){text, len}), of(vectors[i].text));
    }
}

static void any_prefix_and_account_survive(void **state) {
    (void)state;
    uint64_t seed = 20261122;
    for (uint32_t prefix = 0; prefix <= SS58_MAX_PREFIX; prefix += prefix < 300 ? 1 : 61) {
        uint8_t account[32], decoded[32], text[SS58_MAX_TEXT];
        for (int i = 0; i < 32; i++)
            account[i] = (uint8_t)next_random(&seed);
        uint16_t back;
        uint32_t len = ss58_encode(text, account, (uint16_t)prefix);
        enum ss58_result expected = prefix == 46 || prefix == 47 ? SS58_FORMAT_NOT_ALLOWED : SS58_OK;
        assert_int_equal(ss58_decode((struct bytes){text, len}, decoded, &back), expected);
        if (expected != SS58_OK)
            continue;
        assert_int_equal(back, prefix);
        assert_memory_equal(decoded, account, 32);
    }
}

#define ALICE "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"

static void wrong_addresses(void **state) {
    (void)state;
    static const struct {
        const char *text;
        enum ss58_result result;
    } wrong[] = {
        {"", SS58_BAD_LENGTH},
        {"1", SS58_BAD_LENGTH},
        {"5Grw", SS58_BAD_LENGTH},
        {ALICE "1", SS58_BAD_LENGTH},
        {"5Grwva", SS58_INVALID_PREFIX},           /* the first byte of a cut address is another one */
        {"1" ALICE, SS58_BAD_LENGTH},              /* a zero byte before a whole address */
        {ALICE ALICE, SS58_BAD_LENGTH},
        {"5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQZ", SS58_INVALID_CHECKSUM},
        {"5HrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY", SS58_INVALID_CHECKSUM},
        {"0GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY", SS58_BAD_BASE58},
        {"5Grwva EF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY", SS58_BAD_BASE58},
        {"5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQl", SS58_BAD_BASE58},
        {ALICE ALICE "0", SS58_BAD_BASE58},
        {"0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d", SS58_BAD_BASE58},
        {"25GUyv", SS58_BAD_LENGTH},               /* the short forms for account indices */
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        uint8_t account[32] = {9};
        uint16_t prefix = 9;
        assert_int_equal(ss58_decode(of(wrong[i].text), account, &prefix), wrong[i].result);
        assert_int_equal(account[0], 9);
        assert_int_equal(prefix, 9);
    }
}

static void every_single_change_is_noticed(void **state) {
    (void)state;
    static const char digits[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    uint32_t accepted = 0;
    for (uint32_t at = 0; at < 48; at++)
        for (uint32_t d = 0; d < 58; d++) {
            char text[] = ALICE;
            uint8_t account[32];
            uint16_t prefix;
            if (text[at] == digits[d])
                continue;
            text[at] = digits[d];
            accepted += ss58_decode(of(text), account, &prefix) == SS58_OK;
        }
    assert_int_equal(accepted, 0); /* a 2-byte checksum misses one of 65536 on average: none of these */
}

static void messages(void **state) {
    (void)state;
    for (int i = SS58_OK; i <= SS58_INVALID_CHECKSUM; i++)
        for (int j = SS58_OK; j < i; j++)
            assert_string_not_equal(ss58_message((enum ss58_result)i), ss58_message((enum ss58_result)j));
}

static void blake2b_is_blake2b(void **state) {
    (void)state;
    uint8_t input[600], ours[64], other[64];
    uint64_t seed = 7;
    for (size_t i = 0; i < sizeof input; i++)
        input[i] = (uint8_t)next_random(&seed);
    for (uint32_t len = 0; len <= sizeof input; len++) {
        blake2b_512(ours, (struct bytes){len ? input : NULL, len});
        shim_blake2(other, 64, (struct bytes){input, len});
        assert_memory_equal(ours, other, 64);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(known_answers, fresh),
        cmocka_unit_test_setup(any_prefix_and_account_survive, fresh),
        cmocka_unit_test_setup(wrong_addresses, fresh),
        cmocka_unit_test_setup(every_single_change_is_noticed, fresh),
        cmocka_unit_test_setup(messages, fresh),
        cmocka_unit_test_setup(blake2b_is_blake2b, fresh),
    };
    return cmocka_run_group_tests_name("ss58", tests, NULL, NULL);
}

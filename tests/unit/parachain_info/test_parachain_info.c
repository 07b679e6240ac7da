/* test_parachain_info.c - the chain's id: the default, genesis, what is stored. */
#include "unit.h"

#include "parachain_info/parachain_info.h"

static void reads_as_100_until_genesis(void **state) {
    (void)state;
    assert_int_equal(parachain_info_id(), 100);
    assert_false(parachain_info_ParachainId_exists());
}

static void genesis_writes_the_id(void **state) {
    (void)state;
    static const uint32_t ids[] = {0, 100, 2000, UINT32_MAX};
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        parachain_info_genesis(ids[i]);
        assert_int_equal(parachain_info_id(), ids[i]);
    }
    overlay_flush();
    /* ParachainInfo.ParachainId as wallets and development chains look for it. */
    static const uint8_t key[32] = {0x0d, 0x71, 0x5f, 0x26, 0x46, 0xc8, 0xf8, 0x57, 0x67, 0xb5, 0xd2,
                                    0x76, 0x4b, 0xb2, 0x78, 0x26, 0x04, 0xa7, 0x4d, 0x81, 0x25, 0x1e,
                                    0x39, 0x8f, 0xd8, 0xa0, 0xa4, 0xd5, 0x50, 0x23, 0xbb, 0x3f};
    struct bytes value;
    assert_true(shim_get((struct bytes){key, 32}, &value));
    assert_int_equal(value.len, 4);
    assert_int_equal(load_u32(value.at), UINT32_MAX);
}

static void broken_value_reads_as_the_default(void **state) {
    (void)state;
    overlay_put((struct bytes){parachain_info_ParachainId_storage.prefix, 32}, TEXT("abc"));
    assert_int_equal(parachain_info_id(), 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(reads_as_100_until_genesis, fresh),
        cmocka_unit_test_setup(genesis_writes_the_id, fresh),
        cmocka_unit_test_setup(broken_value_reads_as_the_default, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

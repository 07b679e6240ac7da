/* test_codec.c - the generic codec over declared types: what it accepts it writes again byte for byte, every prefix of a
 * valid value is refused, and bounds, tags, text and depth are checked. */
#include "unit.h"

#include "pallet/dispatch.h"
#include "system/system.h"

static bool decode(const struct type_desc *type, struct bytes input, void *out) {
    struct reader in = reader_over(input, &arena_scratch);
    return scale_decode(type, &in, out) && reader_done(&in);
}

static void round_trip(const struct type_desc *type, struct bytes input) {
    _Alignas(16) uint8_t value[4096];
    assert_true(type->size <= sizeof value);
    assert_true(decode(type, input, value));
    assert_bytes_equal(scale_encode_in(&arena_state, type, value), input);
    for (uint32_t cut = 0; cut < input.len; cut++)
        assert_false(decode(type, (struct bytes){input.at, cut}, value));
}

static void structs_enums_options_and_vectors(void **state) {
    (void)state;
    round_trip(&weight_type, TEXT("\x04\x03\x00\x00\x00\x40"));
    round_trip(&execution_phase_type, TEXT("\x00\x05\x00\x00\x00"));
    round_trip(&execution_phase_type, TEXT("\x02"));
    round_trip(&option_weight_type, TEXT("\x01\x04\x08"));
    round_trip(&option_weight_type, TEXT("\x00"));
    round_trip(&block_digest_type, TEXT("\x08\x06" "aura" "\x08xy" "\x08"));
    round_trip(&key_values_type, TEXT("\x08\x04k\x04v\x00\x08vv"));
    round_trip(&dispatch_error_type, TEXT("\x03\x0A\x02\x00\x00\x00"));
    round_trip(&dispatch_outcome_type, TEXT("\x01\x07\x02"));
    round_trip(&last_runtime_upgrade_type, TEXT("\x04\x14nalar"));
}

static void account_info_is_flat(void **state) {
    (void)state;
    assert_true(account_info_type.flat);
    assert_int_equal(account_info_type.size, 80);
    uint8_t bytes[80];
    for (int i = 0; i < 80; i++)
        bytes[i] = (uint8_t)(i * 3 + 1);
    round_trip(&account_info_type, (struct bytes){bytes, sizeof bytes});
}

static void unknown_tags_and_bad_bools_are_refused(void **state) {
    (void)state;
    _Alignas(16) uint8_t value[4096];
    assert_false(decode(&execution_phase_type, TEXT("\x03"), value));
    assert_false(decode(&dispatch_error_type, TEXT("\x0F"), value));
    assert_false(decode(&dispatch_error_type, TEXT("\x07\x0A"), value));
    assert_false(decode(&digest_item_type, TEXT("\x01"), value));
    assert_false(decode(&option_weight_type, TEXT("\x02"), value));
    assert_false(decode(&boolean_type, TEXT("\x02"), value));
    assert_false(decode(&lookup_source_type, TEXT("\x05"), value));
}

static void text_must_be_utf8(void **state) {
    (void)state;
    struct bytes value;
    assert_true(decode(&text_type, TEXT("\x1C" "a\xC3\xA9\xF0\x9F\x98\x80"), &value));
    assert_false(decode(&text_type, TEXT("\x04\xFF"), &value));
    assert_false(decode(&text_type, TEXT("\x08\xC0\x80"), &value));         /* overlong */
    assert_false(decode(&text_type, TEXT("\x0C\xED\xA0\x80"), &value));     /* surrogate */
    assert_false(decode(&text_type, TEXT("\x10\xF4\x90\x80\x80"), &value)); /* beyond U+10FFFF */
    assert_false(decode(&text_type, TEXT("\x08\xE2\x82"), &value));         /* cut short */
}

static void a_length_beyond_the_input_needs_no_memory(void **state) {
    (void)state;
    h256_vec value;
    const uint8_t *before = arena_scratch.at;
    assert_false(decode(&h256_vec_type, TEXT("\x03\xFF\xFF\xFF\xFF" "abc"), &value));
    assert_ptr_equal(arena_scratch.at, before);
}

/* Utility.batch nested n times around a remark, as raw call bytes. */
static struct bytes nested(uint8_t *buffer, int depth) {
    uint8_t *at = buffer;
    for (int i = 0; i < depth; i++) {
        *at++ = pallet_index_utility;
        *at++ = 0;
        *at++ = 4; /* one call */
    }
    *at++ = pallet_index_system;
    *at++ = 0;
    *at++ = 0;
    return (struct bytes){buffer, (uint32_t)(at - buffer)};
}

static void nesting_is_limited_to_256(void **state) {
    (void)state;
    static uint8_t buffer[2000];
    struct call call;
    struct reader in = reader_over(nested(buffer, 256), &arena_scratch);
    assert_true(call_decode(&in, &call));
    assert_true(reader_done(&in));
    in = reader_over(nested(buffer, 257), &arena_scratch);
    assert_false(call_decode(&in, &call));
    in = reader_over(nested(buffer, 600), &arena_scratch);
    assert_false(call_decode(&in, &call));
}

static void decoded_memory_is_limited(void **state) {
    (void)state;
    /* 3 bytes a call, and over 16 bytes of memory: a million of them are over the limit of 16 MiB. */
    enum { CALLS = 1000000 };
    uint8_t *bytes = malloc(2 + 4 + 3 * CALLS);
    assert_non_null(bytes);
    struct writer out = writer_over(bytes, 2 + 4 + 3 * CALLS);
    write_u8(&out, pallet_index_utility);
    write_u8(&out, 0);
    write_compact_u32(&out, CALLS);
    for (int i = 0; i < CALLS; i++)
        write_raw(&out, "\x00\x00\x00", 3);
    struct call call;
    struct reader in = reader_over(writer_bytes(&out), &arena_scratch);
    assert_false(call_decode(&in, &call));
    free(bytes);
}

static void a_call_keeps_its_own_bytes(void **state) {
    (void)state;
    static uint8_t buffer[100];
    struct bytes raw = nested(buffer, 3);
    struct call call;
    struct reader in = reader_over(raw, &arena_scratch);
    assert_true(call_decode(&in, &call));
    assert_bytes_equal(call_raw_bytes(&call), raw);
    assert_bytes_equal(scale_encode_in(&arena_scratch, &runtime_call_type, &call), raw);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(structs_enums_options_and_vectors, fresh),
        cmocka_unit_test_setup(account_info_is_flat, fresh),
        cmocka_unit_test_setup(unknown_tags_and_bad_bools_are_refused, fresh),
        cmocka_unit_test_setup(text_must_be_utf8, fresh),
        cmocka_unit_test_setup(a_length_beyond_the_input_needs_no_memory, fresh),
        cmocka_unit_test_setup(nesting_is_limited_to_256, fresh),
        cmocka_unit_test_setup(decoded_memory_is_limited, fresh),
        cmocka_unit_test_setup(a_call_keeps_its_own_bytes, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

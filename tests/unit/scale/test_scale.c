/* test_scale.c - compact integers at every mode border in both directions, refusal of every longer form, bounds. */
#include "unit.h"

#include "scale/scale.h"

static uint32_t encode_compact(uint8_t buffer[static 20], u128 value) {
    struct writer out = writer_over(buffer, 20);
    write_compact(&out, value);
    assert_false(out.overflow);
    return writer_len(&out);
}

static bool decode_compact(struct bytes input, u128 *value) {
    struct reader in = reader_over(input, &arena_scratch);
    *value = read_compact_u128(&in);
    return reader_done(&in);
}

static void compact_round_trips_at_borders(void **state) {
    (void)state;
    for (int bits = 0; bits <= 128; bits++)
        for (int delta = -2; delta <= 2; delta++) {
            u128 value = (bits == 128 ? 0 : (u128)1 << bits) + (u128)(int64_t)delta, back;
            uint8_t buffer[20];
            uint32_t len = encode_compact(buffer, value);
            assert_true(decode_compact((struct bytes){buffer, len}, &back) && back == value);
            if (value >> 32 == 0)
                assert_int_equal(len, compact_size((uint32_t)value));
            for (uint32_t cut = 0; cut < len; cut++)
                assert_false(decode_compact((struct bytes){buffer, cut}, &back));
        }
}

static void every_longer_compact_is_refused(void **state) {
    (void)state;
    u128 value;
    assert_false(decode_compact(TEXT("\x01\x00"), &value));                 /* 0 in two bytes */
    assert_false(decode_compact(TEXT("\xFD\x00"), &value));                 /* 63 in two bytes */
    assert_true(decode_compact(TEXT("\x01\x01"), &value) && value == 64);
    assert_false(decode_compact(TEXT("\x02\x80\x00\x00"), &value));         /* 8192 in four */
    assert_false(decode_compact(TEXT("\xFE\xFF\x00\x00"), &value));         /* 16383 in four */
    assert_true(decode_compact(TEXT("\x02\x00\x01\x00"), &value) && value == 16384);
    assert_false(decode_compact(TEXT("\x03\x00\x00\x00\x20"), &value));     /* 2^29 in five */
    assert_false(decode_compact(TEXT("\x03\xFF\xFF\xFF\x3F"), &value));     /* 2^30 - 1 in five */
    assert_true(decode_compact(TEXT("\x03\x00\x00\x00\x40"), &value) && value == 1u << 30);
    assert_false(decode_compact(TEXT("\x07\x00\x00\x00\x40\x00"), &value)); /* a zero on top */
    assert_false(decode_compact(TEXT("\x37\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01"), &value));
}

static void compact_respects_its_type(void **state) {
    (void)state;
    uint8_t buffer[20];
    struct bytes over32 = {buffer, encode_compact(buffer, (u128)1 << 32)};
    struct reader in = reader_over(over32, &arena_scratch);
    assert_int_equal(read_compact_u64(&in), 1ull << 32);
    in = reader_over(over32, &arena_scratch);
    read_compact_u32(&in);
    assert_true(in.failed);
    struct bytes over64 = {buffer, encode_compact(buffer, (u128)1 << 64)};
    in = reader_over(over64, &arena_scratch);
    read_compact_u64(&in);
    assert_true(in.failed);
}

static void a_reader_keeps_its_first_error(void **state) {
    (void)state;
    struct reader in = reader_over(TEXT("\x02\x01"), &arena_scratch);
    assert_false(read_bool(&in)); /* 2 is no bool */
    assert_true(in.failed);
    assert_int_equal(read_u8(&in), 0);
    assert_null(read_raw(&in, 1));
    uint8_t zeros[4] = {1, 2, 3, 4};
    read_into(&in, zeros, 4);
    assert_int_equal(zeros[0] | zeros[3], 0);
    assert_false(reader_done(&in));
}

static void byte_strings_are_bounded(void **state) {
    (void)state;
    struct reader in = reader_over(TEXT("\x0C" "abc"), &arena_scratch);
    assert_bytes_equal(read_bytes(&in, 3), TEXT("abc"));
    assert_true(reader_done(&in));
    in = reader_over(TEXT("\x0C" "abc"), &arena_scratch);
    read_bytes(&in, 2);
    assert_true(in.failed);
    in = reader_over(TEXT("\x10" "abc"), &arena_scratch);
    read_bytes(&in, 100);
    assert_true(in.failed);
    in = reader_over(TEXT("\x0C" "abc"), &arena_scratch);
    in.copy = true;
    in.budget = 2;
    read_bytes(&in, 100);
    assert_true(in.failed);
}

static void a_writer_never_passes_its_end(void **state) {
    (void)state;
    uint8_t room[5] = {0, 0, 0, 0, 0xEE};
    struct writer out = writer_over(room, 4);
    write_u16(&out, 0x0201);
    write_u32(&out, 0xFFFFFFFF);
    assert_true(out.overflow);
    assert_int_equal(room[2] | room[3], 0);
    assert_int_equal(room[4], 0xEE);
    write_u8(&out, 7);
    assert_int_equal(writer_len(&out), 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(compact_round_trips_at_borders, fresh),
        cmocka_unit_test_setup(every_longer_compact_is_refused, fresh),
        cmocka_unit_test_setup(compact_respects_its_type, fresh),
        cmocka_unit_test_setup(a_reader_keeps_its_first_error, fresh),
        cmocka_unit_test_setup(byte_strings_are_bounded, fresh),
        cmocka_unit_test_setup(a_writer_never_passes_its_end, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_outputs.c - CollationInfo of one or many blocks becomes one ValidationResult. */
#include "unit.h"

#include "pvf/outputs.h"
#include "scale/scale.h"

static struct outputs outputs;

static int begin(void **state) {
    fresh(state);
    memset(&outputs, 0, sizeof outputs);
    return 0;
}

/* A CollationInfo out of its encoded fields. */
static struct bytes info(struct bytes upward, struct bytes horizontal, struct bytes code, uint32_t processed,
                         uint32_t watermark, struct bytes head) {
    uint32_t size = upward.len + horizontal.len + code.len + head.len + 16;
    struct writer out = writer_over(arena_alloc(&arena_state, size), size);
    write_slice(&out, upward);
    write_slice(&out, horizontal);
    write_slice(&out, code);
    write_u32(&out, processed);
    write_u32(&out, watermark);
    write_bytes(&out, head);
    assert_false(out.overflow);
    return writer_bytes(&out);
}
#define NONE TEXT("\0")

static void add(struct bytes upward, struct bytes horizontal) {
    outputs_add(&outputs, info(upward, horizontal, NONE, 0, 0, TEXT("h")));
}

static void one_block_passes_through(void **state) {
    (void)state;
    outputs_add(&outputs, info(TEXT("\4\x08\1\2"), TEXT("\4\xd0\7\0\0\x08\0\xff"), NONE, 3, 100, TEXT("\xaa\xbb")));
    assert_bytes_equal(outputs_encode(&outputs),
                       TEXT("\x08\xaa\xbb" "\0" "\4\x08\1\2" "\4\xd0\7\0\0\x08\0\xff" "\3\0\0\0" "\x64\0\0\0"));
}

static void nothing_is_nothing(void **state) {
    (void)state;
    outputs_add(&outputs, info(NONE, NONE, NONE, 0, 7, TEXT("h")));
    assert_bytes_equal(outputs_encode(&outputs), TEXT("\4h" "\0" "\0" "\0" "\0\0\0\0" "\7\0\0\0"));
}

/* The first code, the last head and watermark, all counts added up. */
static void blocks_add_up(void **state) {
    (void)state;
    outputs_add(&outputs, info(TEXT("\4\4a"), NONE, NONE, 2, 5, TEXT("1")));
    outputs_add(&outputs, info(NONE, NONE, TEXT("\1\x0c" "one"), 3, 6, TEXT("2")));
    outputs_add(&outputs, info(TEXT("\x08\4b\4c"), NONE, TEXT("\1\x0c" "two"), 4, 9, TEXT("3")));
    assert_bytes_equal(outputs_encode(&outputs),
                       TEXT("\4" "3" "\1\x0c" "one" "\x0c\4a\4b\4c" "\0" "\x09\0\0\0" "\x09\0\0\0"));
}

/* By recipient; those to one recipient in the order of sending. */
static void horizontal_messages_are_sorted(void **state) {
    (void)state;
    add(NONE, TEXT("\x08" "\2\0\0\0\4a" "\0\1\0\0\4b"));
    add(NONE, TEXT("\x0c" "\1\0\0\0\4c" "\2\0\0\0\4d" "\xff\xff\xff\xff\4e"));
    struct bytes result = outputs_encode(&outputs);
    assert_bytes_equal(((struct bytes){result.at + 4, result.len - 12}),
                       TEXT("\x14" "\1\0\0\0\4c" "\2\0\0\0\4a" "\2\0\0\0\4d" "\0\1\0\0\4b" "\xff\xff\xff\xff\4e"));
}

/* Whatever stands behind the first empty message is a signal; they come once, in the order of their numbers. */
static void signals_are_made_again(void **state) {
    (void)state;
    add(TEXT("\x0c" "\4a" "\0" "\x10\1\x08\7\7"), NONE);
    add(TEXT("\x10" "\4b" "\0" "\0" "\x0c\0\1\2"), NONE);
    struct bytes result = outputs_encode(&outputs);
    assert_bytes_equal(((struct bytes){result.at + 3, result.len - 12}),
                       TEXT("\x14" "\4a" "\4b" "\0" "\x0c\0\1\2" "\x10\1\x08\7\7"));
}

static void a_lone_separator_vanishes(void **state) {
    (void)state;
    add(TEXT("\x08" "\4a" "\0"), NONE);
    struct bytes result = outputs_encode(&outputs);
    assert_bytes_equal(((struct bytes){result.at + 3, result.len - 12}), TEXT("\4\4a"));
}

static void add_upward(void *upward) { add(*(struct bytes *)upward, NONE); }

static void bad_signals_panic(void **state) {
    static const struct {
        struct bytes upward;
        const char *why;
    } rows[] = {
        {{(const uint8_t *)"\x08\0\4\2", 4}, "Failed to decode"},                 /* an unknown kind */
        {{(const uint8_t *)"\x08\0\x08\0\1", 5}, "Failed to decode"},             /* too short */
        {{(const uint8_t *)"\x08\0\x10\0\1\2\3", 7}, "Failed to decode"},         /* too long */
        {{(const uint8_t *)"\x08\0\x08\1\4", 5}, "Failed to decode"},             /* a peer that ends early */
        {{(const uint8_t *)"\x0c\0\x0c\0\1\2\x0c\0\1\2", 10}, "too many UMP signals"},   /* equal ones too */
        {{(const uint8_t *)"\x0c\0\x08\1\0\x0c\1\4x", 9}, "too many UMP signals"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        begin(state);
        struct bytes upward = rows[i].upward;
        assert_traps(add_upward, &upward, rows[i].why);
    }
    /* A peer of 64 bytes is one, of 65 is not. */
    for (uint32_t len = 64; len <= 65; len++) {
        static const uint8_t peer_id[65];
        uint8_t list[80] = {8, 0}, signal[70] = {1};
        struct writer peer = writer_over(signal + 1, 69), out = writer_over(list + 2, 78);
        write_bytes(&peer, (struct bytes){peer_id, len});
        write_bytes(&out, (struct bytes){signal, 1 + writer_len(&peer)});
        struct bytes upward = {list, 2 + writer_len(&out)};
        begin(state);
        if (len == 64)
            add_upward(&upward);
        else
            assert_traps(add_upward, &upward, "Failed to decode");
    }
}

/* `count` messages of one byte; horizontal ones to ascending recipients. */
static struct bytes many(uint32_t count, bool horizontal) {
    uint32_t size = 5 + 6 * count;
    struct writer out = writer_over(arena_alloc(&arena_state, size), size);
    write_compact_u32(&out, count);
    for (uint32_t i = 0; i < count; i++) {
        if (horizontal)
            write_u32(&out, count - i);
        write_bytes(&out, TEXT("m"));
    }
    return writer_bytes(&out);
}

static void add_two(void *lists) {
    struct bytes *of = lists;
    add(of[0], of[1]);
}

static void sixteen_thousand_messages_and_no_more(void **state) {
    for (int horizontal = 0; horizontal < 2; horizontal++) {
        begin(state);
        struct bytes all = many(OUTPUTS_MAX_MESSAGES, horizontal);
        struct bytes lists[2] = {horizontal ? NONE : all, horizontal ? all : NONE};
        add_two(lists);
        struct bytes result = outputs_encode(&outputs);
        assert_int_equal(result.len, 3 + 8 + 1 + all.len);
        begin(state);
        all = many(OUTPUTS_MAX_MESSAGES, horizontal);
        lists[horizontal] = all;
        add_two(lists);
        lists[horizontal] = many(1, horizontal);
        assert_traps(add_two, lists, "too many messages");
    }
    /* Separator and signals count as messages. */
    struct bytes lists[2] = {NONE, NONE};
    for (uint32_t room = 1; room <= 2; room++) {
        begin(state);
        add(many(OUTPUTS_MAX_MESSAGES - room, false), NONE);
        lists[0] = TEXT("\x08\0\x0c\0\1\2");
        if (room == 2)
            add_two(lists);
        else
            assert_traps(add_two, lists, "too many messages");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(one_block_passes_through, begin),
        cmocka_unit_test_setup(nothing_is_nothing, begin),
        cmocka_unit_test_setup(blocks_add_up, begin),
        cmocka_unit_test_setup(horizontal_messages_are_sorted, begin),
        cmocka_unit_test_setup(signals_are_made_again, begin),
        cmocka_unit_test_setup(a_lone_separator_vanishes, begin),
        cmocka_unit_test_setup(bad_signals_panic, begin),
        cmocka_unit_test_setup(sixteen_thousand_messages_and_no_more, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

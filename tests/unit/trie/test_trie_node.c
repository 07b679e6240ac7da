/* test_trie_node.c - the node codec: every header form, every size border, and a precise error for each damage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "trie/trie_node.h"

static const uint32_t borders[] = {0,   1,   2,   3,   13,  14,  15,  16,  17,  29,   30,   31,
                                   32,  33,  61,  62,  63,  64,  65,  268, 269, 270,  271,  284,
                                   285, 286, 316, 317, 318, 319, 524, 525, 573, 1000, 65536};

struct form {
    enum trie_node_kind kind;
    enum trie_value_kind value;
};
static const struct form forms[] = {{TRIE_LEAF, TRIE_INLINE},
                                    {TRIE_LEAF, TRIE_HASHED},
                                    {TRIE_BRANCH, TRIE_NO_VALUE},
                                    {TRIE_BRANCH, TRIE_INLINE},
                                    {TRIE_BRANCH, TRIE_HASHED}};

/* Writes a node of the given form with a one-byte child 15 and child 0 of 32 bytes, value "abc" or a hash. */
static struct bytes write_node(uint8_t *buffer, struct form form, const uint8_t *key, uint32_t from, uint32_t to) {
    uint8_t *at = trie_header_write(buffer, form.kind, form.value, key, from, to);
    assert_int_equal(at - buffer, trie_header_size(form.kind, form.value, to - from));
    if (form.kind == TRIE_BRANCH) {
        store_u16(at, 0x8001);
        at += 2;
    }
    if (form.value == TRIE_INLINE) {
        at = trie_length_write(at, 3);
        memcpy(at, "abc", 3);
        at += 3;
    } else if (form.value == TRIE_HASHED) {
        memset(at, 0xee, 32);
        at += 32;
    }
    if (form.kind == TRIE_BRANCH) {
        *at++ = 32 << 2;
        memset(at, 0xcc, 32);
        at += 32;
        *at++ = 1 << 2;
        *at++ = 0x99;
    }
    return (struct bytes){buffer, (uint32_t)(at - buffer)};
}

static void forms_and_sizes_round_trip(void **state) {
    (void)state;
    uint8_t *key = malloc(40000), *buffer = malloc(80000);
    for (uint32_t i = 0; i < 40000; i++)
        key[i] = (uint8_t)(i * 37 + i / 251);
    for (size_t f = 0; f < COUNT_OF(forms); f++)
        for (size_t s = 0; s < COUNT_OF(borders); s++)
            for (uint32_t from = 0; from < 4; from++) {
                struct bytes encoded = write_node(buffer, forms[f], key, from, from + borders[s]);
                struct trie_node node;
                assert_int_equal(trie_node_decode(&node, encoded), TRIE_OK);
                assert_int_equal(node.kind, forms[f].kind);
                assert_int_equal(node.value_kind, forms[f].value);
                assert_int_equal(node.partial.count, borders[s]);
                for (uint32_t n = 0; n < borders[s]; n++)
                    if (trie_nibble(node.partial.at, node.partial.first + n) != trie_nibble(key, from + n))
                        fail_msg("nibble %u of %u", n, borders[s]);
                if (forms[f].value == TRIE_INLINE)
                    assert_true(bytes_equal(node.value, (struct bytes){(const uint8_t *)"abc", 3}));
                else if (forms[f].value == TRIE_HASHED)
                    assert_int_equal(node.value.at[31], 0xee);
                assert_int_equal(node.bitmap, forms[f].kind == TRIE_BRANCH ? 0x8001 : 0);
                if (node.bitmap) {
                    assert_int_equal(node.children[0].len, 32);
                    assert_int_equal(node.children[15].len, 1);
                    assert_int_equal(node.children[15].at[0], 0x99);
                }
            }
    free(key);
    free(buffer);
}

static void headers_follow_the_size_rule(void **state) {
    (void)state;
    const uint8_t key[400] = {0};
    uint8_t out[256];
    /* size max-1 fits the header; max is followed by 0; max+254 by 254; max+255 by 255 and 0 */
    struct {
        struct form form;
        uint32_t nibbles;
        uint8_t expect[3];
        int len;
    } rows[] = {{{TRIE_LEAF, TRIE_INLINE}, 62, {0x7e}, 1},       {{TRIE_LEAF, TRIE_INLINE}, 63, {0x7f, 0}, 2},
                {{TRIE_LEAF, TRIE_INLINE}, 317, {0x7f, 254}, 2}, {{TRIE_LEAF, TRIE_INLINE}, 318, {0x7f, 255, 0}, 3},
                {{TRIE_LEAF, TRIE_HASHED}, 30, {0x3e}, 1},       {{TRIE_LEAF, TRIE_HASHED}, 31, {0x3f, 0}, 2},
                {{TRIE_BRANCH, TRIE_HASHED}, 14, {0x1e}, 1},     {{TRIE_BRANCH, TRIE_HASHED}, 15, {0x1f, 0}, 2},
                {{TRIE_BRANCH, TRIE_NO_VALUE}, 62, {0xbe}, 1},   {{TRIE_BRANCH, TRIE_NO_VALUE}, 63, {0xbf, 0}, 2},
                {{TRIE_BRANCH, TRIE_INLINE}, 62, {0xfe}, 1},     {{TRIE_BRANCH, TRIE_INLINE}, 64, {0xff, 1}, 2}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        trie_header_write(out, rows[i].form.kind, rows[i].form.value, key, 0, rows[i].nibbles);
        assert_memory_equal(out, rows[i].expect, (size_t)rows[i].len);
    }
}

static void every_prefix_is_refused(void **state) {
    (void)state;
    uint8_t key[200], buffer[400];
    memset(key, 0x31, sizeof key);
    for (size_t f = 0; f < COUNT_OF(forms); f++)
        for (uint32_t nibbles = 0; nibbles < 400; nibbles += 57) {
            struct bytes encoded = write_node(buffer, forms[f], key, 0, nibbles);
            struct trie_node node;
            for (uint32_t len = 0; len < encoded.len; len++) {
                uint8_t *exact = malloc(len + 1); /* so that a read past the end is seen */
                memcpy(exact, buffer, len);
                assert_int_equal(trie_node_decode(&node, (struct bytes){exact, len}), TRIE_TRUNCATED);
                free(exact);
            }
            buffer[encoded.len] = 0;
            assert_int_equal(trie_node_decode(&node, (struct bytes){buffer, encoded.len + 1}), TRIE_TRAILING_BYTES);
        }
}

static enum trie_error decode_hex(const char *hex) {
    uint8_t bytes[64];
    uint32_t len = (uint32_t)strlen(hex) / 2;
    for (uint32_t i = 0; i < len; i++)
        bytes[i] = (uint8_t)strtoul((char[3]){hex[2 * i], hex[2 * i + 1], 0}, NULL, 16);
    struct trie_node node;
    return trie_node_decode(&node, (struct bytes){bytes, len});
}

static void damage_has_its_error(void **state) {
    (void)state;
    assert_int_equal(decode_hex("00"), TRIE_OK);
    assert_int_equal(decode_hex("0000"), TRIE_TRAILING_BYTES);
    for (int header = 1; header < 16; header++) {
        char text[8];
        snprintf(text, sizeof text, "%02x0400", (unsigned)header);
        assert_int_equal(decode_hex(text), TRIE_BAD_HEADER);
    }
    assert_int_equal(decode_hex("4000"), TRIE_OK);            /* leaf, no nibbles, empty value */
    assert_int_equal(decode_hex("410500"), TRIE_OK);          /* one nibble, 5 */
    assert_int_equal(decode_hex("411500"), TRIE_BAD_PARTIAL); /* high half used */
    assert_int_equal(decode_hex("421500"), TRIE_OK);
    assert_int_equal(decode_hex("800000"), TRIE_BAD_BITMAP);
    assert_int_equal(decode_hex("c0000000"), TRIE_BAD_BITMAP);
    assert_int_equal(decode_hex("80010000"), TRIE_OK); /* one child of no bytes (compact proofs) */
    assert_int_equal(decode_hex("8001000499"), TRIE_OK);
    assert_int_equal(decode_hex("80030004990498"), TRIE_OK);
    assert_int_equal(decode_hex("800300049904"), TRIE_TRUNCATED); /* second child missing a byte */
    assert_int_equal(decode_hex("80030004"), TRIE_TRUNCATED);
    assert_int_equal(decode_hex("800100049904"), TRIE_TRAILING_BYTES); /* more children than the bitmap says */
    assert_int_equal(decode_hex("400100"), TRIE_BAD_LENGTH);           /* 0 in two bytes */
    assert_int_equal(decode_hex("40fd00"), TRIE_BAD_LENGTH);           /* 63 in two bytes */
    assert_int_equal(decode_hex("4002000000"), TRIE_BAD_LENGTH);       /* 0 in four bytes */
    assert_int_equal(decode_hex("40feff0000"), TRIE_BAD_LENGTH);       /* 16383 in four bytes */
    assert_int_equal(decode_hex("4003ffffff3f"), TRIE_BAD_LENGTH);     /* below 2^30 in five bytes */
    assert_int_equal(decode_hex("40030000004000"), TRIE_TRUNCATED);    /* 2^30 bytes announced */
    assert_int_equal(decode_hex("4003ffffffff"), TRIE_TRUNCATED);
    assert_int_equal(decode_hex("40070000000001"), TRIE_BAD_LENGTH); /* over 32 bits */
    assert_int_equal(decode_hex("7fffffff"), TRIE_TRUNCATED);
    assert_int_equal(decode_hex("20"), TRIE_TRUNCATED);
    assert_int_equal(decode_hex(""), TRIE_TRUNCATED);
}

static void lengths_are_canonical_compacts(void **state) {
    (void)state;
    static const struct {
        uint32_t length;
        uint8_t bytes[5];
        int size;
    } rows[] = {{0, {0}, 1},
                {63, {0xfc}, 1},
                {64, {0x01, 0x01}, 2},
                {16383, {0xfd, 0xff}, 2},
                {16384, {0x02, 0, 0x01, 0}, 4},
                {(1u << 30) - 1, {0xfe, 0xff, 0xff, 0xff}, 4},
                {1u << 30, {0x03, 0, 0, 0, 0x40}, 5},
                {UINT32_MAX, {0x03, 0xff, 0xff, 0xff, 0xff}, 5}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t out[8];
        assert_int_equal(trie_length_write(out, rows[i].length) - out, rows[i].size);
        assert_memory_equal(out, rows[i].bytes, (size_t)rows[i].size);
    }
}

static void endless_size_is_bounded(void **state) {
    (void)state;
    /* 2^31 nibbles would take 8.4 MB of 255s: the count is refused before it wraps. */
    uint32_t len = 8500000;
    uint8_t *bytes = malloc(len);
    memset(bytes, 255, len);
    bytes[0] = 0x7f;
    struct trie_node node;
    assert_int_equal(trie_node_decode(&node, (struct bytes){bytes, len}), TRIE_BAD_PARTIAL);
    free(bytes);
}

static void random_bytes_never_crash(void **state) {
    (void)state;
    uint64_t seed = 0x9e3779b97f4a7c15;
    uint32_t good = 0;
    for (int i = 0; i < 200000; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        uint32_t len = (uint32_t)(seed >> 58);
        uint8_t *exact = malloc(len + 1);
        for (uint32_t j = 0; j < len; j++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            exact[j] = (uint8_t)(seed >> (j % 3 ? 59 : 56)); /* many small bytes, so that some nodes decode */
        }
        struct trie_node node;
        if (trie_node_decode(&node, (struct bytes){exact, len}) == TRIE_OK && len) {
            good++;
            if (node.value_kind == TRIE_INLINE && node.value.len)
                assert_in_range(node.value.at + node.value.len - exact, 1, len);
        }
        free(exact);
    }
    assert_in_range(good, 100, 200000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_and_sizes_round_trip),     cmocka_unit_test(headers_follow_the_size_rule),
        cmocka_unit_test(every_prefix_is_refused),        cmocka_unit_test(damage_has_its_error),
        cmocka_unit_test(lengths_are_canonical_compacts), cmocka_unit_test(endless_size_is_bounded),
        cmocka_unit_test(random_bytes_never_crash),
    };
    return cmocka_run_group_tests_name("trie_node", tests, NULL, NULL);
}

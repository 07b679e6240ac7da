/* test_block_data.c - parameters and block data: what decodes and what does not, and which blocks form a bundle. */
#include "unit.h"

#include "pvf/block_data.h"
#include "pvf/pvf.h"

#define ROOT "01234567890123456789012345678901"
static const uint8_t relay_number[] = {0xAB, 0xCD, 0, 0};

static uint8_t built[1 << 22];
static struct writer out;

static void begin_bytes(void) { out = writer_over(built, sizeof built); }
static struct bytes end_bytes(void) {
    assert_false(out.overflow);
    struct bytes made = writer_bytes(&out);
    return (struct bytes){arena_copy(&arena_state, made), made.len};
}

/* --- parameters --- */

static struct bytes params(struct bytes extension) {
    begin_bytes();
    write_bytes(&out, TEXT("head"));
    write_bytes(&out, TEXT("data"));
    write_raw(&out, relay_number, 4);
    write_raw(&out, ROOT, 32);
    write_slice(&out, extension);
    return end_bytes();
}

static struct validation_params decoded;
static void decode_params(void *bytes) { params_decode(&decoded, *(struct bytes *)bytes); }

static void parameters(void **state) {
    (void)state;
    struct bytes whole = params(TEXT(""));
    decode_params(&whole);
    assert_bytes_equal(decoded.parent_head, TEXT("head"));
    assert_bytes_equal(decoded.block_data, TEXT("data"));
    assert_memory_equal(decoded.relay_parent, relay_number, 4);
    assert_memory_equal(decoded.relay_parent + 4, ROOT, 32);
    assert_false(decoded.v3);
    for (uint32_t len = 0; len < whole.len; len++) {
        struct bytes cut = {whole.at, len};
        assert_traps(decode_params, &cut, "Invalid arguments");
    }
    struct bytes v3 = params(TEXT("\3" ROOT ROOT));
    decode_params(&v3);
    assert_true(decoded.v3);
    for (uint32_t len = whole.len + 1; len < v3.len; len++) {
        struct bytes cut = {v3.at, len};
        assert_traps(decode_params, &cut, "Invalid arguments");
    }
    for (int tag = 0; tag < 256; tag++) {
        uint8_t extension[65] = {(uint8_t)tag};
        struct bytes other = params((struct bytes){extension, sizeof extension});
        if (tag == 3)
            decode_params(&other);
        else
            assert_traps(decode_params, &other, "Invalid arguments");
    }
}

/* --- blocks --- */

/* A header with the given parent, number and encoded digest items; ROOT twice for its roots. */
static struct bytes header(const uint8_t *parent, uint32_t number, uint32_t items, struct bytes digest) {
    uint32_t size = 128 + digest.len;
    struct writer to = writer_over(arena_alloc(&arena_state, size), size);
    write_raw(&to, parent, 32);
    write_compact_u32(&to, number);
    write_raw(&to, ROOT ROOT, 64);
    write_compact_u32(&to, items);
    write_slice(&to, digest);
    assert_false(to.overflow);
    return writer_bytes(&to);
}

static struct bytes plain_header(uint32_t number) { return header((const uint8_t *)ROOT, number, 0, TEXT("")); }

/* Blocks of two extrinsics each, two proof nodes. Version 0 has one block. */
static struct bytes block_data(uint8_t version, const struct bytes *headers, uint32_t count, struct bytes rest) {
    begin_bytes();
    if (version) {
        write_raw(&out, "VERSIONEDPBD", 12);
        write_u8(&out, version);
        write_compact_u32(&out, count);
    }
    for (uint32_t i = 0; i < count; i++) {
        write_slice(&out, headers[i]);
        write_slice(&out, TEXT("\x08\4a\x08" "bb"));
    }
    write_slice(&out, TEXT("\x08\x08nn\4m"));
    write_slice(&out, rest);
    return end_bytes();
}

static struct pov pov;
static struct bytes parent_head;
/* All that happens before the proof, which the test then passes over, and after it. */
static void decode_pov(void *bytes) {
    pov_open(&pov, *(struct bytes *)bytes);
    pov_check_chain(&pov, parent_head);
    for (uint32_t i = read_compact_u32(&pov.proof); i; i--)
        read_bytes(&pov.proof, UINT32_MAX);
    pov_skip_scheduling(&pov);
}

/* Headers on one another, the first on parent_head. */
static void chain_headers(struct bytes *headers, uint32_t count) {
    uint8_t hash[32];
    parent_head = plain_header(0);
    for (uint32_t i = 0; i < count; i++) {
        uint8_t item[] = {digest_item_PreRuntime, 'C', 'M', 'L', 'S', 12, 2, (uint8_t)i, i + 1 == count};
        host_blake2_256(hash, i ? headers[i - 1] : parent_head);
        headers[i] = header(hash, i + 1, 1, (struct bytes){item, sizeof item});
    }
}

static void expect_blocks(struct bytes data, uint8_t version, const struct bytes *headers, uint32_t count) {
    struct header header;
    decode_pov(&data);
    assert_int_equal(pov.version, version);
    assert_int_equal(pov.count, count);
    for (uint32_t i = 0; i < count; i++) {
        assert_bytes_equal(pov_next_header(&pov.blocks, &header), headers[i]);
        assert_int_equal(header.number, i + 1);
        assert_memory_equal(read_raw(&pov.blocks, 6), "\x08\4a\x08" "bb", 6);
    }
    assert_bytes_equal(((struct bytes){pov.blocks.at, 6}), TEXT("\x08\x08nn\4m"));
}

#define SCHEDULING_HEADER ROOT "\4" ROOT ROOT "\0"
/* One header, the header of its parent, no signed info. */
static const char scheduling[] = "\4" SCHEDULING_HEADER SCHEDULING_HEADER "\0";
static const char signed_scheduling[] = "\0" SCHEDULING_HEADER "\1\1\2\x0cpid" ROOT ROOT ROOT;

static void formats(void **state) {
    (void)state;
    struct bytes headers[3];
    for (uint32_t count = 1; count <= 3; count++) {
        chain_headers(headers, count);
        if (count == 1)
            expect_blocks(block_data(0, headers, 1, TEXT("")), 0, headers, 1);
        expect_blocks(block_data(1, headers, count, TEXT("")), 1, headers, count);
        assert_int_equal(reader_left(&pov.proof), 0);
        expect_blocks(block_data(2, headers, count, TEXT(scheduling)), 2, headers, count);
        assert_int_equal(reader_left(&pov.proof), 0);
        expect_blocks(block_data(2, headers, count, TEXT(signed_scheduling)), 2, headers, count);
    }
    chain_headers(headers, 1);
    expect_blocks(block_data(1, headers, 1, TEXT("more")), 1, headers, 1); /* nobody's */
    for (int version = 3; version < 256; version++) {
        struct bytes data = block_data((uint8_t)version, headers, 1, TEXT(scheduling));
        assert_traps(decode_pov, &data, "Invalid parachain block data");
    }
}

static void cut_block_data_panics(void **state) {
    (void)state;
    struct bytes one[1], two[2], whole[4];
    const uint32_t proof = 6; /* bytes of it, whose decoder has its own tests */
    chain_headers(two, 2);
    whole[0] = block_data(1, two, 2, TEXT(""));
    whole[1] = block_data(2, two, 2, (struct bytes){(const uint8_t *)scheduling, sizeof scheduling - 1});
    chain_headers(one, 1);
    whole[2] = block_data(0, one, 1, TEXT(""));
    whole[3] = block_data(2, one, 1, (struct bytes){(const uint8_t *)signed_scheduling, sizeof signed_scheduling - 1});
    for (size_t i = 0; i < COUNT_OF(whole); i++)
        for (uint32_t len = 0; len < whole[i].len - (i % 2 ? 0 : proof); len++) {
            uint8_t *copy = malloc(len + 1); /* so that the sanitizer sees a read behind the end */
            memcpy(copy, whole[i].at, len);
            struct bytes cut = {copy, len};
            assert_traps(decode_pov, &cut, "Invalid parachain block data");
            free(copy);
        }
    struct bytes zero = TEXT("VERSIONEDPBD\0\0\0\0");
    assert_traps(decode_pov, &zero, "Invalid parachain block data");
}

/* --- the chain --- */

/* Digest items as collator and runtime write them. */
#define BUNDLE(index, last) "\6" "CMLS" "\x0c\2" index last
#define FULL_CORE "\4" "CMLS" "\4\3"
#define NEW_CODE "\x08"

static struct bytes data;
static void check_chain(void *unused) {
    (void)unused;
    pov_open(&pov, data);
    pov_check_chain(&pov, parent_head);
}

struct digest {
    uint32_t items;
    const char *bytes;
    uint32_t len;
};
#define DIGEST(count, literal) {count, literal, sizeof(literal) - 1}

/* Blocks with these digests, each on the one before. */
static void chain_of(const struct digest *digests, uint32_t count) {
    struct bytes headers[4];
    uint8_t hash[32];
    parent_head = plain_header(0);
    host_blake2_256(hash, parent_head);
    for (uint32_t i = 0; i < count; i++) {
        headers[i] = header(hash, i + 1, digests[i].items, (struct bytes){(const uint8_t *)digests[i].bytes, digests[i].len});
        host_blake2_256(hash, headers[i]);
    }
    data = block_data(1, headers, count, TEXT(""));
}

static void bundles(void **state) {
    (void)state;
    static const struct {
        uint32_t count;
        struct digest digests[3];
        const char *why; /* NULL: a good bundle */
    } rows[] = {
        {1, {DIGEST(0, "")}, NULL},
        {1, {DIGEST(1, BUNDLE("\0", "\1"))}, NULL},
        {1, {DIGEST(2, BUNDLE("\0", "\0") FULL_CORE)}, NULL},
        {1, {DIGEST(2, BUNDLE("\0", "\0") NEW_CODE)}, NULL},
        {2, {DIGEST(1, BUNDLE("\0", "\0")), DIGEST(1, BUNDLE("\1", "\1"))}, NULL},
        {3, {DIGEST(1, BUNDLE("\0", "\0")), DIGEST(1, BUNDLE("\1", "\0")), DIGEST(2, FULL_CORE BUNDLE("\2", "\0"))}, NULL},
        /* The first item counts, and only one that decodes to its end. */
        {1, {DIGEST(2, BUNDLE("\0", "\1") BUNDLE("\7", "\0"))}, NULL},
        {1, {DIGEST(1, "\6" "CMLS" "\x10\2\0\0\0")}, NULL},
        {1, {DIGEST(1, "\6" "CMLX" "\x0c\2\7\0")}, NULL},
        {1, {DIGEST(1, "\4" "CMLS" "\x0c\2\7\0")}, NULL},
        {0, {DIGEST(0, "")}, "BlockData is empty"},
        {1, {DIGEST(1, BUNDLE("\0", "\0"))}, "BlockBundleInfo mismatch"},
        {1, {DIGEST(1, BUNDLE("\1", "\1"))}, "BlockBundleInfo mismatch"},
        {2, {DIGEST(0, ""), DIGEST(0, "")}, "`BlockBundleInfo` is missing"},
        {2, {DIGEST(1, BUNDLE("\0", "\0")), DIGEST(0, "")}, "`BlockBundleInfo` is missing"},
        {2, {DIGEST(0, ""), DIGEST(1, BUNDLE("\1", "\1"))}, "`BlockBundleInfo` is missing"},
        {2, {DIGEST(1, BUNDLE("\0", "\1")), DIGEST(1, BUNDLE("\1", "\1"))}, "BlockBundleInfo mismatch"},
        {2, {DIGEST(1, BUNDLE("\0", "\0")), DIGEST(1, BUNDLE("\1", "\0"))}, "BlockBundleInfo mismatch"},
        {2, {DIGEST(2, BUNDLE("\0", "\0") FULL_CORE), DIGEST(1, BUNDLE("\1", "\1"))}, "BlockBundleInfo mismatch"},
        {2, {DIGEST(2, BUNDLE("\0", "\0") NEW_CODE), DIGEST(1, BUNDLE("\1", "\1"))}, "BlockBundleInfo mismatch"},
        {2, {DIGEST(1, BUNDLE("\0", "\0")), DIGEST(1, BUNDLE("\0", "\1"))}, "BlockBundleInfo mismatch"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        chain_of(rows[i].digests, rows[i].count);
        if (rows[i].why)
            assert_traps(check_chain, NULL, rows[i].why);
        else
            check_chain(NULL);
    }
}

static void links(void **state) {
    (void)state;
    static const struct digest digests[] = {DIGEST(1, BUNDLE("\0", "\0")), DIGEST(1, BUNDLE("\1", "\1"))};
    chain_of(digests, 2);
    parent_head = plain_header(1);
    assert_traps(check_chain, NULL, "Not a valid chain of blocks");
    chain_of(digests, 2);
    uint8_t *at = (uint8_t *)(uintptr_t)data.at + 14; /* behind magic, version, count: the first block's parent */
    for (uint32_t i = 0; i < 32; i++) {
        at[i] ^= 1;
        assert_traps(check_chain, NULL, "Not a valid chain of blocks");
        at[i] ^= 1;
    }
    check_chain(NULL);
    /* Any change of the first block's header breaks the second's link. */
    for (uint32_t i = 33; i < 33 + 64; i++) {
        at[i] ^= 1;
        assert_traps(check_chain, NULL, "Not a valid chain of blocks");
        at[i] ^= 1;
    }
}

static void headers_end_at_one_mebibyte(void **state) {
    (void)state;
    uint8_t *filler = malloc(POV_MAX_HEADER);
    for (int over = 0; over < 2; over++) {
        uint32_t len = POV_MAX_HEADER - (32 + 1 + 64 + 1) - 5 + (uint32_t)over; /* item tag and four bytes of length */
        memset(filler, 0, POV_MAX_HEADER);
        struct writer item = writer_over(filler, POV_MAX_HEADER);
        write_u8(&item, digest_item_Other);
        write_compact_u32(&item, len);
        chain_of(&(struct digest){1, (const char *)filler, len + 5}, 1);
        if (over)
            assert_traps(check_chain, NULL, "Header size exceeds");
        else
            check_chain(NULL);
    }
    free(filler);
}

/* --- the entry point's own first refusals --- */

static void validate(void *bytes) { pvf_validate_block(*(struct bytes *)bytes); }

static struct bytes call_of(struct bytes head, struct bytes pov_bytes, struct bytes extension) {
    begin_bytes();
    write_bytes(&out, head);
    write_bytes(&out, pov_bytes);
    write_raw(&out, relay_number, 4);
    write_raw(&out, ROOT, 32);
    write_slice(&out, extension);
    return end_bytes();
}

static void entry_point(void **state) {
    (void)state;
    struct bytes head = plain_header(0), headers[1];
    uint8_t hash[32];
    host_blake2_256(hash, head);
    headers[0] = header(hash, 1, 0, TEXT(""));
    data = block_data(1, headers, 1, TEXT(""));
    struct bytes v2 = block_data(2, headers, 1, TEXT(scheduling));
    struct bytes call = call_of(head, data, TEXT("\3" ROOT ROOT));
    assert_traps(validate, &call, "V3 scheduling is disabled");
    call = call_of(head, v2, TEXT("\3" ROOT ROOT));
    assert_traps(validate, &call, "V3 scheduling is disabled");
    call = call_of(TEXT("short"), data, TEXT(""));
    assert_traps(validate, &call, "Invalid parent head");
    call = call_of(head, data, TEXT(""));
    assert_traps(validate, &call, "Compact proof decoding failure");
    /* Without the extension the scheduling proof says nothing. */
    call = call_of(head, v2, TEXT(""));
    assert_traps(validate, &call, "Compact proof decoding failure");
    /* Bytes behind the parent's header do not belong to what is hashed. */
    begin_bytes();
    write_slice(&out, head);
    write_slice(&out, TEXT("more"));
    call = call_of(end_bytes(), data, TEXT(""));
    assert_traps(validate, &call, "Compact proof decoding failure");
    call = call_of(plain_header(9), data, TEXT(""));
    assert_traps(validate, &call, "Not a valid chain of blocks");
    call = TEXT("");
    assert_traps(validate, &call, "Invalid arguments");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(parameters, fresh),
        cmocka_unit_test_setup(formats, fresh),
        cmocka_unit_test_setup(cut_block_data_panics, fresh),
        cmocka_unit_test_setup(bundles, fresh),
        cmocka_unit_test_setup(links, fresh),
        cmocka_unit_test_setup(headers_end_at_one_mebibyte, fresh),
        cmocka_unit_test_setup(entry_point, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

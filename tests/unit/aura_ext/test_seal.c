/* test_seal.c - the seal that validators ask for: one, of 64 bytes, anywhere in the digest, by the slot's author. */
#include "unit.h"

#include "aura_ext/aura_ext.h"
#include "aura_ext/seal.h"
#include "sr25519.h"
#include "system/system.h"

enum { KEYS = 3, SLOT = 100 }; /* SLOT's author is the second of three */

static uint8_t secrets[KEYS][SR25519_SECRET];
static aura_id publics[KEYS];

static void set_authorities(uint32_t count) {
    aura_authorities list = {publics, count};
    aura_ext_Authorities_put(&list);
}

static int start(void **state) {
    fresh(state);
    for (uint8_t i = 0; i < KEYS; i++) {
        uint8_t seed[32] = {i + 1};
        sr25519_expand(secrets[i], seed);
        sr25519_public(publics[i].at, secrets[i]);
    }
    set_authorities(KEYS);
    return 0;
}

/* A digest in the making, and the header before it. */
static struct {
    uint8_t at[2048];
    uint32_t len, count;
} digest;

static void item(uint8_t tag, const char *engine, struct bytes data) {
    struct writer out = writer_over(digest.at + digest.len, sizeof digest.at - digest.len);
    write_u8(&out, tag);
    write_raw(&out, engine, 4);
    write_bytes(&out, data);
    assert_false(out.overflow);
    digest.len += writer_len(&out);
    digest.count++;
}

static void begin(uint64_t slot) {
    digest.len = digest.count = 0;
    item(digest_item_PreRuntime, "CMLS", TEXT("\2\0\1"));
    item(digest_item_PreRuntime, "aura", (struct bytes){(const uint8_t *)&slot, 8});
}

static struct bytes header(void) {
    static uint8_t at[4096];
    static const uint8_t hashes[96] = {7, 8, 9};
    struct writer out = writer_over(at, sizeof at);
    write_raw(&out, hashes, 32);
    write_compact_u32(&out, 70);
    write_raw(&out, hashes + 32, 64);
    write_compact_u32(&out, digest.count);
    write_raw(&out, digest.at, digest.len);
    assert_false(out.overflow);
    return writer_bytes(&out);
}

/* A signature of `key` over the header as it is. */
static struct bytes signature(uint32_t key) {
    static uint8_t made[64];
    uint8_t hash[32];
    shim_blake2(hash, 32, header());
    sr25519_sign(made, secrets[key], publics[key].at, (struct bytes){hash, 32});
    return (struct bytes){made, 64};
}

static struct bytes left;
static void remove_seal(void *unused) {
    (void)unused;
    left = aura_ext_remove_seal(header());
}

static void takes_the_authors_seal_away(void **state) {
    (void)state;
    for (uint64_t slot = SLOT; slot < SLOT + 7; slot++) {
        begin(slot);
        struct bytes unsealed = header();
        struct bytes expected = {arena_copy(&arena_state, unsealed), unsealed.len};
        item(digest_item_Seal, "aura", signature((uint32_t)(slot % KEYS)));
        remove_seal(NULL);
        assert_bytes_equal(left, expected);
    }
}

/* Items behind the seal are signed too; other engines' seals and other items of Aura's are no seals. */
static void the_seal_may_stand_anywhere(void **state) {
    (void)state;
    begin(SLOT);
    uint32_t at = digest.len;
    item(digest_item_Seal, "BABE", TEXT("0123456789012345678901234567890123456789012345678901234567890123"));
    item(digest_item_Consensus, "aura", TEXT("0123456789012345678901234567890123456789012345678901234567890123"));
    struct bytes unsealed = header(), by = signature(SLOT % KEYS);
    struct bytes expected = {arena_copy(&arena_state, unsealed), unsealed.len};
    uint8_t seal[5 + 2 + 64];
    struct writer out = writer_over(seal, sizeof seal);
    write_u8(&out, digest_item_Seal);
    write_raw(&out, "aura", 4);
    write_bytes(&out, by);
    memmove(digest.at + at + sizeof seal, digest.at + at, digest.len - at);
    memcpy(digest.at + at, seal, sizeof seal);
    digest.len += sizeof seal;
    digest.count++;
    remove_seal(NULL);
    assert_bytes_equal(left, expected);
}

static void the_first_slot_counts(void **state) {
    (void)state;
    const uint64_t other = SLOT + 1;
    begin(SLOT);
    item(digest_item_PreRuntime, "aura", (struct bytes){(const uint8_t *)&other, 8});
    struct bytes by = signature(SLOT % KEYS);
    item(digest_item_Seal, "aura", by);
    remove_seal(NULL);
}

static void refuses_other_seals(void **state) {
    (void)state;
    begin(SLOT);
    assert_traps(remove_seal, NULL, "Could not find an AuRa seal digest!");
    item(digest_item_Seal, "aura", signature((SLOT + 1) % KEYS));
    assert_traps(remove_seal, NULL, "Invalid AuRa seal");
    item(digest_item_Seal, "aura", signature(SLOT % KEYS));
    assert_traps(remove_seal, NULL, "Found multiple AuRa seal digests");
    for (uint32_t size = 0; size < 80; size++) {
        static const uint8_t zeros[80];
        begin(SLOT);
        item(digest_item_Seal, "aura", (struct bytes){zeros, size});
        assert_traps(remove_seal, NULL, size == 64 ? "Invalid AuRa seal" : "Could not find an AuRa seal digest!");
    }
    /* Whatever byte changes, before or in the seal. */
    begin(SLOT);
    item(digest_item_Seal, "aura", signature(SLOT % KEYS));
    for (uint32_t at = 18; at < digest.len; at += 3) {
        digest.at[at] ^= 1;
        assert_false(shim_guard(remove_seal, NULL));
        digest.at[at] ^= 1;
    }
    remove_seal(NULL);
}

static void refuses_without_an_author(void **state) {
    (void)state;
    digest.len = digest.count = 0;
    item(digest_item_Seal, "aura", signature(0));
    assert_traps(remove_seal, NULL, "Could not find AuRa author index!");
    item(digest_item_PreRuntime, "aura", TEXT("short"));
    assert_traps(remove_seal, NULL, "Could not find AuRa author index!");
    begin(SLOT);
    item(digest_item_Seal, "aura", signature(SLOT % KEYS));
    set_authorities(0);
    assert_traps(remove_seal, NULL, "Could not find AuRa author index!");
    aura_ext_Authorities_kill();
    assert_traps(remove_seal, NULL, "Could not find AuRa author index!");
    /* A list that ends early. */
    overlay_put((struct bytes){aura_ext_Authorities_storage.prefix, STORAGE_PREFIX_SIZE}, TEXT("\x08" "only one key is here, of 32 bytes"));
    assert_traps(remove_seal, NULL, "Could not find AuRa author index!");
    set_authorities(2); /* the slot's author is another one now */
    assert_traps(remove_seal, NULL, "Invalid AuRa seal");
    set_authorities(KEYS);
    remove_seal(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(takes_the_authors_seal_away, start),
        cmocka_unit_test_setup(the_seal_may_stand_anywhere, start),
        cmocka_unit_test_setup(the_first_slot_counts, start),
        cmocka_unit_test_setup(refuses_other_seals, start),
        cmocka_unit_test_setup(refuses_without_an_author, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

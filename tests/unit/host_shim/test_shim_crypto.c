/* test_shim_crypto.c - hashes, the three signature schemes at their edges, key derivation, blob versions.
 * The long tables of known answers are run by tests/vectors; here are the published anchors and the edges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>
#include <zstd.h>

#include "shim.h"

#define B(text) ((struct bytes){(const uint8_t *)(text), (uint32_t)sizeof(text) - 1})

static int setup(void **state) {
    (void)state;
    shim_reset();
    shim_log_level(-1);
    return 0;
}

/* Decodes up to 128 bytes of hex into a static ring, so that several can be used in one expression. */
static const uint8_t *hex(const char *text) {
    static uint8_t ring[8][128];
    static unsigned next;
    uint8_t *out = ring[next++ % 8];
    assert_int_equal(sodium_hex2bin(out, 128, text, strlen(text), NULL, NULL, NULL), 0);
    return out;
}

static void hashes_have_their_published_values(void **state) {
    (void)state;
    uint8_t out[32];
    host_keccak_256(out, B(""));
    assert_memory_equal(out, hex("c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"), 32);
    host_keccak_256(out, B("abc"));
    assert_memory_equal(out, hex("4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"), 32);
    host_blake2_256(out, B(""));
    assert_memory_equal(out, hex("0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"), 32);
    host_blake2_128(out, B(""));
    assert_memory_equal(out, hex("cae66941d9efbd404e4d88758ea67670"), 16);
    host_twox_128(out, B("System"));
    assert_memory_equal(out, hex("26aa394eea5630e07c48ae0c9558cef7"), 16);
}

static void development_keys_derive_as_everywhere(void **state) {
    (void)state;
    /* @polkadot/keyring 14 (schnorrkel), addFromUri(..., sr25519). */
    static const struct {
        const char *suri, *key;
    } rows[] = {
        {"//Alice", "d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d"},
        {"bottom drive obey lake curtain smoke basket hold race lonely fit walk//Alice",
         "d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d"},
        {"//Bob", "8eaf04151687736326c9fea17e25fc5287613693c912909cb226aa4794f26a48"},
        {"//Charlie", "90b5ab205c6974c9ea841be688864633dc9ca8a357843eeacf2314649965fe22"},
        {"//Alice//stash", "be5ddb1579b72e84524fc29e78609e3caf42e85aa118ebfe0b0ad404b5bdd25f"},
        {"//1", "b606fc73f57f03cdb4c932d475ab426043e429cecc2ffff0d2672b0df8398c48"},
        {"//Alice//18446744073709551615", "466cf6eea4b2c4737b522d1404e64cc3e9b2cecff85dbf7da0c76b67ebf9e204"},
        {"//a junction text that is longer than thirty-two bytes",
         "d0837e97bc8c356c33206ecd3e3e9290a5e467faee8787f3c903384610b2a570"},
        {"0x0101010101010101010101010101010101010101010101010101010101010101",
         "189dac29296d31814dc8c56cf3d36a0543372bba7538fa322a4aebfebc39e056"},
        {"0x0101010101010101010101010101010101010101010101010101010101010101//hard//2",
         "3810461eba849eabcc41759dbe649933f6d057f58101b9c4af654df0afc58a10"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t secret[64], key[32];
        struct bytes suri = {(const uint8_t *)rows[i].suri, (uint32_t)strlen(rows[i].suri)};
        assert_true(shim_sr25519_pair(secret, key, suri));
        assert_memory_equal(key, hex(rows[i].key), 32);
    }
    static const char *const bad[] = {"/soft", "//",          "//Alice/", "//Alice///password",
                                      "0x01",  "some phrase", "//Alice//"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        uint8_t secret[64], key[32];
        assert_false(shim_sr25519_pair(secret, key, (struct bytes){(const uint8_t *)bad[i], (uint32_t)strlen(bad[i])}));
    }
}

static void sr25519_signatures_verify(void **state) {
    (void)state;
    uint8_t secret[64], key[32], signature[64], again[64], message[400];
    assert_true(shim_sr25519_pair(secret, key, B("//Alice")));
    for (uint32_t len = 0; len < sizeof message; len += 13) {
        memset(message, (int)len, len);
        struct bytes m = {message, len};
        shim_sr25519_sign(signature, secret, key, m);
        shim_sr25519_sign(again, secret, key, m);
        assert_memory_equal(signature, again, 64);
        assert_true(host_sr25519_verify(signature, m, key));
        for (int bit = (int)(len % 7); bit < 512; bit += 7) {
            memcpy(again, signature, 64);
            again[bit / 8] ^= (uint8_t)(1 << bit % 8);
            assert_false(host_sr25519_verify(again, m, key));
        }
        message[len] = 1;
        assert_false(host_sr25519_verify(signature, (struct bytes){message, len + 1}, key));
    }
    /* The identity as key: only the equation counts. R = sB for any s. */
    uint8_t zero[32] = {0}, s[32] = {5}, identity_signature[64];
    assert_int_equal(crypto_scalarmult_ristretto255_base(identity_signature, s), 0);
    memcpy(identity_signature + 32, s, 32);
    identity_signature[63] |= 0x80;
    assert_true(host_sr25519_verify(identity_signature, B("m"), zero));
    identity_signature[32] = 6;
    assert_false(host_sr25519_verify(identity_signature, B("m"), zero));
}

static void the_keystore_signs_for_its_own_keys(void **state) {
    (void)state;
    uint8_t alice[32], random[32], second[32], signature[64];
    host_sr25519_generate(alice, B("aura").at, true, B("//Alice"));
    assert_memory_equal(alice, hex("d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d"), 32);
    host_sr25519_generate(random, B("aura").at, false, B(""));
    host_sr25519_generate(second, B("aura").at, false, B(""));
    assert_memory_not_equal(random, second, 32);
    assert_true(host_sr25519_sign(signature, B("aura").at, random, B("m")));
    assert_true(host_sr25519_verify(signature, B("m"), random));
    assert_false(host_sr25519_sign(signature, B("gran").at, random, B("m"))); /* another key type */
    assert_false(host_sr25519_sign(signature, B("aura").at, signature, B("m")));
    shim_reset();
    assert_false(host_sr25519_sign(signature, B("aura").at, alice, B("m")));
}

static void bad_seed(void *context) {
    uint8_t key[32];
    host_sr25519_generate(key, B("aura").at, true, *(struct bytes *)context);
}

static void unsupported_seeds_trap(void **state) {
    (void)state;
    struct bytes seed = B("//Alice/soft");
    assert_false(shim_guard(bad_seed, &seed));
    assert_non_null(strstr(shim_trap_message(), "not supported"));
}

/* Small-order points in every encoding: 8 canonical and 6 not (y of p or more, or the sign of x = 0). */
static const char *const small_order[14] = {"0000000000000000000000000000000000000000000000000000000000000000",
                                            "0000000000000000000000000000000000000000000000000000000000000080",
                                            "0100000000000000000000000000000000000000000000000000000000000000",
                                            "0100000000000000000000000000000000000000000000000000000000000080",
                                            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                                            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
                                            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
                                            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
                                            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                                            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                                            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"};

static void ed25519_accepts_every_zip215_edge(void **state) {
    (void)state;
    /* ZIP-215's own set: with s = 0 every pair of small-order R and key satisfies the cofactored equation. */
    uint32_t accepted = 0;
    for (int a = 0; a < 14; a++)
        for (int r = 0; r < 14; r++) {
            uint8_t signature[64] = {0};
            memcpy(signature, hex(small_order[r]), 32);
            accepted += host_ed25519_verify(signature, B("Zcash"), hex(small_order[a]));
            signature[32] = 1;
            assert_false(host_ed25519_verify(signature, B("Zcash"), hex(small_order[a])));
        }
    assert_int_equal(accepted, 196);
}

static void ed25519_agrees_with_libsodium_on_ordinary_input(void **state) {
    (void)state;
    uint8_t seed[32] = {1}, key[32], secret[64], signature[64], message[100];
    for (uint8_t i = 0; i < 60; i++) {
        seed[1] = i;
        crypto_sign_seed_keypair(key, secret, seed);
        memset(message, i, i);
        struct bytes m = {message, i};
        crypto_sign_detached(signature, NULL, message, i, secret);
        assert_true(host_ed25519_verify(signature, m, key));
        for (int bit = i % 5; bit < 512; bit += 5) {
            uint8_t changed[64];
            memcpy(changed, signature, 64);
            changed[bit / 8] ^= (uint8_t)(1 << bit % 8);
            assert_int_equal(host_ed25519_verify(changed, m, key),
                             crypto_sign_verify_detached(changed, message, i, key) == 0);
        }
    }
    /* RFC 8032 test 1. */
    memcpy(signature,
           hex("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f"
               "0595bbe24655141438e7a100b"),
           64);
    assert_true(
        host_ed25519_verify(signature, B(""), hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")));
    /* 2 is no point's y. */
    uint8_t none[32] = {2};
    assert_false(host_ed25519_verify(signature, B(""), none));
}

static void ecdsa_recovery_takes_both_forms_of_v(void **state) {
    (void)state;
    /* Row "good" of ecdsa_recover.tsv. */
    const uint8_t *hash = hex("e4223ed20d7ea5740a326e2b268ca6db91d041cf5194f577e393a8ba3b85d8e9");
    uint8_t signature[65], key[33], whole[64];
    memcpy(signature,
           hex("4fb61f2483d1d1530f07d55b410e498e2cdff003aa95433cc8b6ec34d0ef2bdc586d05c9a31ca46ca4b5fdbb67a3e273ef7328e"
               "d0d470fe164e10fca652621b201"),
           65);
    const uint8_t *expect = hex("03fb83010b740a7839eebb9a126f69140b85ab9c81c7487b05da2565e6c7cccbb5");
    assert_true(host_ecdsa_recover_compressed(key, signature, hash));
    assert_memory_equal(key, expect, 33);
    assert_true(host_ecdsa_recover(whole, signature, hash));
    assert_memory_equal(whole, expect + 1, 32);
    assert_int_equal(whole[63] & 1, 1);
    signature[64] = 28; /* counts from 27 */
    assert_true(host_ecdsa_recover_compressed(key, signature, hash));
    assert_memory_equal(key, expect, 33);
    for (int v = 4; v < 256; v++) {
        signature[64] = (uint8_t)v;
        if (v < 27 || v > 30)
            assert_false(host_ecdsa_recover(whole, signature, hash));
    }
}

/* --- blob versions --- */

static uint32_t section(uint8_t *out, const char *name, const uint8_t *body, uint32_t len) {
    uint32_t name_len = (uint32_t)strlen(name), size = 1 + name_len + len, at = 0;
    out[at++] = 0;
    out[at++] = (uint8_t)(size & 127) | 128; /* padded LEB, as linkers write */
    out[at++] = (uint8_t)(size >> 7);
    out[at++] = (uint8_t)name_len;
    memcpy(out + at, name, name_len);
    memcpy(out + at + name_len, body, len);
    return at + name_len + len;
}

static const uint8_t version_body[] = {8, 'a', 'b', 4, 'c', 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0, 7, 0, 0, 0, 1};
static const uint8_t apis_body[] = {0xdf, 0x6a, 0xcb, 0x68, 0x99, 0x07, 0x60, 0x9b, 5, 0, 0, 0,
                                    1,    2,    3,    4,    5,    6,    7,    8,    9, 0, 0, 0};

static uint32_t make_blob(uint8_t *blob, uint32_t apis_len) {
    static const uint8_t head[] = {0, 'a', 's', 'm', 1, 0, 0, 0, 1, 1, 0}; /* and an empty type section */
    memcpy(blob, head, sizeof head);
    uint32_t len = sizeof head;
    len += section(blob + len, "other", apis_body, 3);
    len += section(blob + len, "runtime_version", version_body, sizeof version_body);
    len += section(blob + len, "runtime_apis", apis_body, apis_len);
    return len;
}

static void blob_versions_join_both_sections(void **state) {
    (void)state;
    uint8_t blob[400], out[100], packed[500] = {0x52, 0xbc, 0x53, 0x76, 0x46, 0xdb, 0x8e, 0x05};
    uint32_t len = make_blob(blob, sizeof apis_body);
    uint8_t expect[100];
    memcpy(expect, version_body, 17);
    expect[17] = 2 << 2;
    memcpy(expect + 18, apis_body, 24);
    memcpy(expect + 42, version_body + 18, 5);
    assert_int_equal(host_runtime_version((struct bytes){blob, len}, out, sizeof out), 47);
    assert_memory_equal(out, expect, 47);
    size_t size = ZSTD_compress(packed + 8, sizeof packed - 8, blob, len, 3);
    assert_false(ZSTD_isError(size));
    memset(out, 0, sizeof out);
    assert_int_equal(host_runtime_version((struct bytes){packed, (uint32_t)size + 8}, out, 10), 47);
    assert_memory_equal(out, expect, 10);
    assert_int_equal(out[10], 0);
    /* Without the API list: Core's version is unknown, so both newer fields take their defaults. */
    len -= section(out, "runtime_apis", apis_body, sizeof apis_body);
    assert_int_equal(host_runtime_version((struct bytes){blob, len}, out, sizeof out), 23);
    assert_int_equal(load_u32(out + 18), 1);
    assert_int_equal(out[22], 0);
}

static void damaged_blobs_have_no_version(void **state) {
    (void)state;
    uint8_t blob[400], out[100];
    uint32_t len = make_blob(blob, sizeof apis_body);
    for (uint32_t cut = 0; cut < 60; cut++) { /* everything up to the end of the version section is needed */
        uint8_t *exact = malloc(cut + 1);
        memcpy(exact, blob, cut);
        uint32_t got = host_runtime_version((struct bytes){exact, cut}, out, sizeof out);
        assert_int_equal(got, HOST_ABSENT);
        free(exact);
    }
    len = make_blob(blob, 13); /* API list not a multiple of 12 */
    assert_int_equal(host_runtime_version((struct bytes){blob, len}, out, sizeof out), HOST_ABSENT);
    uint8_t packed[64] = {0x52, 0xbc, 0x53, 0x76, 0x46, 0xdb, 0x8e, 0x05, 0x28, 0xb5, 0x2f, 0xfd};
    for (uint32_t cut = 8; cut < 64; cut++)
        assert_int_equal(host_runtime_version((struct bytes){packed, cut}, out, sizeof out), HOST_ABSENT);
}

static void zstd_bombs_are_refused(void **state) {
    (void)state;
    size_t raw = 60u * 1024 * 1024, room = ZSTD_compressBound(raw);
    uint8_t *zeros = calloc(1, raw), *packed = malloc(room + 8), out[8];
    memcpy(packed, hex("52bc537646db8e05"), 8);
    size_t size = ZSTD_compress(packed + 8, room, zeros, raw, 1);
    assert_in_range(size, 1, 100000);
    assert_int_equal(host_runtime_version((struct bytes){packed, (uint32_t)size + 8}, out, 8), HOST_ABSENT);
    free(zeros);
    free(packed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(hashes_have_their_published_values, setup),
        cmocka_unit_test_setup(development_keys_derive_as_everywhere, setup),
        cmocka_unit_test_setup(sr25519_signatures_verify, setup),
        cmocka_unit_test_setup(the_keystore_signs_for_its_own_keys, setup),
        cmocka_unit_test_setup(unsupported_seeds_trap, setup),
        cmocka_unit_test_setup(ed25519_accepts_every_zip215_edge, setup),
        cmocka_unit_test_setup(ed25519_agrees_with_libsodium_on_ordinary_input, setup),
        cmocka_unit_test_setup(ecdsa_recovery_takes_both_forms_of_v, setup),
        cmocka_unit_test_setup(blob_versions_join_both_sections, setup),
        cmocka_unit_test_setup(damaged_blobs_have_no_version, setup),
        cmocka_unit_test_setup(zstd_bombs_are_refused, setup),
    };
    return cmocka_run_group_tests_name("shim_crypto", tests, NULL, NULL);
}

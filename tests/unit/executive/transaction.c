/* transaction.c - see chain.h: keys, payloads and extrinsics, written from the format, sharing no code with the
 * decoder. */
#include "executive/chain.h"

#include <secp256k1_recovery.h>
#include <sodium.h>

#include "gen/metadata_digest.h"
#include "keccak.h"

/* Development keys whose public keys and accounts @polkadot/keyring 14.0.3 gave: ed25519 //Alice, ecdsa //Alice, and
 * the first account of Ethereum's parachain development chains (Alith). */
static const uint8_t ed_seed[32] = {0xab, 0xf8, 0xe5, 0xbd, 0xbe, 0x30, 0xc6, 0x56, 0x56, 0xc0, 0xa3,
                                    0xcb, 0xd1, 0x81, 0xff, 0x8a, 0x56, 0x29, 0x4a, 0x69, 0xdf, 0xed,
                                    0xd2, 0x79, 0x82, 0xaa, 0xce, 0x4a, 0x76, 0x90, 0x91, 0x15};
static const uint8_t ecdsa_seed[32] = {0xcb, 0x6d, 0xf9, 0xde, 0x1e, 0xfc, 0xa7, 0xa3, 0x99, 0x8a, 0x8e,
                                       0xad, 0x4e, 0x02, 0x15, 0x9d, 0x5f, 0xa9, 0x9c, 0x3e, 0x0d, 0x4f,
                                       0xd6, 0x43, 0x26, 0x67, 0x39, 0x0b, 0xb4, 0x72, 0x68, 0x54};
static const uint8_t eth_seed[32] = {0x5f, 0xb9, 0x2d, 0x6e, 0x98, 0x88, 0x4f, 0x76, 0xde, 0x46, 0x8f,
                                     0xa3, 0xf6, 0x27, 0x8f, 0x88, 0x07, 0xc4, 0x8b, 0xeb, 0xc1, 0x35,
                                     0x95, 0xd4, 0x5a, 0xf5, 0xbd, 0xc4, 0xda, 0x70, 0x21, 0x33};
static const account_id ed_id = {{0x88, 0xdc, 0x34, 0x17, 0xd5, 0x05, 0x8e, 0xc4, 0xb4, 0x50, 0x3e,
                                   0x0c, 0x12, 0xea, 0x1a, 0x0a, 0x89, 0xbe, 0x20, 0x0f, 0xe9, 0x89,
                                   0x22, 0x42, 0x3d, 0x43, 0x34, 0x01, 0x4f, 0xa6, 0xb0, 0xee}};
static const account_id ecdsa_id = {{0x01, 0xe5, 0x52, 0x29, 0x8e, 0x47, 0x45, 0x40, 0x41, 0xea, 0x31,
                                      0x27, 0x3b, 0x4b, 0x63, 0x0c, 0x64, 0xc1, 0x04, 0xe4, 0x51, 0x4a,
                                      0xa3, 0x64, 0x34, 0x90, 0xb8, 0xaa, 0xca, 0x9c, 0xf8, 0xed}};
static const account_id eth_id = {{0xf2, 0x4f, 0xf3, 0xa9, 0xcf, 0x04, 0xc7, 0x1d, 0xbc, 0x94, 0xd0,
                                    0xb5, 0x66, 0xf7, 0xa2, 0x7b, 0x94, 0x56, 0x6c, 0xac, 0xee, 0xee,
                                    0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee}};

static void sr25519_of(enum signer who, uint8_t secret[static 64], uint8_t public_key[static 32]) {
    static const struct bytes suris[SIGNERS] = {
        [ALICE] = {(const uint8_t *)"//Alice", 7}, [BOB] = {(const uint8_t *)"//Bob", 5},
        [CHARLIE] = {(const uint8_t *)"//Charlie", 9}, [POOR] = {(const uint8_t *)"//Poor", 6}};
    assert_true(shim_sr25519_pair(secret, public_key, suris[who]));
}

account_id signer_id(enum signer who) {
    uint8_t secret[64];
    account_id id;
    switch (who) {
    case ED:
        return ed_id;
    case ECDSA:
        return ecdsa_id;
    case ETH:
        return eth_id;
    case ALICE:
    case BOB:
    case CHARLIE:
    case POOR:
    case SIGNERS:
        break;
    }
    sr25519_of(who, secret, id.at);
    return id;
}

static uint8_t kind_of(enum signer who) {
    return who == ED ? KIND_ED25519 : who == ECDSA ? KIND_ECDSA : who == ETH ? KIND_ETH : KIND_SR25519;
}

static void sign_recoverable(uint8_t out[static 65], const uint8_t hash[static 32], const uint8_t seed[static 32]) {
    secp256k1_context *context = secp256k1_context_create(SECP256K1_CONTEXT_SIGN);
    secp256k1_ecdsa_recoverable_signature signature;
    int v;
    assert_int_equal(secp256k1_ecdsa_sign_recoverable(context, &signature, hash, seed, NULL, NULL), 1);
    secp256k1_ecdsa_recoverable_signature_serialize_compact(context, out, &v, &signature);
    out[64] = (uint8_t)v;
    secp256k1_context_destroy(context);
}

static struct bytes sign(enum signer who, struct bytes payload, uint8_t out[static 65]) {
    uint8_t secret[64], public_key[32], hash[32];
    switch (kind_of(who)) {
    case KIND_ED25519:
        assert_int_equal(crypto_sign_seed_keypair(public_key, secret, ed_seed), 0);
        assert_memory_equal(public_key, ed_id.at, 32);
        assert_int_equal(crypto_sign_detached(out, NULL, payload.at, payload.len, secret), 0);
        return (struct bytes){out, 64};
    case KIND_ECDSA:
        shim_blake2(hash, 32, payload);
        sign_recoverable(out, hash, ecdsa_seed);
        return (struct bytes){out, 65};
    case KIND_ETH:
        keccak_256(hash, payload);
        sign_recoverable(out, hash, eth_seed);
        return (struct bytes){out, 65};
    default:
        sr25519_of(who, secret, public_key);
        shim_sr25519_sign(out, secret, public_key, payload);
        return (struct bytes){out, 64};
    }
}

struct tx tx_of(enum signer who, struct bytes call) {
    static const uint8_t digest[32] = {METADATA_DIGEST};
    struct tx tx = {.who = who, .call = call, .spec = SPEC_VERSION, .version = TRANSACTION_VERSION,
                    .genesis = chain.genesis, .birth = chain.genesis};
    account_id id = signer_id(who);
    struct bytes nonce = chain_get("AccountNonceApi_account_nonce", (struct bytes){id.at, 32});
    assert_int_equal(nonce.len, 4);
    tx.nonce = load_u32(nonce.at);
    memcpy(tx.digest, digest, 32);
    return tx;
}

struct bytes tx_extensions(const struct tx *tx) {
    uint8_t bytes[64];
    struct writer out = writer_over(bytes, sizeof bytes);
    if (tx->era.len)
        write_slice(&out, tx->era);
    else
        write_u8(&out, 0);
    write_compact_u32(&out, tx->nonce);
    write_compact(&out, tx->tip);
    write_u8(&out, tx->mode);
    return chain_keep(writer_bytes(&out));
}

struct bytes tx_payload(const struct tx *tx) {
    uint8_t implied[128], hash[32];
    struct writer out = writer_over(implied, sizeof implied);
    write_u32(&out, tx->spec);
    write_u32(&out, tx->version);
    write_raw(&out, tx->genesis.at, 32);
    write_raw(&out, tx->birth.at, 32);
    write_u8(&out, tx->mode);
    if (tx->mode)
        write_raw(&out, tx->digest, 32);
    struct bytes payload = chain_join(chain_join(tx->call, tx_extensions(tx)), writer_bytes(&out));
    if (payload.len <= 256)
        return payload;
    shim_blake2(hash, 32, payload);
    return chain_keep((struct bytes){hash, 32});
}

struct bytes tx_frame(struct bytes body) {
    uint8_t head[5];
    struct writer out = writer_over(head, sizeof head);
    write_compact_u32(&out, body.len);
    return chain_join(writer_bytes(&out), body);
}

struct bytes tx_body(struct bytes extrinsic) {
    struct reader in = reader_over(extrinsic, NULL);
    struct bytes body = read_bytes(&in, UINT32_MAX);
    assert_true(reader_done(&in));
    return body;
}

struct bytes tx_sign(struct tx tx) {
    uint8_t head[1 + 1 + 32 + 1 + 65], signature[65];
    account_id id = signer_id(tx.who);
    struct writer out = writer_over(head, sizeof head);
    write_raw(&out, "\x84\0", 2);
    write_raw(&out, id.at, 32);
    write_u8(&out, kind_of(tx.who));
    write_slice(&out, sign(tx.who, tx_payload(&tx), signature));
    assert_false(out.overflow);
    return tx_frame(chain_join(chain_join(writer_bytes(&out), tx_extensions(&tx)), tx.call));
}

struct bytes tx_plain(enum signer who, struct bytes call) { return tx_sign(tx_of(who, call)); }

struct bytes tx_bare(uint8_t format, struct bytes call) {
    return tx_frame(chain_join((struct bytes){&format, 1}, call));
}

struct bytes tx_general(uint8_t extension_version, struct tx tx) {
    const uint8_t head[] = {0x45, extension_version};
    return tx_frame(chain_join(chain_join((struct bytes){head, 2}, tx_extensions(&tx)), tx.call));
}

struct bytes era_mortal(uint64_t period, uint64_t current) {
    uint64_t quantum = period >> 12 > 1 ? period >> 12 : 1, log = 0;
    while (2ull << log < period)
        log++;
    uint64_t encoded = log | (current % period / quantum) << 4;
    const uint8_t bytes[] = {(uint8_t)encoded, (uint8_t)(encoded >> 8)};
    return chain_keep((struct bytes){bytes, 2});
}

/* --- calls --- */

struct bytes call_bytes(uint8_t pallet, uint8_t index, struct bytes args) {
    const uint8_t head[] = {pallet, index};
    return chain_join((struct bytes){head, 2}, args);
}

struct bytes call_transfer(enum signer to, balance amount) {
    uint8_t args[64];
    account_id id = signer_id(to);
    struct writer out = writer_over(args, sizeof args);
    write_u8(&out, 0);
    write_raw(&out, id.at, 32);
    write_compact(&out, amount);
    return call_bytes(10, 3, writer_bytes(&out));
}

struct bytes call_remark(uint32_t len) {
    uint8_t head[5];
    struct writer out = writer_over(head, sizeof head);
    write_compact_u32(&out, len);
    uint8_t *zeros = calloc(1, len + 1);
    struct bytes call = chain_join(call_bytes(0, 0, writer_bytes(&out)), (struct bytes){zeros, len});
    free(zeros);
    return call;
}

struct bytes call_sudo(struct bytes call) { return call_bytes(15, 0, call); }

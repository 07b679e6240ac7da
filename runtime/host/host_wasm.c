/* host_wasm.c - host.h over the node's imports: one prototype per ext_* function, one wrapper each.
 * Signatures: node ABI of polkadot-sdk stable2609 (substrate/primitives/io). A fat pointer is (len << 32) | address. */
#include "host/host.h"

#define IMPORT(name) __attribute__((import_module("env"), import_name(#name)))
typedef uint64_t fat;

IMPORT(ext_allocator_malloc_version_1) void *ext_malloc(uint32_t size);
IMPORT(ext_allocator_free_version_1) void ext_free(void *at);
IMPORT(ext_storage_read_version_1) fat ext_storage_read(fat key, fat out, uint32_t offset);
IMPORT(ext_storage_exists_version_1) uint32_t ext_storage_exists(fat key);
IMPORT(ext_storage_set_version_1) void ext_storage_set(fat key, fat value);
IMPORT(ext_storage_clear_version_1) void ext_storage_clear(fat key);
IMPORT(ext_storage_append_version_1) void ext_storage_append(fat key, fat item);
IMPORT(ext_storage_next_key_version_1) fat ext_storage_next_key(fat key);
IMPORT(ext_storage_root_version_2) fat ext_storage_root(uint32_t version);
IMPORT(ext_hashing_blake2_128_version_1) const uint8_t *ext_blake2_128(fat in);
IMPORT(ext_hashing_blake2_256_version_1) const uint8_t *ext_blake2_256(fat in);
IMPORT(ext_hashing_keccak_256_version_1) const uint8_t *ext_keccak_256(fat in);
IMPORT(ext_hashing_twox_128_version_1) const uint8_t *ext_twox_128(fat in);
IMPORT(ext_trie_blake2_256_ordered_root_version_2) const uint8_t *ext_ordered_root(fat items, uint32_t version);
IMPORT(ext_crypto_ed25519_verify_version_1) uint32_t ext_ed25519_verify(const uint8_t *sig, fat message, const uint8_t *key);
IMPORT(ext_crypto_sr25519_verify_version_2) uint32_t ext_sr25519_verify(const uint8_t *sig, fat message, const uint8_t *key);
IMPORT(ext_crypto_secp256k1_ecdsa_recover_compressed_version_2) fat ext_recover_compressed(const uint8_t *sig, const uint8_t *hash);
IMPORT(ext_crypto_secp256k1_ecdsa_recover_version_2) fat ext_recover(const uint8_t *sig, const uint8_t *hash);
IMPORT(ext_crypto_sr25519_generate_version_1) const uint8_t *ext_sr25519_generate(const uint8_t *key_type, fat seed);
IMPORT(ext_crypto_sr25519_sign_version_1) fat ext_sr25519_sign(const uint8_t *key_type, const uint8_t *key, fat message);
IMPORT(ext_misc_runtime_version_version_1) fat ext_runtime_version(fat blob);
IMPORT(ext_logging_log_version_1) void ext_log(uint32_t level, fat target, fat message);

static fat pack(const void *at, uint32_t len) { return (uint64_t)len << 32 | (uint32_t)(uintptr_t)at; }
static fat pack_bytes(struct bytes b) { return pack(b.at, b.len); }
static struct bytes unpack(fat f) { return (struct bytes){(const uint8_t *)(uintptr_t)(uint32_t)f, (uint32_t)(f >> 32)}; }

void *host_malloc(uint32_t size) { return ext_malloc(size); }
void host_free(void *at) { ext_free(at); }

uint32_t host_storage_read(struct bytes key, uint8_t *out, uint32_t capacity) {
    struct bytes answer = unpack(ext_storage_read(pack_bytes(key), pack(out, capacity), 0));
    return answer.len == 5 && answer.at[0] == 1 ? load_u32(answer.at + 1) : HOST_ABSENT;
}
bool host_storage_exists(struct bytes key) { return ext_storage_exists(pack_bytes(key)) != 0; }
void host_storage_set(struct bytes key, struct bytes value) { ext_storage_set(pack_bytes(key), pack_bytes(value)); }
void host_storage_clear(struct bytes key) { ext_storage_clear(pack_bytes(key)); }
void host_storage_append(struct bytes key, struct bytes item) { ext_storage_append(pack_bytes(key), pack_bytes(item)); }

/* Copies out the payload of a SCALE `Option<Vec<u8>>` that the host answered. */
static uint32_t option_bytes(struct bytes answer, uint8_t *out, uint32_t capacity) {
    if (answer.len < 2 || answer.at[0] != 1)
        return HOST_ABSENT;
    uint32_t mode = answer.at[1] & 3, head = mode == 0 ? 1 : mode == 1 ? 2 : 4;
    if (mode == 3 || answer.len < 1 + head)
        return HOST_ABSENT;
    uint32_t len = answer.len - 1 - head;
    memcpy(out, answer.at + 1 + head, min_u32(len, capacity));
    return len;
}
uint32_t host_storage_next_key(struct bytes key, uint8_t *out, uint32_t capacity) {
    return option_bytes(unpack(ext_storage_next_key(pack_bytes(key))), out, capacity);
}
void host_storage_root(uint8_t root[static 32], uint8_t version) {
    struct bytes answer = unpack(ext_storage_root(version));
    ASSERT(answer.len == 32);
    memcpy(root, answer.at, 32);
}

void host_blake2_128(uint8_t out[static 16], struct bytes in) { memcpy(out, ext_blake2_128(pack_bytes(in)), 16); }
void host_blake2_256(uint8_t out[static 32], struct bytes in) { memcpy(out, ext_blake2_256(pack_bytes(in)), 32); }
void host_keccak_256(uint8_t out[static 32], struct bytes in) { memcpy(out, ext_keccak_256(pack_bytes(in)), 32); }
void host_twox_128(uint8_t out[static 16], struct bytes in) { memcpy(out, ext_twox_128(pack_bytes(in)), 16); }
void host_ordered_root(uint8_t root[static 32], struct bytes items, uint8_t version) {
    memcpy(root, ext_ordered_root(pack_bytes(items), version), 32);
}

bool host_ed25519_verify(const uint8_t sig[static 64], struct bytes message, const uint8_t key[static 32]) {
    return ext_ed25519_verify(sig, pack_bytes(message), key) != 0;
}
bool host_sr25519_verify(const uint8_t sig[static 64], struct bytes message, const uint8_t key[static 32]) {
    return ext_sr25519_verify(sig, pack_bytes(message), key) != 0;
}
bool host_ecdsa_recover_compressed(uint8_t key[static 33], const uint8_t sig[static 65], const uint8_t hash[static 32]) {
    struct bytes answer = unpack(ext_recover_compressed(sig, hash));
    if (answer.len != 34 || answer.at[0] != 0)
        return false;
    memcpy(key, answer.at + 1, 33);
    return true;
}
bool host_ecdsa_recover(uint8_t key[static 64], const uint8_t sig[static 65], const uint8_t hash[static 32]) {
    struct bytes answer = unpack(ext_recover(sig, hash));
    if (answer.len != 65 || answer.at[0] != 0)
        return false;
    memcpy(key, answer.at + 1, 64);
    return true;
}

void host_sr25519_generate(uint8_t key[static 32], const uint8_t key_type[static 4], bool has_seed, struct bytes seed) {
    uint8_t encoded[5 + 256] = {0}; /* Option<Vec<u8>>; a SURI longer than 256 bytes is refused by the caller */
    uint32_t len = 1;
    if (has_seed) {
        ASSERT(seed.len <= 256);
        encoded[0] = 1;
        if (seed.len < 64) {
            encoded[len++] = (uint8_t)(seed.len << 2);
        } else {
            store_u16(encoded + len, (uint16_t)(seed.len << 2 | 1));
            len += 2;
        }
        memcpy(encoded + len, seed.at, seed.len);
        len += seed.len;
    }
    memcpy(key, ext_sr25519_generate(key_type, pack(encoded, len)), 32);
}
bool host_sr25519_sign(uint8_t sig[static 64], const uint8_t key_type[static 4], const uint8_t key[static 32],
                       struct bytes message) {
    struct bytes answer = unpack(ext_sr25519_sign(key_type, key, pack_bytes(message)));
    if (answer.len != 65 || answer.at[0] != 1)
        return false;
    memcpy(sig, answer.at + 1, 64);
    return true;
}

uint32_t host_runtime_version(struct bytes blob, uint8_t *out, uint32_t capacity) {
    return option_bytes(unpack(ext_runtime_version(pack_bytes(blob))), out, capacity);
}
void host_log(enum host_log_level level, struct bytes target, struct bytes message) {
    ext_log(level, pack_bytes(target), pack_bytes(message));
}
NORETURN void host_trap(void) { __builtin_trap(); }

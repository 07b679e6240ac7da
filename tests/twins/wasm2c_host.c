/* wasm2c_host.c - a third twin: the very blob, turned into C by wasm2c, on the host functions of host-shim. It speaks
 * the line protocol of host-shim/serve.c. What the blob imports and is not here fails to link. */
#include "native.h"
#include "nalar_wasm2c.h"
#include "wasm2c_trap.h"
#include <stdlib.h>
#include <string.h>

/* Memory of a node's instance: the blob's own and 2048 pages for the heap, all there from the start. */
#define PAGE 65536u
#define PAGES (64u + 2048u)
#define LARGEST_BLOCK (32u * 1024 * 1024)
#define BLOCK_HEADER 8u
/* Keys and versions that a host function hands out are shorter. */
#define SCRATCH 65536u

static wasm_rt_memory_t memory;
static uint32_t heap_top;
static uint8_t scratch[SCRATCH];

wasm_rt_memory_t *Z_envZ_memory(struct Z_env_instance_t *env) {
    (void)env;
    return &memory;
}

static uint8_t *at(u32 pointer, uint64_t len) {
    if (pointer + len > memory.size)
        shim_abort("a range outside of the guest's memory");
    return memory.data + pointer;
}

static struct bytes in(u64 fat) {
    uint32_t len = (uint32_t)(fat >> 32);
    return (struct bytes){at((u32)fat, len), len};
}

/* A block of the guest's heap, 8-aligned. Nothing is freed: an instance lives for one call. */
static u32 take(uint32_t len) {
    uint32_t size = 8;
    if (len > LARGEST_BLOCK)
        shim_abort("requested allocation too large");
    while (size < len)
        size *= 2;
    if (memory.size - heap_top < size + BLOCK_HEADER)
        shim_abort("out of guest memory");
    u32 block = heap_top + BLOCK_HEADER;
    heap_top = block + size;
    return block;
}

static u32 place(const uint8_t *bytes, uint32_t len) {
    u32 block = take(len);
    if (len)
        memcpy(at(block, len), bytes, len);
    return block;
}

static u64 give(const uint8_t *bytes, uint32_t len) { return (u64)len << 32 | place(bytes, len); }

/* SCALE Option<Vec<u8>> of what is in `scratch`. */
static u64 give_option(uint32_t len) {
    static uint8_t out[SCRATCH + 8];
    if (len == HOST_ABSENT)
        return give((const uint8_t[]){0}, 1);
    if (len > SCRATCH)
        shim_abort("an answer beyond the scratch buffer");
    uint32_t head = len < 64 ? 2 : len < 16384 ? 3 : 5;
    uint32_t compact = len << 2 | (head == 2 ? 0 : head == 3 ? 1 : 2);
    out[0] = 1;
    for (uint32_t i = 1; i < head; i++)
        out[i] = (uint8_t)(compact >> 8 * (i - 1));
    memcpy(out + head, scratch, len);
    return give(out, head + len);
}

u32 Z_envZ_ext_allocator_malloc_version_1(struct Z_env_instance_t *env, u32 size) {
    (void)env;
    return take(size);
}
void Z_envZ_ext_allocator_free_version_1(struct Z_env_instance_t *env, u32 pointer) {
    (void)env;
    (void)pointer;
}

u64 Z_envZ_ext_storage_read_version_1(struct Z_env_instance_t *env, u64 key, u64 out, u32 offset) {
    (void)env;
    if (offset)
        shim_abort("storage_read with an offset");
    struct bytes buffer = in(out);
    uint32_t len = host_storage_read(in(key), at((u32)out, buffer.len), buffer.len);
    uint8_t answer[5] = {1, (uint8_t)len, (uint8_t)(len >> 8), (uint8_t)(len >> 16), (uint8_t)(len >> 24)};
    if (len != HOST_ABSENT)
        return give(answer, 5);
    return give((const uint8_t[]){0}, 1);
}
u32 Z_envZ_ext_storage_exists_version_1(struct Z_env_instance_t *env, u64 key) {
    (void)env;
    return host_storage_exists(in(key));
}
void Z_envZ_ext_storage_set_version_1(struct Z_env_instance_t *env, u64 key, u64 value) {
    (void)env;
    host_storage_set(in(key), in(value));
}
void Z_envZ_ext_storage_clear_version_1(struct Z_env_instance_t *env, u64 key) {
    (void)env;
    host_storage_clear(in(key));
}
void Z_envZ_ext_storage_append_version_1(struct Z_env_instance_t *env, u64 key, u64 item) {
    (void)env;
    host_storage_append(in(key), in(item));
}
u64 Z_envZ_ext_storage_next_key_version_1(struct Z_env_instance_t *env, u64 key) {
    (void)env;
    return give_option(host_storage_next_key(in(key), scratch, SCRATCH));
}
u64 Z_envZ_ext_storage_root_version_2(struct Z_env_instance_t *env, u32 version) {
    (void)env;
    host_storage_root(scratch, (uint8_t)version);
    return give(scratch, 32);
}

#define HASH(name, host, size)                                                       \
    u32 Z_envZ_ext_hashing_##name##_version_1(struct Z_env_instance_t *env, u64 data) { \
        (void)env;                                                                   \
        host(scratch, in(data));                                                     \
        return place(scratch, size);                                                 \
    }
HASH(blake2_128, host_blake2_128, 16)
HASH(blake2_256, host_blake2_256, 32)
HASH(keccak_256, host_keccak_256, 32)
HASH(twox_128, host_twox_128, 16)

u32 Z_envZ_ext_trie_blake2_256_ordered_root_version_2(struct Z_env_instance_t *env, u64 items, u32 version) {
    (void)env;
    host_ordered_root(scratch, in(items), (uint8_t)version);
    return place(scratch, 32);
}

u32 Z_envZ_ext_crypto_ed25519_verify_version_1(struct Z_env_instance_t *env, u32 sig, u64 message, u32 key) {
    (void)env;
    return host_ed25519_verify(at(sig, 64), in(message), at(key, 32));
}
u32 Z_envZ_ext_crypto_sr25519_verify_version_2(struct Z_env_instance_t *env, u32 sig, u64 message, u32 key) {
    (void)env;
    return host_sr25519_verify(at(sig, 64), in(message), at(key, 32));
}
/* SCALE Result<key, error>; the runtime looks at no error but that there is one, so it is always BadSignature. */
static u64 recovered(bool good, const uint8_t *key, uint32_t len) {
    uint8_t answer[65] = {0};
    if (!good)
        return give((const uint8_t[]){1, 2}, 2);
    memcpy(answer + 1, key, len);
    return give(answer, 1 + len);
}
u64 Z_envZ_ext_crypto_secp256k1_ecdsa_recover_compressed_version_2(struct Z_env_instance_t *env, u32 sig, u32 hash) {
    (void)env;
    bool good = host_ecdsa_recover_compressed(scratch, at(sig, 65), at(hash, 32));
    return recovered(good, scratch, 33);
}
u64 Z_envZ_ext_crypto_secp256k1_ecdsa_recover_version_2(struct Z_env_instance_t *env, u32 sig, u32 hash) {
    (void)env;
    bool good = host_ecdsa_recover(scratch, at(sig, 65), at(hash, 32));
    return recovered(good, scratch, 64);
}
u32 Z_envZ_ext_crypto_sr25519_generate_version_1(struct Z_env_instance_t *env, u32 key_type, u64 seed) {
    (void)env;
    struct bytes option = in(seed);
    /* The seed is a text of less than 64 bytes here: its length is one byte. */
    bool has = option.len > 1 && option.at[0] == 1;
    struct bytes text = has ? (struct bytes){option.at + 2, option.len - 2} : (struct bytes){NULL, 0};
    host_sr25519_generate(scratch, at(key_type, 4), has, text);
    return place(scratch, 32);
}
u64 Z_envZ_ext_crypto_sr25519_sign_version_1(struct Z_env_instance_t *env, u32 key_type, u32 key, u64 message) {
    (void)env;
    scratch[0] = 1;
    if (!host_sr25519_sign(scratch + 1, at(key_type, 4), at(key, 32), in(message)))
        return give((const uint8_t[]){0}, 1);
    return give(scratch, 65);
}
u64 Z_envZ_ext_misc_runtime_version_version_1(struct Z_env_instance_t *env, u64 blob) {
    (void)env;
    return give_option(host_runtime_version(in(blob), scratch, SCRATCH));
}
void Z_envZ_ext_logging_log_version_1(struct Z_env_instance_t *env, u32 level, u64 target, u64 message) {
    (void)env;
    host_log((enum host_log_level)level, in(target), in(message));
}

/* --- running --- */

struct export {
    const char *name;
    u64 (*run)(Z_nalar_instance_t *, u32, u32);
};
static const struct export exports[] = {
#define EXPORT(name) {#name, Z_nalarZ_##name},
#include "nalar_wasm2c_exports.inc"
    {NULL, NULL}};

/* Called by wasm2c's runtime, instead of its own way out of a trap. */
void wasm2c_trapped(wasm_rt_trap_t code) { shim_abort(wasm_rt_strerror(code)); }

static void body(void *context) {
    struct native_call *call = context;
    const struct export *found = exports;
    while (found->name && strcmp(found->name, call->function) != 0)
        found++;
    call->known = found->name != NULL;
    if (!call->known)
        return;
    static Z_nalar_instance_t instance;
    Z_nalar_instantiate(&instance, NULL);
    heap_top = (*Z_nalarZ___heap_base(&instance) + 7) / 8 * 8;
    u32 args = place(call->args.at, call->args.len);
    call->result = in(found->run(&instance, args, call->args.len));
}

void native_run(struct native_call *call) {
    if (memory.data)
        wasm_rt_free_memory(&memory);
    wasm_rt_allocate_memory(&memory, PAGES, PAGES);
    /* A trap leaves the depth where it was. */
    wasm_rt_call_stack_depth = 0;
    native_guard(call, body);
}

int main(void) {
    wasm_rt_init();
    Z_nalar_init_module();
    shim_reset();
    return native_serve();
}

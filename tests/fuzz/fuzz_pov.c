/* fuzz_pov.c - libFuzzer target: validate_block. Input: a byte of flags, then ValidationParams. No fuzzer guesses a hash or
 * signs, so that a changed input would end at the first check: signatures are all good here (host_sr25519_verify is this
 * file's), and as the flags say hashes are made to agree. Whatever happens, the host's storage stays untouched, and an
 * answer decodes. Known good inputs are corpus/pov, made by `make fuzz-corpus`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "find_root.h"
#include "pvf/pvf.h"
#include "shim.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum flags {
    FIX_ROOT = 1,  /* the parent's state root is that of the proof */
    FIX_LINKS = 2, /* each block's parent hash is that of the header before it */
};

bool host_sr25519_verify(const uint8_t sig[static 64], struct bytes message, const uint8_t key[static 32]) {
    (void)message;
    (void)key;
    return load_u64(sig) != 0; /* a bad one can be had too */
}

static uint8_t *edit(const uint8_t *at) { return (uint8_t *)(uintptr_t)at; } /* all input is a copy */

/* The header at the reader: its bytes, or none. */
static struct bytes take_header(struct reader *in) {
    const uint8_t *from = in->at;
    read_raw(in, 32);
    read_compact_u32(in);
    read_raw(in, 64);
    for (uint32_t left = read_compact_u32(in); left && !in->failed; left--) {
        uint8_t tag = read_u8(in);
        if (tag >= 4 && tag <= 6)
            read_raw(in, 4);
        if (tag != 8)
            read_bytes(in, UINT32_MAX);
    }
    return in->failed ? (struct bytes){NULL, 0} : (struct bytes){from, (uint32_t)(in->at - from)};
}

static void fix_root(struct bytes parent, struct reader proof) {
    struct trie_proof nodes;
    struct reader in = reader_over(parent, NULL);
    read_raw(&in, 32);
    read_compact_u32(&in);
    uint8_t *root = edit(in.at);
    if (read_raw(&in, 32) && trie_compact_decode(&nodes, &proof, trie_empty_root, &arena_scratch) == TRIE_COMPACT_ROOT)
        memcpy(root, find_root(&nodes), 32);
}

static void fix(struct bytes params, uint8_t flags) {
    struct reader in = reader_over(params, NULL);
    struct bytes before = read_bytes(&in, UINT32_MAX), data = read_bytes(&in, UINT32_MAX), blocks[16];
    uint32_t count = 1;
    in = reader_over(data, NULL);
    if (data.len > 13 && memcmp(data.at, "VERSIONEDPBD", 12) == 0) {
        read_raw(&in, 13);
        count = read_compact_u32(&in);
    }
    if (count > COUNT_OF(blocks))
        return;
    for (uint32_t i = 0; i < count; i++) {
        blocks[i] = take_header(&in);
        for (uint32_t left = read_compact_u32(&in); left && !in.failed; left--)
            read_bytes(&in, UINT32_MAX);
    }
    if (in.failed || before.len == 0)
        return;
    if (flags & FIX_ROOT)
        fix_root(before, in);
    for (uint32_t i = 0; (flags & FIX_LINKS) && i < count; before = blocks[i++])
        shim_blake2(edit(blocks[i].at), 32, before);
}

struct input {
    struct bytes params, result;
    uint8_t flags;
};

static void run(void *context) {
    struct input *input = context;
    fix(input->params, input->flags);
    input->result = pvf_validate_block(input->params);
}

static uint64_t runs, accepted;

static void report(void) {
    printf("%llu runs, %llu accepted\n", (unsigned long long)runs, (unsigned long long)accepted);
    fflush(stdout);
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc;
    (void)argv;
    shim_reset();
    shim_log_level(-1);
    atexit(report);
    return 0;
}

/* head, code, upward, horizontal, processed, watermark. */
static bool decodes(struct bytes result) {
    struct reader in = reader_over(result, NULL);
    read_bytes(&in, UINT32_MAX);
    if (read_bool(&in))
        read_bytes(&in, UINT32_MAX);
    for (uint32_t left = read_compact_u32(&in); left && !in.failed; left--)
        read_bytes(&in, UINT32_MAX);
    for (uint32_t left = read_compact_u32(&in); left && !in.failed; left--) {
        read_u32(&in);
        read_bytes(&in, UINT32_MAX);
    }
    read_u64(&in);
    return reader_done(&in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const enum shim_call forbidden[] = {SHIM_STORAGE_READ,   SHIM_STORAGE_EXISTS,   SHIM_STORAGE_SET, SHIM_STORAGE_CLEAR,
                                               SHIM_STORAGE_APPEND, SHIM_STORAGE_NEXT_KEY, SHIM_STORAGE_ROOT};
    if (size == 0)
        return 0;
    uint8_t *copy = malloc(size);
    memcpy(copy, data + 1, size - 1);
    struct input input = {{copy, (uint32_t)size - 1}, {NULL, 0}, data[0]};
    runtime_reset();
    shim_drop_guest_memory();
    shim_reset_counters();
    runs++;
    if (shim_guard(run, &input)) {
        accepted++;
        if (!decodes(input.result))
            abort();
    }
    for (size_t i = 0; i < COUNT_OF(forbidden); i++)
        if (shim_counters()->by_call[forbidden[i]])
            abort();
    runtime_reset();
    shim_drop_guest_memory();
    free(copy);
    return 0;
}

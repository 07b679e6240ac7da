/* pov.c - see author.h: what validators get, what they must answer, and validate_block run natively. */
#include "author.h"

#include "pvf/pvf.h"

struct bytes pov_block_data(const struct pov *pov, enum pov_format format, struct bytes proof) {
    uint8_t head[18];
    struct writer out = writer_over(head, sizeof head);
    if (format == POV_V1) {
        write_raw(&out, "VERSIONEDPBD\1", 13);
        write_compact_u32(&out, pov->count);
    } else {
        assert_int_equal(pov->count, 1);
    }
    struct bytes data = chain_keep(writer_bytes(&out));
    for (uint32_t i = 0; i < pov->count; i++)
        data = chain_join(data, pov->blocks[i].block);
    return chain_join(data, proof);
}

struct bytes pov_params(const struct pov *pov, struct bytes block_data) {
    uint8_t tail[36];
    store_u32(tail, pov->relay_number);
    memcpy(tail + 4, pov->relay_root.at, 32);
    return chain_join(chain_join(tx_frame(pov->parent_head), tx_frame(block_data)), (struct bytes){tail, sizeof tail});
}

/* --- what all blocks say together --- */

enum { MOST_MESSAGES_OUT = 4096 };

struct together {
    struct bytes upward[MOST_MESSAGES_OUT], signals[4], code, head;
    struct {
        uint32_t recipient;
        struct bytes data;
    } horizontal[MOST_MESSAGES_OUT];
    uint32_t upward_count, signal_count, horizontal_count, processed, watermark;
    bool has_code;
};

static void add_info(struct together *all, struct bytes info) {
    struct reader in = reader_over(info, NULL);
    bool signals = false;
    for (uint32_t left = read_compact_u32(&in); left && !in.failed; left--) {
        struct bytes message = read_bytes(&in, UINT32_MAX);
        assert_true(all->upward_count < MOST_MESSAGES_OUT && all->signal_count < COUNT_OF(all->signals));
        if (message.len == 0)
            signals = true;
        else if (signals)
            all->signals[all->signal_count++] = message;
        else
            all->upward[all->upward_count++] = message;
    }
    for (uint32_t left = read_compact_u32(&in); left && !in.failed; left--) {
        assert_true(all->horizontal_count < MOST_MESSAGES_OUT);
        all->horizontal[all->horizontal_count].recipient = read_u32(&in);
        all->horizontal[all->horizontal_count++].data = read_bytes(&in, UINT32_MAX);
    }
    if (read_bool(&in)) {
        struct bytes code = read_bytes(&in, UINT32_MAX);
        if (!all->has_code)
            all->code = code;
        all->has_code = true;
    }
    all->processed += read_u32(&in);
    all->watermark = read_u32(&in);
    all->head = read_bytes(&in, UINT32_MAX);
    assert_true(reader_done(&in));
}

/* Stable: no message overtakes another one to the same recipient. */
static void write_horizontal(struct writer *out, struct together *all) {
    write_compact_u32(out, all->horizontal_count);
    for (uint64_t next = 0; next <= UINT32_MAX;) {
        uint64_t later = UINT64_MAX;
        for (uint32_t i = 0; i < all->horizontal_count; i++) {
            uint32_t recipient = all->horizontal[i].recipient;
            if (recipient == next) {
                write_u32(out, recipient);
                write_bytes(out, all->horizontal[i].data);
            } else if (recipient > next && recipient < later) {
                later = recipient;
            }
        }
        next = later;
    }
}

struct bytes pov_expected(const struct pov *pov) {
    static struct together all;
    static uint8_t bytes[8 << 20];
    memset(&all, 0, sizeof all);
    for (uint32_t i = 0; i < pov->count; i++)
        add_info(&all, pov->blocks[i].info);
    struct writer out = writer_over(bytes, sizeof bytes);
    write_bytes(&out, all.head);
    write_u8(&out, all.has_code);
    if (all.has_code)
        write_bytes(&out, all.code);
    write_compact_u32(&out, all.upward_count + (all.signal_count ? 1 + all.signal_count : 0));
    for (uint32_t i = 0; i < all.upward_count; i++)
        write_bytes(&out, all.upward[i]);
    if (all.signal_count)
        write_u8(&out, 0);
    for (uint8_t kind = 0; kind < 2; kind++)
        for (uint32_t i = 0; i < all.signal_count; i++)
            if (all.signals[i].at[0] == kind)
                write_bytes(&out, all.signals[i]);
    write_horizontal(&out, &all);
    write_u32(&out, all.processed);
    write_u32(&out, all.watermark);
    assert_false(out.overflow);
    return chain_keep(writer_bytes(&out));
}

/* --- validate_block --- */

static uint64_t peak;

struct running {
    struct bytes params, result;
};

static void run(void *context) {
    struct running *call = context;
    call->result = pvf_validate_block(call->params);
}

struct answer validate(struct bytes params) {
    static const enum shim_call forbidden[] = {SHIM_STORAGE_READ,   SHIM_STORAGE_EXISTS,   SHIM_STORAGE_SET, SHIM_STORAGE_CLEAR,
                                               SHIM_STORAGE_APPEND, SHIM_STORAGE_NEXT_KEY, SHIM_STORAGE_ROOT};
    /* Exactly as long as it is, so that a sanitizer sees the first byte behind it. */
    uint8_t *exact = malloc(params.len ? params.len : 1);
    memcpy(exact, params.at, params.len);
    struct running call = {{exact, params.len}, {NULL, 0}};
    uint32_t depth = shim_depth();
    runtime_reset();
    shim_drop_guest_memory();
    shim_reset_counters();
    struct answer out = {.returned = shim_guard(run, &call)};
    if (out.returned)
        out.bytes = chain_keep(call.result);
    for (size_t i = 0; i < COUNT_OF(forbidden); i++)
        assert_int_equal(shim_counters()->by_call[forbidden[i]], 0);
    assert_int_equal(shim_depth(), depth);
    peak = shim_counters()->peak_bytes;
    runtime_reset();
    shim_drop_guest_memory();
    free(exact);
    return out;
}

uint64_t validate_peak(void) { return peak; }

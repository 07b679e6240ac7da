/* event_log.h - the events that a test expects, compared byte for byte with those deposited since the state was fresh.
 * They are encoded with the pallets' own event descriptors, all in phase Initialization. */
#ifndef NALAR_TESTS_EVENT_LOG_H
#define NALAR_TESTS_EVENT_LOG_H

#include "unit.h"

#include "system/system.h"

struct event_log {
    uint8_t bytes[8192];
    uint32_t len, count;
};

static inline void expect_event(struct event_log *log, uint8_t pallet, uint8_t event, const struct type_desc *fields,
                                const void *value) {
    struct writer out = writer_over(log->bytes + log->len, sizeof log->bytes - log->len);
    write_u8(&out, 2); /* Phase::Initialization */
    write_u8(&out, pallet);
    write_u8(&out, event);
    if (fields)
        scale_encode(fields, value, &out);
    write_compact_u32(&out, 0);
    assert_false(out.overflow);
    log->len += writer_len(&out);
    log->count++;
}
#define EXPECT_EVENT(log, pallet, name, ...)                                                                           \
    expect_event(log, pallet_index_##pallet, pallet##_event_index_##name, &pallet##_event_##name##_type,               \
                 &(const pallet##_event_##name){__VA_ARGS__})
#define EXPECT_EVENT0(log, pallet, name)                                                                               \
    expect_event(log, pallet_index_##pallet, pallet##_event_index_##name, NULL, NULL)

/* Flushes the overlay; the runtime goes on with what it had read. */
static inline void assert_events(const struct event_log *log) {
    struct bytes stored = {NULL, 0};
    overlay_flush();
    bool any = shim_get((struct bytes){system_Events_storage.prefix, STORAGE_PREFIX_SIZE}, &stored);
    assert_int_equal(any, log->count > 0);
    if (!any)
        return;
    struct reader in = reader_over(stored, &arena_scratch);
    assert_int_equal(read_compact_u32(&in), log->count);
    assert_bytes_equal(((struct bytes){in.at, reader_left(&in)}), ((struct bytes){log->bytes, log->len}));
}

/* A fresh state in block 1, where events are recorded. */
static inline int at_block_one(void **state) {
    fresh(state);
    const uint32_t one = 1;
    system_Number_put(&one);
    return 0;
}

/* The flushed state's root, to show that a failed call changed nothing. */
struct state_root {
    uint8_t at[32];
};
static inline struct state_root root_now(void) {
    struct state_root root;
    overlay_flush();
    shim_root(root.at, 1);
    return root;
}
static inline void assert_unchanged(struct state_root before) {
    struct state_root after = root_now();
    assert_memory_equal(before.at, after.at, sizeof after.at);
}

static inline struct dispatch as_root(void) { return (struct dispatch){.origin = {.kind = ORIGIN_ROOT}}; }
static inline struct dispatch as_none(void) { return (struct dispatch){.origin = {.kind = ORIGIN_NONE}}; }
static inline struct dispatch as_signed(account_id who) {
    return (struct dispatch){.origin = {.kind = ORIGIN_SIGNED, .who = who}};
}

/* A call of `pallet` with its argument struct. */
#define CALL_INIT(pallet_name, name, arguments)                                                                        \
    {.args = arguments, .pallet = pallet_index_##pallet_name, .index = pallet_name##_call_index_##name}
#define CALL_WITH(pallet_name, name, arguments) ((struct call)CALL_INIT(pallet_name, name, arguments))

#endif

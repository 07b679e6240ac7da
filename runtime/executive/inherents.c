/* inherents.c - inherent data in, bare extrinsics out; and the check of a block's inherents on import.
 * polkadot-sdk stable2609 sp-inherents src/lib.rs, frame-support's inherent part of construct_runtime. */
#include "executive/executive.h"
#include "executive/inherents.h"

#include "parachain_system/parachain_system.h"
#include "timestamp/timestamp.h"

bool inherent_find(struct bytes inherent_data, const char id[static 8], struct bytes *out) {
    struct reader in = reader_over(inherent_data, &arena_scratch);
    uint32_t count = read_compact_u32(&in);
    bool found = false;
    *out = (struct bytes){NULL, 0};
    for (uint32_t i = 0; i < count && !in.failed; i++) {
        const uint8_t *key = read_raw(&in, 8);
        struct bytes data = read_bytes(&in, UINT32_MAX);
        if (!in.failed && !found && memcmp(key, id, 8) == 0) {
            found = true;
            *out = data;
        }
    }
    if (in.failed)
        PANIC("inherent data does not decode");
    return found;
}

/* Timestamp.set(now) from the author's clock. */
static struct bytes timestamp_call(struct bytes inherent_data) {
    struct bytes data;
    inherent_find(inherent_data, "timstap0", &data);
    struct writer out = writer_over(arena_alloc(&arena_scratch, 16), 16);
    write_u8(&out, pallet_index_timestamp);
    write_u8(&out, timestamp_call_index_set);
    write_compact(&out, timestamp_create_inherent(data));
    return writer_bytes(&out);
}

/* Wraps a call into a bare extrinsic of format 5. */
static void write_bare(struct writer *out, struct bytes call) {
    write_compact_u32(out, call.len + 1);
    write_u8(out, 0x05);
    write_slice(out, call);
}

void executive_inherent_extrinsics(struct bytes inherent_data, struct writer *out) {
    struct bytes calls[2];
    uint32_t count = 0;
    if (parachain_system_create_inherent(&calls[count], inherent_data))
        count++;
    calls[count++] = timestamp_call(inherent_data);
    uint32_t size = 5;
    for (uint32_t i = 0; i < count; i++)
        size += calls[i].len + 6;
    *out = writer_over(arena_alloc(&arena_state, size), size);
    write_compact_u32(out, count);
    for (uint32_t i = 0; i < count; i++)
        write_bare(out, calls[i]);
}

/* okay, fatal_error, errors: InherentData. Timestamp alone has a check that depends on the data. */
void executive_check_inherents(struct reader *block, struct bytes inherent_data, struct writer *out) {
    struct header header;
    if (!header_decode(block, &header))
        PANIC("header does not decode");
    uint32_t count = read_compact_u32(block);
    struct bytes clock;
    inherent_find(inherent_data, "timstap0", &clock);
    enum timestamp_check verdict = TIMESTAMP_OK;
    for (uint32_t i = 0; i < count && verdict == TIMESTAMP_OK; i++) {
        struct extrinsic x;
        if (!extrinsic_decode(block, &x))
            PANIC("UnableToDecodeExtrinsic");
        if (extrinsic_is_inherent(&x) && x.call.pallet == pallet_index_timestamp) {
            const timestamp_call_set *args = x.call.args;
            verdict = timestamp_check_inherent(args->now, clock);
        }
    }
    write_u8(out, verdict == TIMESTAMP_OK);
    write_u8(out, verdict != TIMESTAMP_OK);
    write_compact_u32(out, verdict != TIMESTAMP_OK);
    if (verdict != TIMESTAMP_OK) {
        write_raw(out, "timstap0", 8);
        write_compact_u32(out, 1);
        write_u8(out, (uint8_t)verdict);
    }
}

/* storage.c - see storage.h. */
#include "pallet/storage.h"

#include "host/host.h"
#include "state/overlay.h"

/* xxHash 64, Y. Collet, "xxHash fast digest algorithm" specification. */
#define P1 0x9E3779B185EBCA87u
#define P2 0xC2B2AE3D27D4EB4Fu
#define P3 0x165667B19E3779F9u
#define P4 0x85EBCA77C2B2AE63u
#define P5 0x27D4EB2F165667C5u

static uint64_t rotate(uint64_t x, int bits) { return x << bits | x >> (64 - bits); }
static uint64_t round_of(uint64_t acc, uint64_t word) { return rotate(acc + word * P2, 31) * P1; }

uint64_t twox_64(struct bytes in) {
    const uint8_t *at = in.at, *end = in.at + in.len;
    uint64_t h = P5;
    if (in.len >= 32) {
        uint64_t v[4] = {P1 + P2, P2, 0, 0 - P1};
        for (; end - at >= 32; at += 32)
            for (int i = 0; i < 4; i++)
                v[i] = round_of(v[i], load_u64(at + 8 * i));
        h = rotate(v[0], 1) + rotate(v[1], 7) + rotate(v[2], 12) + rotate(v[3], 18);
        for (int i = 0; i < 4; i++)
            h = (h ^ round_of(0, v[i])) * P1 + P4;
    }
    h += in.len;
    for (; end - at >= 8; at += 8)
        h = rotate(h ^ round_of(0, load_u64(at)), 27) * P1 + P4;
    if (end - at >= 4) {
        h = rotate(h ^ load_u32(at) * P1, 23) * P2 + P3;
        at += 4;
    }
    for (; at < end; at++)
        h = rotate(h ^ *at * P5, 11) * P1;
    h = (h ^ h >> 33) * P2;
    h = (h ^ h >> 29) * P3;
    return h ^ h >> 32;
}

struct bytes storage_key(const struct storage_desc *item, const void *const keys[], uint32_t key_count,
                         uint8_t *buffer) {
    memcpy(buffer, item->prefix, STORAGE_PREFIX_SIZE);
    uint8_t *at = buffer + STORAGE_PREFIX_SIZE;
    for (uint32_t i = 0; i < key_count; i++) {
        uint32_t head = item->keys[i].hasher == blake2_128_concat ? 16 : item->keys[i].hasher == twox_64_concat ? 8 : 0;
        struct writer out = writer_over(at + head, 64);
        scale_encode(item->keys[i].type, keys[i], &out);
        ASSERT(!out.overflow);
        if (head == 16)
            host_blake2_128(at, writer_bytes(&out));
        else if (head == 8)
            store_u64(at, twox_64(writer_bytes(&out)));
        at = out.at;
    }
    return (struct bytes){buffer, (uint32_t)(at - buffer)};
}

bool storage_get(const struct storage_desc *item, const void *const keys[], void *out) {
    uint8_t buffer[STORAGE_KEY_SIZE];
    struct bytes value;
    if (overlay_get(storage_key(item, keys, item->key_count, buffer), &value)) {
        if (item->value->flat && value.len == item->value->size) {
            memcpy(out, value.at, value.len);
            return true;
        }
        struct reader in = reader_over(value, &arena_scratch);
        in.copy = true;
        if (scale_decode(item->value, &in, out) && reader_done(&in))
            return true;
        LOG(HOST_LOG_ERROR, "a stored value does not decode; treated as absent");
    }
    if (item->empty)
        memcpy(out, item->empty, item->value->size);
    else
        memset(out, 0, item->value->size);
    return false;
}

void storage_put(const struct storage_desc *item, const void *const keys[], const void *value) {
    uint8_t buffer[STORAGE_KEY_SIZE], small[256];
    struct bytes key = storage_key(item, keys, item->key_count, buffer);
    struct writer out = writer_over(small, sizeof small);
    scale_encode(item->value, value, &out);
    if (!out.overflow)
        overlay_put(key, writer_bytes(&out));
    else
        overlay_put_borrowed(key, scale_encode_in(&arena_state, item->value, value));
}

void storage_kill(const struct storage_desc *item, const void *const keys[]) {
    uint8_t buffer[STORAGE_KEY_SIZE];
    overlay_remove(storage_key(item, keys, item->key_count, buffer));
}

bool storage_exists(const struct storage_desc *item, const void *const keys[]) {
    uint8_t buffer[STORAGE_KEY_SIZE];
    return overlay_exists(storage_key(item, keys, item->key_count, buffer));
}

uint32_t storage_clear(const struct storage_desc *item, const void *const keys[], uint32_t key_count, uint32_t limit) {
    uint8_t buffer[STORAGE_KEY_SIZE];
    return overlay_clear_prefix(storage_key(item, keys, key_count, buffer), limit);
}

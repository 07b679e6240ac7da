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

static RARE uint64_t xxhash_64(struct bytes in, uint64_t seed) {
    const uint8_t *at = in.at, *end = in.at + in.len;
    uint64_t h = seed + P5;
    if (in.len >= 32) {
        uint64_t v[4] = {seed + P1 + P2, seed + P2, seed, seed - P1};
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

uint64_t twox_64(struct bytes in) { return xxhash_64(in, 0); }

#ifdef NATIVE
const uint8_t *storage_prefix(const struct storage_desc *item) { return item->prefix; }
#else
/* The names of all items are in the metadata: a compact length below 64, then the text. Defined in api/metadata.c. */
extern const uint8_t metadata_pool[];

static RARE void make_prefix(struct storage_desc *item) {
    const uint8_t *name = metadata_pool + load_u32(item->prefix + 16);
    for (uint64_t seed = 0; seed < 2; seed++)
        store_u64(item->prefix + 16 + 8 * seed, xxhash_64((struct bytes){name + 1, *name >> 2}, seed));
    item->named = false;
}

const uint8_t *storage_prefix(const struct storage_desc *item) {
    if (UNLIKELY(item->named))
        make_prefix((struct storage_desc *)(uintptr_t)item);
    return item->prefix;
}
#endif

/* An account is hashed once a call: its hash serves every map, and its entry the map that asked last. */
enum { REMEMBERED = 8 };
struct remembered {
    uint8_t account[32], hash[16];
    const struct storage_desc *item;
    struct overlay_entry *entry;
    uint32_t generation;
};
static struct remembered memo[REMEMBERED], *latest = memo;
static uint32_t memo_next;

INLINE bool is_memo_of(const struct remembered *m, const uint8_t *account) {
    return load_u64(m->account) == load_u64(account) && m->generation == overlay_generation &&
           equal_32(m->account, account);
}

static struct remembered *remember(const uint8_t *account) {
    if (is_memo_of(latest, account))
        return latest;
    for (uint32_t i = 0; i < REMEMBERED; i++)
        if (is_memo_of(&memo[i], account))
            return latest = &memo[i];
    struct remembered *m = &memo[memo_next++ % REMEMBERED];
    memcpy(m->account, account, 32);
    host_blake2_128(m->hash, (struct bytes){account, 32});
    m->item = NULL;
    m->generation = overlay_generation;
    return latest = m;
}

INLINE bool is_account_key(const struct storage_key_desc *key) {
    return key->hasher == blake2_128_concat && key->type->size == 32 && key->type->flat;
}

/* Encodes one key behind room for its hash and puts the hash there; returns the end. */
static uint8_t *append_key(uint8_t *at, const struct storage_key_desc *key, const void *value) {
    if (is_account_key(key)) {
        memcpy(at, remember(value)->hash, 16);
        memcpy(at + 16, value, 32);
        return at + 48;
    }
    uint32_t head = key->hasher == blake2_128_concat ? 16 : key->hasher == twox_64_concat ? 8 : 0;
    struct bytes encoded = {at + head, key->type->size};
    if (LIKELY(encoded.len == 8 && key->type->flat)) { /* an id */
        store_u64(at + head, load_u64(value));
    } else {
        struct writer out = writer_over(at + head, 64);
        scale_encode(key->type, value, &out);
        ASSERT(!out.overflow);
        encoded = writer_bytes(&out);
    }
    if (head == 16)
        host_blake2_128(at, encoded);
    else if (head == 8)
        store_u64(at, twox_64(encoded));
    return at + head + encoded.len;
}

struct bytes storage_key(const struct storage_desc *item, const void *keys, uint32_t key_count,
                         uint8_t *buffer) {
    memcpy(buffer, storage_prefix(item), STORAGE_PREFIX_SIZE);
    uint8_t *at = buffer + STORAGE_PREFIX_SIZE;
    const void *const *list = item->key_count == 1 ? &keys : keys;
    for (uint32_t i = 0; i < key_count; i++)
        at = append_key(at, &item->keys[i], list[i]);
    return (struct bytes){buffer, (uint32_t)(at - buffer)};
}

static NOINLINE struct overlay_entry *look_up(const struct storage_desc *item, const void *keys) {
    uint8_t *top = arena_reserve(&arena_state, STORAGE_KEY_SIZE); /* most keys are new: no copy then */
    return overlay_entry(storage_key(item, keys, item->key_count, top), OVERLAY_KEY_AT_TOP);
}

/* Entries of maps whose only key, or whose first of two, is an id of 8 bytes: a call asks for most of them several times. */
enum { RECENT = 32 };
struct recent {
    const struct storage_desc *item;
    struct overlay_entry *entry;
    uint64_t id;
    uint32_t generation;
    uint8_t second; /* of two keys, one byte */
};
static struct recent recent[RECENT];

static struct overlay_entry *by_id(const struct storage_desc *item, const void *keys) {
    const void *const *list = item->key_count == 1 ? &keys : keys;
    uint64_t id = load_u64(list[0]);
    uint8_t second = item->key_count == 1 ? 0 : *(const uint8_t *)list[1];
    struct recent *r = &recent[((uint32_t)(uintptr_t)item / 8 + (uint32_t)id + second * 5u) % RECENT];
    if (r->item != item || r->id != id || r->second != second || r->generation != overlay_generation)
        *r = (struct recent){item, look_up(item, keys), id, overlay_generation, second};
    return r->entry;
}

struct overlay_entry *storage_entry(const struct storage_desc *item, const void *keys) {
    if (item->key_count == 0) {
#ifdef NATIVE
        struct storage_slot *slot = item->slot;
#else
        struct storage_slot *slot = (struct storage_slot *)(uintptr_t)&item->slot;
#endif
        if (slot->generation != overlay_generation) {
            slot->entry = overlay_entry((struct bytes){storage_prefix(item), STORAGE_PREFIX_SIZE}, OVERLAY_KEY_LASTS);
            slot->generation = overlay_generation;
        }
        return slot->entry;
    }
    if (item->key_count == 1 && is_account_key(&item->keys[0])) {
        struct remembered *m = remember(keys);
        if (m->item != item) {
            m->entry = look_up(item, keys);
            m->item = item;
        }
        return m->entry;
    }
    if (item->keys[0].type->size == 8 &&
        (item->key_count == 1 || (item->key_count == 2 && item->keys[1].type->size == 1)))
        return by_id(item, keys);
    return look_up(item, keys);
}

bool storage_get(const struct storage_desc *item, const void *keys, void *out) {
    struct bytes value;
    if (overlay_entry_get(storage_entry(item, keys), &value)) {
        if (item->value->flat && value.len == item->value->size) {
            memcpy(out, value.at, value.len);
            return true;
        }
        struct reader in = reader_over(value, &arena_scratch);
        in.copy = true;
        if (scale_decode(item->value, &in, out) && reader_done(&in))
            return true;
        LOG(HOST_LOG_ERROR, "a stored value does not decode");
    }
    if (item->empty)
        memcpy(out, item->empty, item->value->size);
    else
        memset(out, 0, item->value->size);
    return false;
}

uint32_t storage_get_u32(const struct storage_desc *item) {
    struct bytes stored;
    uint32_t value = 0;
    if (overlay_entry_get(storage_entry(item, NULL), &stored) && stored.len == 4)
        return load_u32(stored.at);
    storage_get(item, NULL, &value); /* absent, or says that it does not decode */
    return value;
}

void storage_put(const struct storage_desc *item, const void *keys, const void *value) {
    const struct type_desc *type = item->value;
    struct overlay_entry *entry = storage_entry(item, keys);
    if (type->flat) {
        overlay_entry_put(entry, (struct bytes){value, type->size});
        return;
    }
    overlay_entry_put_borrowed(entry, scale_encode_in(&arena_state, type, value));
}

void storage_kill(const struct storage_desc *item, const void *keys) {
    overlay_entry_remove(storage_entry(item, keys));
}

static struct bytes key_in(const struct storage_desc *item, const void *keys, uint8_t *buffer) {
    if (item->key_count == 0)
        return (struct bytes){storage_prefix(item), STORAGE_PREFIX_SIZE};
    return storage_key(item, keys, item->key_count, buffer);
}

void storage_put_now(const struct storage_desc *item, const void *keys, const void *value) {
    uint8_t buffer[STORAGE_KEY_SIZE];
    struct arena_mark mark = arena_mark(&arena_scratch);
    struct bytes encoded = {value, item->value->size};
    if (!item->value->flat)
        encoded = scale_encode_in(&arena_scratch, item->value, value);
    overlay_put_now(key_in(item, keys, buffer), encoded);
    arena_rewind(&arena_scratch, mark);
}

void storage_kill_now(const struct storage_desc *item, const void *keys) {
    uint8_t buffer[STORAGE_KEY_SIZE];
    overlay_remove_now(key_in(item, keys, buffer));
}

bool storage_exists(const struct storage_desc *item, const void *keys) {
    return overlay_entry_exists(storage_entry(item, keys));
}

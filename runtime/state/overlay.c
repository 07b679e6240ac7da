/* overlay.c - see overlay.h. A hash table of keys; an undo log records what a transaction overwrote. */
#include "core/arena.h"
#include "host/host.h"
#include "state/backing.h"

struct append {
    struct bytes key, item;
};

struct undo {
    struct overlay_entry *entry;
    struct bytes value;
    uint32_t capacity, tx;
    uint8_t state;
    bool dirty;
};

struct transaction {
    uint32_t id, undo_len, append_len;
};

enum { FIRST_SLOTS = 512 };

static struct overlay_entry *first_slots[FIRST_SLOTS];
static struct overlay_entry **slots = first_slots;
static uint32_t slot_count = FIRST_SLOTS, entry_count;
uint32_t overlay_generation = 1;

/* Growing arrays in the state arena. */
#define LIST(type) struct { type *at; uint32_t len, capacity; }
static struct overlay_entry *newest, *dirty;
static LIST(struct undo) undo_log;
static LIST(struct append) appends;

static struct transaction stack[OVERLAY_MAX_DEPTH];
static uint32_t depth, last_id;

static RARE void *grow(void *items, uint32_t *capacity, uint32_t size) {
    uint32_t wider = *capacity ? *capacity * 2 : 64;
    void *moved = arena_alloc(&arena_state, (size_t)wider * size);
    if (*capacity)
        memcpy(moved, items, (size_t)*capacity * size);
    *capacity = wider;
    return moved;
}
#define PUSH(list)                                                                                                     \
    (*((list).len == (list).capacity ? ((list).at = grow((list).at, &(list).capacity, sizeof *(list).at), (void)0)     \
                                     : (void)0,                                                                        \
       &(list).at[(list).len++]))

/* Mixes the words where keys differ: the item's half of the prefix, the hashed part (an outsider cannot choose it when
 * it is a blake2 hash) and the tail. */
INLINE uint32_t hash_key(struct bytes key) {
    uint64_t h = key.len;
    if (key.len >= 40)
        h += load_u64(key.at + 16) + load_u64(key.at + 32) * 0x9E3779B97F4A7C15u;
    if (key.len >= 8)
        h ^= load_u64(key.at + key.len - 8) * 0xC2B2AE3D27D4EB4Fu;
    else
        for (uint32_t i = 0; i < key.len; i++)
            h = h * 31 + key.at[i];
    h *= 0xD6E8FEB86659FD93u;
    return (uint32_t)(h >> 32);
}

INLINE struct overlay_entry **slot_in_line(struct bytes key, uint32_t hash) {
    for (uint32_t i = hash & (slot_count - 1);; i = (i + 1) & (slot_count - 1)) {
        struct overlay_entry *e = slots[i];
        if (!e || (e->hash == hash && bytes_equal(e->key, key)))
            return &slots[i];
    }
}

static RARE struct overlay_entry **slot_of(struct bytes key, uint32_t hash) { return slot_in_line(key, hash); }

/* The entry of a key, or NULL. */
static RARE struct overlay_entry *known_entry(struct bytes key) { return *slot_in_line(key, hash_key(key)); }

static RARE void widen(void) {
    struct overlay_entry **wider = arena_zalloc(&arena_state, (size_t)slot_count * 2 * sizeof *wider);
    slots = wider;
    slot_count *= 2;
    for (struct overlay_entry *e = newest; e; e = e->next)
        *slot_of(e->key, e->hash) = e;
}

struct overlay_entry *overlay_entry(struct bytes key, enum overlay_key where) {
    uint32_t hash = hash_key(key);
    struct overlay_entry **slot = slot_in_line(key, hash);
    if (*slot)
        return *slot;
    if (where == OVERLAY_KEY_AT_TOP)
        arena_take(&arena_state, key.len);
    if (entry_count * 2 >= slot_count) {
        widen();
        slot = slot_of(key, hash);
    }
    struct overlay_entry *e = arena_alloc(&arena_state, sizeof *e);
    *e = (struct overlay_entry){.key = key, .hash = hash, .next = newest};
    if (where == OVERLAY_KEY_PASSES)
        e->key.at = arena_copy(&arena_state, key);
    newest = *slot = e;
    entry_count++;
    return e;
}

/* Reads a value from the host straight to the top of the arena; asks again only when it did not fit. The room is small
 * because a node copies all of it in and out, whatever the value's length. */
enum { FIRST_READ = 512 };

static void load(struct overlay_entry *e) {
    if (UNLIKELY(backing_trie)) {
        backing_load(e);
        return;
    }
    uint8_t *to = arena_reserve(&arena_state, FIRST_READ);
    uint32_t len = host_storage_read(e->key, to, FIRST_READ);
    if (len == HOST_ABSENT) {
        e->known_absent = true;
        e->state = ABSENT;
        return;
    }
    if (len > FIRST_READ) {
        to = arena_reserve(&arena_state, len);
        host_storage_read(e->key, to, len);
    }
    arena_take(&arena_state, len);
    e->value = (struct bytes){to, len};
    e->capacity = len;
    e->state = PRESENT;
}

bool overlay_entry_get(struct overlay_entry *e, struct bytes *value) {
    if (e->state == UNKNOWN)
        load(e);
    *value = e->value;
    return e->state == PRESENT;
}

bool overlay_get(struct bytes key, struct bytes *value) { return overlay_entry_get(overlay_entry(key, OVERLAY_KEY_PASSES), value); }

bool overlay_entry_exists(struct overlay_entry *e) {
    if (e->state == UNKNOWN && !(UNLIKELY(backing_trie) ? backing_exists(e->key) : host_storage_exists(e->key))) {
        e->known_absent = true;
        e->state = ABSENT;
    }
    return e->state != ABSENT;
}

bool overlay_exists(struct bytes key) { return overlay_entry_exists(overlay_entry(key, OVERLAY_KEY_PASSES)); }

/* Saves the entry for rollback, once a transaction, and lists it for the flush. Returns true when the value's own
 * memory may be overwritten. */
bool overlay_before_write(struct overlay_entry *e) {
    bool reusable = true;
    if (depth && e->tx < stack[depth - 1].id) {
        PUSH(undo_log) = (struct undo){e, e->value, e->capacity, e->tx, e->state, e->dirty};
        e->tx = stack[depth - 1].id;
        reusable = false;
    }
    e->dirty = true;
    if (!e->listed) {
        e->listed = true;
        e->next_dirty = dirty;
        dirty = e;
    }
    return reusable;
}

void overlay_entry_put(struct overlay_entry *e, struct bytes value) {
    uint8_t *to;
    if (overlay_before_write(e) && value.len <= e->capacity) {
        to = (uint8_t *)(uintptr_t)e->value.at; /* capacity > 0 says that the overlay owns this memory */
        if (value.len)
            memmove(to, value.at, value.len);
    } else {
        to = arena_copy(&arena_state, value);
        e->capacity = value.len;
    }
    e->value = (struct bytes){to, value.len};
    e->state = PRESENT;
}

void overlay_put(struct bytes key, struct bytes value) { overlay_entry_put(overlay_entry(key, OVERLAY_KEY_PASSES), value); }

void overlay_entry_put_borrowed(struct overlay_entry *e, struct bytes value) {
    overlay_before_write(e);
    e->value = value;
    e->capacity = 0;
    e->state = PRESENT;
}

RARE void overlay_put_borrowed(struct bytes key, struct bytes value) {
    overlay_entry_put_borrowed(overlay_entry(key, OVERLAY_KEY_PASSES), value);
}

void overlay_entry_remove(struct overlay_entry *e) {
    if (e->state == ABSENT)
        return;
    overlay_before_write(e);
    e->value = (struct bytes){NULL, 0};
    e->capacity = 0;
    e->state = ABSENT;
}

void overlay_remove(struct bytes key) { overlay_entry_remove(overlay_entry(key, OVERLAY_KEY_PASSES)); }

RARE void overlay_put_now(struct bytes key, struct bytes value) {
    ASSERT(depth == 0);
    struct overlay_entry *known = known_entry(key);
    if (known)
        overlay_entry_put(known, value);
    else if (UNLIKELY(backing_trie))
        overlay_put(key, value);
    else
        host_storage_set(key, value);
}

RARE void overlay_remove_now(struct bytes key) {
    ASSERT(depth == 0);
    struct overlay_entry *known = known_entry(key);
    if (known)
        overlay_entry_remove(known);
    else if (UNLIKELY(backing_trie))
        overlay_remove(key);
    else
        host_storage_clear(key);
}

RARE void overlay_append(struct bytes key, struct bytes item) {
    PUSH(appends) = (struct append){key, item};
}

static RARE bool starts_with(struct bytes key, struct bytes prefix) {
    return key.len >= prefix.len && (prefix.len == 0 || memcmp(key.at, prefix.at, prefix.len) == 0);
}

int overlay_compare(struct bytes a, struct bytes b) {
    int order = memcmp(a.at, b.at, min_u32(a.len, b.len));
    return order ? order : a.len < b.len ? -1 : a.len > b.len;
}

/* The host's next key, at the top of arena_scratch until the next call. */
static RARE bool host_next(struct bytes key, struct bytes *next) {
    enum { USUAL = 256 };
    if (UNLIKELY(backing_trie))
        return backing_next_key(key, next);
    uint8_t *at = arena_reserve(&arena_scratch, USUAL);
    uint32_t len = host_storage_next_key(key, at, USUAL);
    if (len == HOST_ABSENT)
        return false;
    if (len > USUAL) {
        at = arena_reserve(&arena_scratch, len);
        host_storage_next_key(key, at, len);
    }
    *next = (struct bytes){at, len};
    return true;
}

RARE bool overlay_next_key(struct bytes prefix, struct bytes key, struct bytes *next) {
    struct bytes best = {NULL, 0};
    for (struct overlay_entry *e = newest; e; e = e->next)
        if (e->state == PRESENT && starts_with(e->key, prefix) && overlay_compare(e->key, key) > 0 &&
            (!best.at || overlay_compare(e->key, best) < 0))
            best = e->key;
    for (struct bytes at_host = key; host_next(at_host, &at_host) && starts_with(at_host, prefix);) {
        if (best.at && overlay_compare(best, at_host) <= 0)
            break; /* looks no further than the node's own overlay would: a proof holds no more */
        struct overlay_entry *e = known_entry(at_host);
        if (e && e->state == ABSENT)
            continue; /* removed in this call */
        best = overlay_entry(at_host, OVERLAY_KEY_PASSES)->key;
        break;
    }
    *next = best;
    return best.at != NULL;
}

/* In the order of the keys, so that what a limit leaves does not depend on what this call has seen before. */
RARE uint32_t overlay_clear_prefix(struct bytes prefix, uint32_t limit) {
    uint32_t removed = 0;
    if (limit && overlay_exists(prefix)) {
        overlay_remove(prefix);
        removed++;
    }
    for (struct bytes key = prefix; removed < limit && overlay_next_key(prefix, key, &key); removed++)
        overlay_remove(key);
    return removed;
}

void overlay_begin(void) {
    ASSERT(depth < OVERLAY_MAX_DEPTH);
    stack[depth++] = (struct transaction){++last_id, undo_log.len, appends.len};
}

uint32_t overlay_depth(void) { return depth; }

void overlay_commit(void) {
    ASSERT(depth > 0);
    if (--depth == 0)
        undo_log.len = 0;
}

RARE void overlay_rollback(void) {
    ASSERT(depth > 0);
    struct transaction *t = &stack[--depth];
    while (undo_log.len > t->undo_len) {
        struct undo *u = &undo_log.at[--undo_log.len];
        u->entry->value = u->value;
        u->entry->capacity = u->capacity;
        u->entry->state = u->state;
        u->entry->dirty = u->dirty;
        u->entry->tx = u->tx;
    }
    appends.len = t->append_len;
}

/* What the host appended to is not known here any more. */
static RARE void forget(struct bytes key) {
    struct overlay_entry *known = known_entry(key);
    if (known) {
        known->state = UNKNOWN;
        known->known_absent = false;
    }
}

void overlay_flush(void) {
    ASSERT(depth == 0);
    if (UNLIKELY(backing_trie)) { /* writes stay here until the root */
        for (uint32_t i = 0; i < appends.len; i++)
            backing_append(appends.at[i].key, appends.at[i].item);
        appends.len = 0;
        return;
    }
    for (struct overlay_entry *e = dirty; e; e = e->next_dirty) {
        e->listed = false;
        if (!e->dirty)
            continue; /* rolled back */
        if (e->state == PRESENT)
            host_storage_set(e->key, e->value);
        else if (!e->known_absent)
            host_storage_clear(e->key);
        e->known_absent = e->state == ABSENT;
        e->dirty = false;
    }
    dirty = NULL;
    const uint8_t *last = NULL;
    for (uint32_t i = 0; i < appends.len; i++) {
        struct append *a = &appends.at[i];
        host_storage_append(a->key, a->item);
        if (a->key.at != last)
            forget(a->key);
        last = a->key.at;
    }
    appends.len = 0;
}

RARE void overlay_root(uint8_t root[static 32], uint8_t version) {
    overlay_flush();
    if (UNLIKELY(backing_trie)) {
        backing_root(dirty, root, version);
        dirty = NULL;
    } else {
        host_storage_root(root, version);
    }
}

bool overlay_changed(struct bytes key) {
    struct overlay_entry *known = known_entry(key);
    return known && known->dirty;
}

RARE void overlay_reset(void) {
    memset(first_slots, 0, sizeof first_slots);
    slots = first_slots;
    slot_count = FIRST_SLOTS;
    newest = dirty = NULL;
    entry_count = 0;
    memset(&undo_log, 0, sizeof undo_log);
    memset(&appends, 0, sizeof appends);
    depth = 0;
    last_id = 0;
    backing_trie = NULL;
    overlay_generation++;
}

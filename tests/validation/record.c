/* record.c - see record.h. */
#include "record.h"

#include <stdlib.h>
#include <string.h>

#include "shim.h"
#include "state.h"

enum { LONG_VALUE = 33, HASH = 32 };

/* --- memory: given back as a whole --- */

struct chunk {
    struct chunk *next;
    size_t used, size;
    uint8_t at[];
};

static void *take(struct chunk **pool, size_t size) {
    size = (size + 15) & ~(size_t)15;
    if (!*pool || (*pool)->size - (*pool)->used < size) {
        size_t room = size > 1 << 20 ? size : 1 << 20;
        struct chunk *chunk = malloc(sizeof *chunk + room);
        if (!chunk)
            abort();
        *chunk = (struct chunk){*pool, 0, room};
        *pool = chunk;
    }
    void *at = (*pool)->at + (*pool)->used;
    (*pool)->used += size;
    return at;
}

static void drop(struct chunk **pool) {
    while (*pool) {
        struct chunk *next = (*pool)->next;
        free(*pool);
        *pool = next;
    }
}

/* --- nodes --- */

struct node {
    uint8_t *path; /* partial key, a nibble a byte */
    uint32_t len;
    bool has_value, hashed; /* hashed: not inside its parent */
    struct bytes value;
    uint8_t hash[HASH];
    struct bytes code; /* its encoding as loaded */
    struct node *child[16];
};

struct trie {
    struct chunk *pool;
    struct node *root;
    struct bytes *keys; /* sorted */
    uint32_t count;
};

static struct trie first, now; /* the proof's, and the block's being recorded */

static struct node *new_node(struct trie *t) {
    struct node *n = take(&t->pool, sizeof *n);
    memset(n, 0, sizeof *n);
    return n;
}

static struct bytes keep(struct trie *t, struct bytes from) {
    uint8_t *at = take(&t->pool, from.len + 1);
    if (from.len)
        memcpy(at, from.at, from.len);
    return (struct bytes){at, from.len};
}

static uint8_t *spread(struct trie *t, struct bytes key) {
    uint8_t *nibbles = take(&t->pool, 2 * (size_t)key.len + 1);
    for (uint32_t i = 0; i < key.len; i++) {
        nibbles[2 * i] = key.at[i] >> 4;
        nibbles[2 * i + 1] = key.at[i] & 15;
    }
    return nibbles;
}

/* --- encoding --- */

struct out {
    uint8_t *at;
    size_t len, capacity;
};

static void put(struct out *o, const void *from, size_t n) {
    if (o->len + n > o->capacity) {
        o->capacity = 2 * (o->len + n) + 256;
        o->at = realloc(o->at, o->capacity);
        if (!o->at)
            abort();
    }
    if (n)
        memcpy(o->at + o->len, from, n);
    o->len += n;
}
static void put_byte(struct out *o, uint32_t byte) { put(o, &(uint8_t){(uint8_t)byte}, 1); }
static void put_compact(struct out *o, uint32_t n) {
    uint32_t shifted = n << 2 | (n < 64 ? 0 : n < 16384 ? 1 : 2);
    put(o, &shifted, n < 64 ? 1 : n < 16384 ? 2 : 4);
}

static void put_header(struct out *o, const struct node *n, bool leaf, bool by_hash) {
    uint32_t most = by_hash ? (leaf ? 31 : 15) : 63, i = 0;
    uint32_t kind = by_hash ? (leaf ? 0x20 : 0x10) : leaf ? 0x40 : n->has_value ? 0xc0 : 0x80;
    if (n->len < most) {
        put_byte(o, kind | n->len);
    } else {
        put_byte(o, kind | most);
        uint32_t rest = n->len - most;
        for (; rest >= 255; rest -= 255)
            put_byte(o, 255);
        put_byte(o, rest);
    }
    if (n->len & 1)
        put_byte(o, n->path[i++]);
    for (; i < n->len; i += 2)
        put_byte(o, (uint32_t)n->path[i] << 4 | n->path[i + 1]);
}

/* `left_out`: bit n: child n's hash is not written, bit 16: nor is the value's. */
static void put_node(struct out *o, const struct node *n, uint32_t left_out) {
    uint32_t bitmap = 0;
    uint8_t hash[HASH];
    for (uint32_t i = 0; i < 16; i++)
        bitmap |= (n->child[i] ? 1u : 0) << i;
    bool by_hash = n->has_value && n->value.len >= LONG_VALUE, follows = (left_out & 1u << 16) != 0;
    if (follows)
        put_byte(o, 1);
    put_header(o, n, bitmap == 0, by_hash && !follows);
    if (bitmap)
        put(o, &bitmap, 2);
    if (follows) {
        put_byte(o, 0);
    } else if (by_hash) {
        shim_blake2(hash, HASH, n->value);
        put(o, hash, HASH);
    } else if (n->has_value) {
        put_compact(o, n->value.len);
        put(o, n->value.at, n->value.len);
    }
    for (uint32_t i = 0; i < 16; i++) {
        const struct node *child = n->child[i];
        if (!child)
            continue;
        uint32_t len = left_out & 1u << i ? 0 : child->hashed ? HASH : child->code.len;
        put_compact(o, len);
        put(o, child->hashed ? child->hash : child->code.at, len);
    }
}

/* Sets code, hash, hashed of the node; its children have theirs. */
static void seal(struct trie *t, struct node *n) {
    static struct out o;
    o.len = 0;
    put_node(&o, n, 0);
    n->code = keep(t, (struct bytes){o.at, (uint32_t)o.len});
    n->hashed = n->code.len >= HASH || n == t->root;
    if (n->code.len >= HASH || n == t->root)
        shim_blake2(n->hash, HASH, n->code);
}

static void seal_all(struct trie *t, struct node *n) {
    for (int i = 0; i < 16; i++)
        if (n->child[i])
            seal_all(t, n->child[i]);
    seal(t, n);
}

/* --- loading --- */

/* The node over entries [from, to), which share `depth` nibbles. */
static struct node *load_range(struct trie *t, uint8_t **paths, const struct bytes *values, uint32_t from, uint32_t to,
                               uint32_t depth) {
    struct node *n = new_node(t);
    uint32_t end = 2 * t->keys[from].len, last = 2 * t->keys[to - 1].len, at = depth;
    while (at < end && at < last && paths[from][at] == paths[to - 1][at])
        at++;
    n->path = paths[from] + depth;
    n->len = at - depth;
    if (at == end) {
        n->has_value = true;
        n->value = values[from++];
    }
    while (from < to) {
        uint32_t stop = from + 1;
        while (stop < to && paths[stop][at] == paths[from][at])
            stop++;
        n->child[paths[from][at]] = load_range(t, paths, values, from, stop, at + 1);
        from = stop;
    }
    seal(t, n);
    return n;
}

static void load(struct trie *t) {
    drop(&t->pool);
    t->root = NULL;
    t->count = shim_key_count();
    t->keys = take(&t->pool, (t->count + 1) * sizeof *t->keys);
    struct bytes *values = take(&t->pool, (t->count + 1) * sizeof *values);
    uint8_t **paths = take(&t->pool, (t->count + 1) * sizeof *paths);
    for (uint32_t i = 0; i < t->count; i++) {
        shim_entry(i, &t->keys[i], &values[i]);
        t->keys[i] = keep(t, t->keys[i]);
        values[i] = keep(t, values[i]);
        paths[i] = spread(t, t->keys[i]);
    }
    t->root = load_range(t, paths, values, 0, t->count, 0);
    seal(t, t->root); /* as a root it is hashed in any case */
}

/* --- what was touched: a set of hashes --- */

static struct {
    uint8_t (*hashes)[HASH];
    uint32_t *slots; /* 1 + index; 0 empty */
    uint32_t count, size;
} touched;

static uint32_t slot_of(const uint8_t *hash) {
    uint32_t slot = load_u32(hash) & (touched.size - 1);
    while (touched.slots[slot] && memcmp(touched.hashes[touched.slots[slot] - 1], hash, HASH) != 0)
        slot = (slot + 1) & (touched.size - 1);
    return slot;
}

static void widen(void) {
    uint32_t size = touched.size ? 2 * touched.size : 1024;
    free(touched.slots);
    touched.slots = calloc(size, sizeof *touched.slots);
    touched.hashes = realloc(touched.hashes, size / 2 * sizeof *touched.hashes);
    touched.size = size;
    for (uint32_t i = 0; i < touched.count; i++)
        touched.slots[slot_of(touched.hashes[i])] = i + 1;
}

static void touch_hash(const uint8_t *hash) {
    if (2 * touched.count >= touched.size)
        widen();
    uint32_t slot = slot_of(hash);
    if (touched.slots[slot])
        return;
    memcpy(touched.hashes[touched.count++], hash, HASH);
    touched.slots[slot] = touched.count;
}

static void touch(const struct node *n) {
    if (n->hashed)
        touch_hash(n->hash);
}

/* --- reading --- */

static uint32_t shared(const struct node *n, const uint8_t *path, uint32_t len) {
    uint32_t i = 0;
    while (i < n->len && i < len && n->path[i] == path[i])
        i++;
    return i;
}

static void touch_path(struct bytes key, bool with_value) {
    struct chunk *pool = NULL;
    struct trie scratch = {.pool = NULL};
    uint8_t *path = spread(&scratch, key);
    uint32_t len = 2 * key.len, at = 0;
    pool = scratch.pool;
    for (const struct node *n = now.root; n; n = n->child[path[at++]]) {
        touch(n);
        if (shared(n, path + at, len - at) < n->len)
            break;
        at += n->len;
        if (at < len)
            continue;
        if (with_value && n->has_value && n->value.len >= LONG_VALUE) {
            uint8_t hash[HASH];
            shim_blake2(hash, HASH, n->value);
            touch_hash(hash);
        }
        break;
    }
    drop(&pool);
}

static int compare(struct bytes a, struct bytes b) {
    uint32_t n = min_u32(a.len, b.len);
    int order = n ? memcmp(a.at, b.at, n) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

/* Index of the first of the sorted keys that is not below `key`. */
static uint32_t lower_bound(const struct bytes *keys, uint32_t count, struct bytes key) {
    uint32_t low = 0;
    while (low < count) {
        uint32_t middle = low + (count - low) / 2;
        if (compare(keys[middle], key) < 0)
            low = middle + 1;
        else
            count = middle;
    }
    return low;
}

/* --- the block's changes --- */

static struct {
    struct chunk *pool;
    struct bytes *keys; /* sorted */
    uint32_t count, capacity;
} written;

static bool is_written(struct bytes key) {
    uint32_t at = lower_bound(written.keys, written.count, key);
    return at < written.count && compare(written.keys[at], key) == 0;
}

static void note_write(struct bytes key) {
    uint32_t at = lower_bound(written.keys, written.count, key);
    if (at < written.count && compare(written.keys[at], key) == 0)
        return;
    if (written.count == written.capacity) {
        written.capacity = written.capacity ? 2 * written.capacity : 256;
        written.keys = realloc(written.keys, written.capacity * sizeof *written.keys);
    }
    memmove(written.keys + at + 1, written.keys + at, (written.count++ - at) * sizeof *written.keys);
    uint8_t *copy = take(&written.pool, key.len + 1);
    memcpy(copy, key.at, key.len);
    written.keys[at] = (struct bytes){copy, key.len};
}

/* The trie's iterator, then the overlay's view: goes on only past keys that the block removed. */
static void touch_next(struct bytes key) {
    struct bytes value, after;
    if (!state_next_key(key, &after))
        after = (struct bytes){NULL, 0};
    for (;;) {
        touch_path(key, false);
        uint32_t at = lower_bound(now.keys, now.count, key);
        at += at < now.count && compare(now.keys[at], key) == 0;
        if (at == now.count)
            return;
        struct bytes next = now.keys[at];
        touch_path(next, false);
        if (shim_get(next, &value) || (after.at && compare(after, next) < 0))
            return;
        key = next;
    }
}

static void on_call(enum shim_call call, struct bytes key) {
    switch ((int)call) {
    case SHIM_STORAGE_READ:
    case SHIM_STORAGE_EXISTS:
        if (!is_written(key))
            touch_path(key, call == SHIM_STORAGE_READ);
        break;
    case SHIM_STORAGE_APPEND:
        if (!is_written(key))
            touch_path(key, true);
        note_write(key);
        break;
    case SHIM_STORAGE_SET:
    case SHIM_STORAGE_CLEAR:
        note_write(key);
        break;
    case SHIM_STORAGE_NEXT_KEY:
        touch_next(key);
        break;
    default:
        break;
    }
}

static struct node *insert(struct node *n, const uint8_t *path, uint32_t len, struct bytes value) {
    if (n)
        touch(n);
    uint32_t same = n ? shared(n, path, len) : 0;
    if (n && same == n->len && same == len) {
        n->has_value = true;
        n->value = value;
        return n;
    }
    if (n && same == n->len) {
        n->child[path[same]] = insert(n->child[path[same]], path + same + 1, len - same - 1, value);
        return n;
    }
    struct node *leaf = new_node(&now);
    leaf->has_value = true;
    leaf->value = value;
    if (!n) {
        leaf->path = (uint8_t *)(uintptr_t)keep(&now, (struct bytes){path, len}).at;
        leaf->len = len;
        return leaf;
    }
    struct node *branch = new_node(&now);
    branch->path = n->path;
    branch->len = same;
    branch->child[n->path[same]] = n;
    n->path += same + 1;
    n->len -= same + 1;
    if (same == len) {
        branch->has_value = true;
        branch->value = value;
    } else {
        branch->child[path[same]] = insert(NULL, path + same + 1, len - same - 1, value);
    }
    return branch;
}

/* A node that lost its value or a child: gone, merged with its only child (which is touched), or as it is. */
static struct node *fix(struct node *n) {
    struct node *only = NULL;
    uint32_t children = 0, index = 0;
    for (uint32_t i = 0; i < 16; i++)
        if (n->child[i]) {
            only = n->child[i];
            index = i;
            children++;
        }
    if (n->has_value || children > 1)
        return n;
    if (!only)
        return NULL;
    touch(only);
    uint8_t *path = take(&now.pool, n->len + 1 + only->len);
    memcpy(path, n->path, n->len);
    path[n->len] = (uint8_t)index;
    memcpy(path + n->len + 1, only->path, only->len);
    only->path = path;
    only->len += n->len + 1;
    return only;
}

static struct node *erase(struct node *n, const uint8_t *path, uint32_t len) {
    if (!n)
        return NULL;
    touch(n);
    if (shared(n, path, len) < n->len)
        return n;
    if (len == n->len) {
        if (!n->has_value)
            return n;
        n->has_value = false;
        return fix(n);
    }
    struct node **child = &n->child[path[n->len]];
    if (!*child)
        return n;
    *child = erase(*child, path + n->len + 1, len - n->len - 1);
    return *child ? n : fix(n);
}

/* --- recording --- */

void record_start(void) {
    load(&first);
    touched.count = 0;
    if (touched.slots)
        memset(touched.slots, 0, touched.size * sizeof *touched.slots);
}

void record_pause(void) { shim_watch(NULL); }
void record_resume(void) { shim_watch(on_call); }

void record_block(void) {
    load(&now);
    drop(&written.pool);
    written.count = 0;
    record_resume();
}

void record_block_end(uint8_t root[static 32]) {
    record_pause();
    touch(now.root);
    for (uint32_t i = 0; i < written.count; i++) {
        struct bytes value;
        uint8_t *path = spread(&now, written.keys[i]);
        if (shim_get(written.keys[i], &value))
            now.root = insert(now.root, path, 2 * written.keys[i].len, keep(&now, value));
        else
            now.root = erase(now.root, path, 2 * written.keys[i].len);
    }
    seal_all(&now, now.root);
    memcpy(root, now.root->hash, HASH);
}

uint32_t record_count(void) { return touched.count; }
const uint8_t *record_root(void) { return first.root->hash; }

/* --- the compact form --- */

static struct {
    struct out items;
    uint32_t count, style, skip;
    bool met_skip;
    uint8_t *given; /* by index into touched: already in the proof */
} compact;

/* Whether the node or value belongs into the proof here; it then is given. */
static bool emits(const uint8_t *hash) {
    uint32_t index = touched.slots[slot_of(hash)];
    if (index == 0 || (compact.given[index - 1] && (compact.style & RECORD_ONCE)))
        return false;
    if (index - 1 == compact.skip) {
        compact.met_skip = true;
        return false;
    }
    compact.given[index - 1] = 1;
    return true;
}

static void emit(struct bytes item) {
    put_compact(&compact.items, item.len);
    put(&compact.items, item.at, item.len);
    compact.count++;
}

static void emit_node(const struct node *n) {
    uint32_t left_out = 0;
    uint8_t hash[HASH];
    bool by_hash = n->has_value && n->value.len >= LONG_VALUE;
    if (by_hash) {
        shim_blake2(hash, HASH, n->value);
        left_out |= (emits(hash) ? 1u : 0) << 16;
    }
    /* A node that occurs twice below one parent: the encoder decides about all children first. */
    for (uint32_t i = 0; i < 16; i++)
        if (n->child[i] && n->child[i]->hashed)
            left_out |= (emits(n->child[i]->hash) ? 1u : 0) << i;
    struct out o = {NULL, 0, 0};
    put_node(&o, n, left_out);
    emit((struct bytes){o.at, (uint32_t)o.len});
    free(o.at);
    if (left_out & 1u << 16)
        emit(n->value);
    for (uint32_t i = 0; i < 16; i++)
        if (left_out & 1u << i)
            emit_node(n->child[i]);
}

struct bytes record_compact(uint32_t style, uint32_t skip, bool *whole) {
    compact.items.len = 0;
    compact.count = 0;
    compact.style = style;
    compact.skip = skip;
    compact.met_skip = false;
    compact.given = calloc(touched.count + 1, 1);
    if (emits(first.root->hash))
        emit_node(first.root);
    free(compact.given);
    struct out all = {NULL, 0, 0};
    put_compact(&all, compact.count);
    put(&all, compact.items.at, compact.items.len);
    struct bytes kept = keep(&first, (struct bytes){all.at, (uint32_t)all.len});
    free(all.at);
    if (whole)
        *whole = compact.met_skip;
    return kept;
}

void record_free(void) {
    drop(&first.pool);
    drop(&now.pool);
    drop(&written.pool);
    free(written.keys);
    free(touched.hashes);
    free(touched.slots);
    free(compact.items.at);
    memset(&written, 0, sizeof written);
    memset(&touched, 0, sizeof touched);
    memset(&compact, 0, sizeof compact);
    memset(&first, 0, sizeof first);
    memset(&now, 0, sizeof now);
}

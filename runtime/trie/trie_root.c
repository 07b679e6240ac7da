/* trie_root.c - see trie_root.h. Entries arrive in key order, so the trie is closed from the left: the open branches
 * form a stack, each deeper than the one below, and how many nibbles an entry shares with the next one says which of
 * them are finished. Children are appended in order, hence a frame keeps them already encoded. */
#include "trie/trie_root.h"
#include "host/host.h"

/* Nibble depths are stored plus one, so that 0 stands for "above the root". */
struct frame {
    struct frame *below;
    uint32_t level; /* 1 + nibbles from the root to the branch's own position */
    uint16_t bitmap;
    bool has_value;
    struct bytes value;
    uint32_t children_len;
    uint8_t children[16 * (1 + TRIE_HASH)]; /* each: length byte, then the child or its hash */
};

struct build {
    struct frame *top, *unused;
    struct arena *arena;
    uint8_t version;
};

/* A finished node as its parent sees it: its encoding when shorter than a hash, else its hash. */
struct reference {
    uint8_t len, at[TRIE_HASH];
};

static void push(struct build *b, uint32_t level, const struct bytes *value) {
    struct frame *f = b->unused;
    if (f)
        b->unused = f->below;
    else
        f = arena_alloc(b->arena, sizeof *f);
    f->below = b->top;
    f->level = level;
    f->bitmap = 0;
    f->children_len = 0;
    f->has_value = value != NULL;
    f->value = value ? *value : (struct bytes){NULL, 0};
    b->top = f;
}

static void add_child(struct frame *f, uint8_t nibble, const struct reference *child) {
    f->bitmap = (uint16_t)(f->bitmap | 1u << nibble);
    f->children[f->children_len++] = (uint8_t)(child->len << 2);
    memcpy(f->children + f->children_len, child->at, child->len);
    f->children_len += child->len;
}

/* Encodes a leaf (branch = NULL) or branch whose partial key is the nibbles [from, to) of `key`. */
static struct reference finish(const struct build *b, const struct frame *branch, const struct bytes *value,
                               const uint8_t *key, uint32_t from, uint32_t to, bool is_root) {
    enum trie_node_kind kind = branch ? TRIE_BRANCH : TRIE_LEAF;
    enum trie_value_kind value_kind = TRIE_NO_VALUE;
    if (value)
        value_kind = b->version == 1 && value->len > TRIE_VALUE_LIMIT ? TRIE_HASHED : TRIE_INLINE;
    size_t size = trie_header_size(kind, value_kind, to - from);
    size += value_kind == TRIE_HASHED ? TRIE_HASH : value_kind == TRIE_INLINE ? 5 + (size_t)value->len : 0;
    size += branch ? 2 + branch->children_len : 0;
    uint8_t *start = arena_reserve(b->arena, size), *at = start;
    at = trie_header_write(at, kind, value_kind, key, from, to);
    if (branch) {
        store_u16(at, branch->bitmap);
        at += 2;
    }
    if (value_kind == TRIE_HASHED) {
        host_blake2_256(at, *value);
        at += TRIE_HASH;
    } else if (value_kind == TRIE_INLINE) {
        at = trie_length_write(at, value->len);
        if (value->len)
            memcpy(at, value->at, value->len);
        at += value->len;
    }
    if (branch) {
        memcpy(at, branch->children, branch->children_len);
        at += branch->children_len;
    }
    struct reference r = {TRIE_HASH, {0}};
    uint32_t len = (uint32_t)(at - start);
    if (len >= TRIE_HASH || is_root) {
        host_blake2_256(r.at, (struct bytes){start, len});
    } else {
        r.len = (uint8_t)len;
        memcpy(r.at, start, len);
    }
    return r;
}

/* Level of the branch at which two sorted neighbours part: 1 + the nibbles they share. */
static uint32_t shared_level(struct bytes a, struct bytes b) {
    uint32_t limit = min_u32(a.len, b.len), i = 0;
    for (; i + 8 <= limit && load_u64(a.at + i) == load_u64(b.at + i); i += 8)
        ;
    while (i < limit && a.at[i] == b.at[i])
        i++;
    if (i == limit) {
        ASSERT(a.len < b.len); /* sorted, no duplicates */
        return 2 * i + 1;
    }
    ASSERT(a.at[i] < b.at[i]);
    return 2 * i + 1 + (a.at[i] >> 4 == b.at[i] >> 4);
}

/* Hangs a finished node below the open branch at the top; the node's own path begins one nibble further. */
static void hang(struct build *b, const struct reference *child, const uint8_t *key) {
    add_child(b->top, trie_nibble(key, b->top->level - 1), child);
}

/* Closes every open branch deeper than `next` (the level shared with the next entry, 0 after the last). The branch at
 * `next` is opened when it is not there yet. Returns the last node closed, which is the root when next is 0. */
static struct reference close_down_to(struct build *b, uint32_t next, const uint8_t *key) {
    struct reference r = {0, {0}};
    while (b->top && b->top->level > next) {
        struct frame *f = b->top;
        b->top = f->below;
        if (next > (b->top ? b->top->level : 0))
            push(b, next, NULL);
        /* The nibble at the parent's position is the child's index, not part of its partial key. */
        r = finish(b, f, f->has_value ? &f->value : NULL, key, b->top ? b->top->level : 0, f->level - 1, !b->top);
        if (b->top)
            hang(b, &r, key);
        f->below = b->unused;
        b->unused = f;
    }
    return r;
}

void trie_root(uint8_t root[static TRIE_HASH], uint8_t version, const struct trie_entry *entries, uint32_t count,
               struct arena *arena) {
    if (count == 0) {
        memcpy(root, trie_empty_root, TRIE_HASH);
        return;
    }
    struct arena_mark mark = arena_mark(arena);
    struct build b = {NULL, NULL, arena, version};
    struct reference last = {0, {0}};
    for (uint32_t i = 0; i < count; i++) {
        const struct trie_entry *e = entries + i;
        ASSERT(e->key.len < 1u << 30);
        uint32_t next = i + 1 < count ? shared_level(e->key, entries[i + 1].key) : 0;
        uint32_t own = 2 * e->key.len + 1;
        if (next == own) { /* the next key continues this one: the value sits in a branch */
            push(&b, own, &e->value);
            continue;
        }
        if (next > (b.top ? b.top->level : 0))
            push(&b, next, NULL);
        last = finish(&b, NULL, &e->value, e->key.at, b.top ? b.top->level : 0, own - 1, !b.top);
        if (b.top) {
            hang(&b, &last, e->key.at);
            if (b.top->level > next)
                last = close_down_to(&b, next, e->key.at);
        }
    }
    memcpy(root, last.at, TRIE_HASH);
    arena_rewind(arena, mark);
}

struct ordering {
    struct trie_entry *next;
    uint8_t *key;
    const struct bytes *items;
    uint32_t count;
};

static void place(struct ordering *o, uint32_t index) {
    if (index >= o->count)
        return;
    uint8_t *end = trie_length_write(o->key, index);
    *o->next++ = (struct trie_entry){{o->key, (uint32_t)(end - o->key)}, o->items[index]};
    o->key = end;
}

/* The indices from 2^14 whose four-byte form has the given low six bits: by the second byte, then by the third. */
static void place_four(struct ordering *o, uint32_t base) {
    for (uint32_t second = 0; second < 256 && o->count > 1u << 14; second++)
        for (uint32_t third = 1; third < 256; third++)
            place(o, base | second << 6 | third << 14);
}

/* Places the indices in the byte order of their compact forms: by the low byte, whose two low bits are the form's
 * length, then by the bytes after it. */
static void place_all(struct ordering *o) {
    for (uint32_t low = 0; low < 256; low++) {
        uint32_t base = low >> 2;
        if ((low & 3) == 0)
            place(o, base);
        else if ((low & 3) == 1)
            for (uint32_t i = base + 64; i < 1u << 14 && i < o->count; i += 64)
                place(o, i);
        else if ((low & 3) == 2)
            place_four(o, base);
    }
}

void trie_ordered_root(uint8_t root[static TRIE_HASH], uint8_t version, const struct bytes *items, uint32_t count,
                       struct arena *arena) {
    struct arena_mark mark = arena_mark(arena);
    ASSERT(count <= 1u << 22);
    struct trie_entry *entries = arena_alloc(arena, sizeof *entries * (count + 1));
    struct ordering order = {entries, arena_alloc(arena, 4 * ((size_t)count + 1)), items, count};
    place_all(&order);
    trie_root(root, version, entries, count, arena);
    arena_rewind(arena, mark);
}

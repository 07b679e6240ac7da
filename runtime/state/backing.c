/* backing.c - see backing.h. */
#include "state/backing.h"

#include "core/arena.h"
#include "scale/scale.h"

struct partial_trie *backing_trie;
static bool keep_nodes;

/* Whether there is a value. */
static bool answered(enum trie_read answer) {
    if (answer != TRIE_READ_FOUND && answer != TRIE_READ_ABSENT)
        PANIC("the storage proof is incomplete or malformed");
    return answer == TRIE_READ_FOUND;
}

void overlay_over_proof(struct partial_trie *trie, bool keep) {
    backing_trie = trie;
    keep_nodes = keep;
}

NOINLINE void backing_load(struct overlay_entry *e) {
    e->known_absent = !answered(partial_trie_read(backing_trie, e->key, &e->value));
    e->state = e->known_absent ? ABSENT : PRESENT;
}

bool backing_exists(struct bytes key) { return answered(partial_trie_read(backing_trie, key, NULL)); }

bool backing_next_key(struct bytes key, struct bytes *next) {
    return answered(partial_trie_next_key(backing_trie, key, next));
}

/* host_storage_append on the overlay's own copy, in room that doubles. Like the node it starts anew over bytes that are
 * no vector. */
NOINLINE void backing_append(struct bytes key, struct bytes item) {
    static const uint8_t empty[] = {0};
    struct overlay_entry *e = overlay_entry(key, OVERLAY_KEY_PASSES);
    struct bytes old;
    if (!overlay_entry_get(e, &old))
        old = (struct bytes){empty, sizeof empty};
    struct reader in = reader_over(old, NULL);
    uint32_t count = read_compact_u32(&in), kept = reader_left(&in), head = compact_size(count + 1);
    uint32_t size = head + kept + item.len;
    const uint8_t *from = in.at;
    overlay_before_write(e);
    uint8_t *to = (uint8_t *)(uintptr_t)e->value.at;
    if (size > e->capacity) {
        /* Hosts hand out powers of two: what the arena adds to a block must not make it the next one. */
        enum { LEAST = 1024, HEADS = 128 };
        uint32_t block = LEAST;
        while (block - HEADS < size)
            block *= 2;
        e->capacity = block - HEADS;
        to = arena_alloc(&arena_state, e->capacity);
    }
    if (kept)
        memmove(to + head, from, kept);
    struct writer out = writer_over(to, head);
    write_compact_u32(&out, count + 1);
    memcpy(to + head + kept, item.at, item.len);
    e->value = (struct bytes){to, size};
    e->state = PRESENT;
}

static struct overlay_entry *merge(struct overlay_entry *a, struct overlay_entry *b) {
    struct overlay_entry *first, **last = &first;
    while (a && b) {
        struct overlay_entry **less = overlay_compare(a->key, b->key) < 0 ? &a : &b;
        *last = *less;
        last = &(*less)->next_dirty;
        *less = *last;
    }
    *last = a ? a : b;
    return first;
}

/* The list of changes in the order of keys: a merge sort, run number n holds 2^n entries. */
static struct overlay_entry *sorted(struct overlay_entry *list) {
    struct overlay_entry *runs[32] = {NULL}, *all = NULL;
    while (list) {
        struct overlay_entry *run = list;
        list = run->next_dirty;
        run->next_dirty = NULL;
        uint32_t n = 0;
        for (; runs[n]; n++) {
            run = merge(runs[n], run);
            runs[n] = NULL;
        }
        runs[n] = run;
    }
    for (uint32_t n = 0; n < COUNT_OF(runs); n++)
        all = merge(runs[n], all);
    return all;
}

/* In the order in which the node applies changes, since that decides which nodes a proof holds. Entries stay marked as
 * changed, for overlay_changed. */
NOINLINE void backing_root(struct overlay_entry *changes, uint8_t root[static 32], uint8_t version) {
    for (struct overlay_entry *e = sorted(changes); e; e = e->next_dirty) {
        e->listed = false;
        if (!e->dirty)
            continue; /* rolled back */
        if (e->state == PRESENT)
            answered(partial_trie_insert(backing_trie, e->key, e->value));
        else if (!e->known_absent)
            answered(partial_trie_remove(backing_trie, e->key));
        e->known_absent = e->state == ABSENT;
    }
    partial_trie_root(backing_trie, root, version, keep_nodes);
}

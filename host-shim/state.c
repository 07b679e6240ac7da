/* state.c - the state as a sorted array of entries with an undo journal for nested snapshots. A few thousand keys are
 * usual; binary search and memmove beat a tree at that size and make iteration and roots trivial. */
#include "state.h"
#include "core/arena.h"
#include "shim.h"
#include "trie/trie_root.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    uint8_t *key, *value;
    uint32_t key_len, value_len, value_capacity;
    uint64_t journaled; /* layer in which the entry was journaled last; its older value need not be kept again */
};

/* What undoes one change: the value before it, or that there was none. */
struct undo {
    uint8_t *key, *value;
    uint32_t key_len, value_len;
    bool existed;
};

static struct {
    struct entry **entries;
    uint32_t count, capacity;
    struct undo *journal;
    size_t journal_len, journal_capacity;
    size_t *marks; /* journal length at each open snapshot */
    uint32_t depth, marks_capacity;
    uint64_t layer, layers_made; /* identity of the innermost open snapshot */
    bool root_known[2];
    uint8_t root[2][32];
} state;

void *state_memory(void *old, size_t size) {
    void *at = realloc(old, size ? size : 1);
    if (!at) {
        fputs("host-shim: out of memory\n", stderr);
        abort();
    }
    return at;
}

static uint8_t *copy(struct bytes from) {
    uint8_t *at = state_memory(NULL, from.len);
    if (from.len)
        memcpy(at, from.at, from.len);
    return at;
}

static int compare(const struct entry *e, struct bytes key) {
    uint32_t shared = e->key_len < key.len ? e->key_len : key.len;
    int order = shared ? memcmp(e->key, key.at, shared) : 0;
    return order ? order : (e->key_len > key.len) - (e->key_len < key.len);
}

/* Index of the first entry not below `key`; *exact when it is the key's own. */
static uint32_t find(struct bytes key, bool *exact) {
    uint32_t low = 0, high = state.count;
    /* Loading a sorted file appends each time. */
    if (high && compare(state.entries[high - 1], key) < 0)
        low = high;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (compare(state.entries[middle], key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *exact = low < state.count && compare(state.entries[low], key) == 0;
    return low;
}

static void free_entry(struct entry *e) {
    free(e->key);
    free(e->value);
    free(e);
}

static void changed(void) { state.root_known[0] = state.root_known[1] = false; }

static void record(struct bytes key, struct entry *e) {
    if (state.depth == 0 || (e && e->journaled == state.layer))
        return;
    if (state.journal_len == state.journal_capacity) {
        state.journal_capacity = state.journal_capacity ? 2 * state.journal_capacity : 64;
        state.journal = state_memory(state.journal, state.journal_capacity * sizeof *state.journal);
    }
    struct undo u = {copy(key), NULL, key.len, 0, e != NULL};
    if (e) {
        u.value = copy((struct bytes){e->value, e->value_len});
        u.value_len = e->value_len;
        e->journaled = state.layer;
    }
    state.journal[state.journal_len++] = u;
}

bool shim_get(struct bytes key, struct bytes *value) {
    bool exact;
    uint32_t at = find(key, &exact);
    if (exact)
        *value = (struct bytes){state.entries[at]->value, state.entries[at]->value_len};
    return exact;
}

static struct entry *insert(uint32_t at, struct bytes key) {
    if (state.count == state.capacity) {
        state.capacity = state.capacity ? 2 * state.capacity : 256;
        state.entries = state_memory(state.entries, state.capacity * sizeof *state.entries);
    }
    memmove(state.entries + at + 1, state.entries + at, (state.count - at) * sizeof *state.entries);
    state.count++;
    struct entry *e = state_memory(NULL, sizeof *e);
    /* Its absence was journaled just now, or (outside snapshots and in a rollback) nothing was. */
    *e = (struct entry){copy(key), NULL, key.len, 0, 0, state.depth ? state.layer : 0};
    state.entries[at] = e;
    return e;
}

/* Room for a value of `len` bytes; what was there stays as far as it fits. */
static void resize(struct entry *e, uint32_t len) {
    if (len > e->value_capacity || !e->value) {
        e->value_capacity = len < UINT32_MAX / 2 && e->value ? 2 * len : len;
        e->value = state_memory(e->value, e->value_capacity);
    }
    e->value_len = len;
}

void shim_put(struct bytes key, struct bytes value) {
    bool exact;
    uint32_t at = find(key, &exact);
    record(key, exact ? state.entries[at] : NULL);
    struct entry *e = exact ? state.entries[at] : insert(at, key);
    if (exact && value.at == e->value) { /* a view of this very entry */
        e->value_len = value.len;
    } else {
        resize(e, value.len);
        if (value.len)
            memcpy(e->value, value.at, value.len);
    }
    changed();
}

void shim_remove(struct bytes key) {
    bool exact;
    uint32_t at = find(key, &exact);
    if (!exact)
        return;
    record(key, state.entries[at]);
    free_entry(state.entries[at]);
    state.count--;
    memmove(state.entries + at, state.entries + at + 1, (state.count - at) * sizeof *state.entries);
    changed();
}

/* The leading compact length: its value and size, or false. Canonical or not does not matter to what follows. */
static bool leading_length(const struct entry *e, uint32_t *items, uint32_t *size) {
    if (e->value_len == 0)
        return false;
    uint32_t mode = e->value[0] & 3;
    *size = mode == 0 ? 1 : mode == 1 ? 2 : mode == 2 ? 4 : 5;
    if (e->value_len < *size || (mode == 3 && e->value[0] != 3))
        return false;
    *items = mode == 0   ? e->value[0] >> 2
             : mode == 1 ? (uint32_t)load_u16(e->value) >> 2
             : mode == 2 ? load_u32(e->value) >> 2
                         : load_u32(e->value + 1);
    uint32_t least = mode == 0 ? 0 : mode == 1 ? 1u << 6 : mode == 2 ? 1u << 14 : 1u << 30;
    return *items >= least;
}

void state_append(struct bytes key, struct bytes item) {
    bool exact;
    uint32_t at = find(key, &exact), items = 0, old_size = 0;
    record(key, exact ? state.entries[at] : NULL);
    struct entry *e = exact ? state.entries[at] : insert(at, key);
    if (!exact || !leading_length(e, &items, &old_size)) {
        items = 0;
        old_size = 0;
        resize(e, 0);
    }
    uint8_t head[5];
    uint32_t size = (uint32_t)(trie_length_write(head, items + 1) - head), body = e->value_len - old_size;
    resize(e, size + body + item.len);
    memmove(e->value + size, e->value + old_size, body);
    memcpy(e->value, head, size);
    if (item.len)
        memcpy(e->value + size + body, item.at, item.len);
    changed();
}

bool state_next_key(struct bytes key, struct bytes *next) {
    bool exact;
    uint32_t at = find(key, &exact) + exact;
    if (at >= state.count)
        return false;
    *next = (struct bytes){state.entries[at]->key, state.entries[at]->key_len};
    return true;
}

uint32_t shim_key_count(void) { return state.count; }

void shim_entry(uint32_t index, struct bytes *key, struct bytes *value) {
    const struct entry *e = state.entries[index];
    *key = (struct bytes){e->key, e->key_len};
    *value = (struct bytes){e->value, e->value_len};
}

void shim_begin(void) {
    if (state.depth == state.marks_capacity) {
        state.marks_capacity = state.marks_capacity ? 2 * state.marks_capacity : 16;
        state.marks = state_memory(state.marks, state.marks_capacity * sizeof *state.marks);
    }
    state.marks[state.depth++] = state.journal_len;
    state.layer = ++state.layers_made;
}

/* After a snapshot ends, entries may be journaled once more in the outer one: a fresh identity is always right. */
static void leave_layer(void) {
    state.depth--;
    state.layer = ++state.layers_made;
}

static void drop_undo(struct undo *u) {
    free(u->key);
    free(u->value);
}

void shim_commit(void) {
    if (state.depth == 0)
        return;
    leave_layer();
    if (state.depth == 0)
        while (state.journal_len)
            drop_undo(&state.journal[--state.journal_len]);
}

void shim_rollback(void) {
    if (state.depth == 0)
        return;
    leave_layer();
    size_t mark = state.marks[state.depth];
    uint32_t depth = state.depth;
    state.depth = 0; /* undoing is not journaled */
    while (state.journal_len > mark) {
        struct undo u = state.journal[--state.journal_len];
        if (u.existed)
            shim_put((struct bytes){u.key, u.key_len}, (struct bytes){u.value, u.value_len});
        else
            shim_remove((struct bytes){u.key, u.key_len});
        drop_undo(&u);
    }
    state.depth = depth;
}

uint32_t shim_depth(void) { return state.depth; }

void state_reset(void) {
    while (state.depth)
        shim_commit();
    while (state.count)
        free_entry(state.entries[--state.count]);
    free(state.entries);
    free(state.journal);
    free(state.marks);
    memset(&state, 0, sizeof state);
}

void state_root(uint8_t root[static 32], uint8_t version) {
    version = version != 0;
    if (!state.root_known[version]) {
        struct trie_entry *list = state_memory(NULL, sizeof *list * state.count);
        for (uint32_t i = 0; i < state.count; i++)
            shim_entry(i, &list[i].key, &list[i].value);
        trie_root(state.root[version], version, list, state.count, state_arena());
        free(list);
        state.root_known[version] = true;
    }
    memcpy(root, state.root[version], 32);
}

/* The trie code allocates from an arena: an own one, so that the runtime's are left alone. It grows through
 * host_malloc, which the callers keep from being counted. */
struct arena *state_arena(void) {
    static _Alignas(16) uint8_t buffer[1 << 16];
    static struct arena arena = {buffer, buffer + sizeof buffer, NULL, buffer, buffer + sizeof buffer};
    return &arena;
}

/* host_storage.c - the storage functions of host.h over the in-memory state. */
#include "guard.h"
#include "scale/scale.h"
#include "state.h"
#include "trie/trie_root.h"
#include <stdlib.h>

static uint32_t copy_out(uint8_t *out, uint32_t capacity, struct bytes from) {
    uint32_t n = min_u32(capacity, from.len);
    if (n)
        memcpy(out, from.at, n);
    return from.len;
}

static shim_watcher *watcher;
void shim_watch(shim_watcher *one) { watcher = one; }

static void seen(enum shim_call call, struct bytes key) {
    if (watcher)
        watcher(call, key);
}

uint32_t host_storage_read(struct bytes key, uint8_t *out, uint32_t capacity) {
    uint32_t len = HOST_ABSENT;
    struct bytes value;
    seen(SHIM_STORAGE_READ, key);
    if (guard_enter(SHIM_STORAGE_READ) && shim_get(key, &value))
        len = copy_out(out, capacity, value);
    guard_leave();
    return len;
}

bool host_storage_exists(struct bytes key) {
    struct bytes value;
    seen(SHIM_STORAGE_EXISTS, key);
    bool exists = guard_enter(SHIM_STORAGE_EXISTS) && shim_get(key, &value);
    guard_leave();
    return exists;
}

/* The node drops changes of child tries' roots that come through the top trie, with a warning. */
static bool is_child_root(struct bytes key) {
    static const uint8_t prefix[] = {':', 'c', 'h', 'i', 'l', 'd', '_', 's', 't', 'o', 'r', 'a', 'g', 'e', ':'};
    return key.len >= sizeof prefix && memcmp(key.at, prefix, sizeof prefix) == 0;
}

void host_storage_set(struct bytes key, struct bytes value) {
    seen(SHIM_STORAGE_SET, key);
    guard_enter_sure(SHIM_STORAGE_SET);
    if (!is_child_root(key))
        shim_put(key, value);
    guard_leave();
}

void host_storage_clear(struct bytes key) {
    seen(SHIM_STORAGE_CLEAR, key);
    guard_enter_sure(SHIM_STORAGE_CLEAR);
    if (!is_child_root(key))
        shim_remove(key);
    guard_leave();
}

void host_storage_append(struct bytes key, struct bytes item) {
    seen(SHIM_STORAGE_APPEND, key);
    guard_enter_sure(SHIM_STORAGE_APPEND);
    state_append(key, item);
    guard_leave();
}

uint32_t host_storage_next_key(struct bytes key, uint8_t *out, uint32_t capacity) {
    uint32_t len = HOST_ABSENT;
    struct bytes next;
    seen(SHIM_STORAGE_NEXT_KEY, key);
    if (guard_enter(SHIM_STORAGE_NEXT_KEY) && state_next_key(key, &next))
        len = copy_out(out, capacity, next);
    guard_leave();
    return len;
}

static void check_version(uint8_t version) {
    if (version > 1)
        shim_abort("Invalid state version");
}

void host_storage_root(uint8_t root[static 32], uint8_t version) {
    seen(SHIM_STORAGE_ROOT, (struct bytes){NULL, 0});
    guard_enter_sure(SHIM_STORAGE_ROOT);
    check_version(version);
    state_root(root, version);
    guard_leave();
}

void host_ordered_root(uint8_t root[static 32], struct bytes items, uint8_t version) {
    guard_enter_sure(SHIM_ORDERED_ROOT);
    check_version(version);
    struct reader in = reader_over(items, NULL);
    uint32_t count = read_compact_u32(&in);
    if (in.failed || count > reader_left(&in))
        shim_abort("ordered_root: the items do not decode");
    struct bytes *list = state_memory(NULL, sizeof *list * count);
    for (uint32_t i = 0; i < count; i++)
        list[i] = read_bytes(&in, UINT32_MAX);
    if (!reader_done(&in)) {
        free(list);
        shim_abort("ordered_root: the items do not decode");
    }
    trie_ordered_root(root, version, list, count, state_arena());
    free(list);
    guard_leave();
}

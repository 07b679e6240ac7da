/* host_memory.c - guest memory: poisoned, aligned to 8 and not to 16, as the node's allocator hands it out. */
#include "guard.h"
#include "state.h"
#include <stdio.h>
#include <stdlib.h>

/* Before each block; 40 bytes, so that the guest's part is aligned to 8 only. */
struct head {
    uint64_t mark;
    struct head *next, *previous; /* live blocks of the guest */
    uint32_t size;
    bool host_owned; /* scratch of a host function */
};
enum { HEAD = 40, POISON = 0xa5 };
_Static_assert(sizeof(struct head) <= HEAD && HEAD % 16 == 8, "the header fits and misaligns");

#define MAX_ALLOCATION (32u * 1024 * 1024) /* the node's allocator refuses more at once */
#define LIVE_MARK 0x6c6976652d626c6bu
#define FREE_MARK 0x66726565642d626bu

static struct head guest = {0, &guest, &guest, 0, false};

static void unlink_block(struct head *h) {
    h->next->previous = h->previous;
    h->previous->next = h->next;
    guard_counters()->live_blocks--;
    guard_counters()->live_bytes -= h->size;
}

void *host_malloc(uint32_t size) {
    if (!guard_enter(SHIM_MALLOC)) {
        guard_leave();
        return NULL;
    }
    if (!guard_nested() && size > MAX_ALLOCATION)
        shim_abort("Requested allocation size is too large");
    struct head *h = state_memory(NULL, HEAD + (size_t)size);
    *h = (struct head){LIVE_MARK, NULL, NULL, size, guard_nested()};
    if (!h->host_owned) {
        h->next = guest.next;
        h->previous = &guest;
        guest.next->previous = h;
        guest.next = h;
        struct shim_counters *counters = guard_counters();
        counters->allocated_bytes += size;
        counters->live_blocks++;
        counters->live_bytes += size;
        counters->peak_bytes = max_u64(counters->peak_bytes, counters->live_bytes);
    }
    uint8_t *at = (uint8_t *)h + HEAD;
    memset(at, POISON, size);
    guard_leave();
    return at;
}

void host_free(void *at) {
    guard_enter_sure(SHIM_FREE);
    struct head *h = (struct head *)(void *)((uint8_t *)at - HEAD);
    if (h->mark != LIVE_MARK)
        shim_abort("Invalid pointer passed to free");
    h->mark = FREE_MARK;
    if (!h->host_owned)
        unlink_block(h);
    free(h);
    guard_leave();
}

void shim_drop_guest_memory(void) {
    while (guest.next != &guest) {
        struct head *h = guest.next;
        unlink_block(h);
        free(h);
    }
}

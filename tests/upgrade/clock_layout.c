/* clock_layout.c - what blob B does to Clock's storage: Time and Rand each get a field more. */
#include "clock/clock.h"
#include "executive/migrations.h"
#include "state/overlay.h"

enum { OLD_TIME_SIZE = 12, OLD_RAND_SIZE = 40, NEW_RAND_SIZE = 44 };

bool clock_time_counts_skipped(struct migration_walk *walk) {
    struct bytes key, old;
    while (migration_next(walk, &clock_Time_storage, &key, &old)) {
        if (old.len != OLD_TIME_SIZE)
            return false;
        /* Every relay parent was a tick until now, as far as anybody counted. */
        const clock_time time = {load_u32(old.at), load_u32(old.at + 4), load_u32(old.at + 8), 0};
        clock_Time_put(&time);
    }
    return true;
}

/* Relay parent and tick keep pace, so the tick of an entry follows from how far back its relay parent is. */
bool clock_rand_says_when(struct migration_walk *walk) {
    struct bytes key, old;
    clock_time time;
    clock_Time_get(&time);
    while (migration_next(walk, &clock_Rand_storage, &key, &old)) {
        if (old.len == NEW_RAND_SIZE)
            continue; /* kept by a block since */
        if (old.len != OLD_RAND_SIZE)
            return false;
        uint8_t value[NEW_RAND_SIZE];
        memcpy(value, old.at, OLD_RAND_SIZE);
        store_u32(value + OLD_RAND_SIZE,
                  saturating_sub_u32(time.now, saturating_sub_u32(time.relay, load_u32(old.at))));
        overlay_put(key, (struct bytes){value, sizeof value});
    }
    return true;
}

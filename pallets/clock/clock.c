/* clock.c - see clock.h. */
#include "clock/clock.h"

#include "commit/tagged.h"
#include "rewards/rewards.h"
#include "system/system.h"

/* Option<[u8; 32]>. What does not decode is proven all the same, so nobody chose it: no randomness. */
static bool shown_vrf(struct clock_relay_value vrf, h256 *value) {
    if (vrf.proof != CLOCK_SHOWN || vrf.value.len != 33 || vrf.value.at[0] != 1)
        return false;
    memcpy(value->at, vrf.value.at + 1, 32);
    return true;
}

/* Made-up relay states hold no block randomness: a hash stands in for it, on chains that say so at genesis. */
static void mock_vrf(h256 *value, struct clock_relay_value one_epoch_ago, uint32_t relay) {
    uint8_t buffer[64];
    h256 entropy = {{0}};
    if (one_epoch_ago.proof == CLOCK_SHOWN && one_epoch_ago.value.len == 32)
        memcpy(entropy.at, one_epoch_ago.value.at, 32);
    struct writer out = TAGGED(buffer, "deai/rand/mock/1");
    write_raw(&out, entropy.at, 32);
    write_u32(&out, relay);
    tagged_finish(value->at, &out);
}

void clock_note_relay_parent(uint32_t relay, struct clock_relay_value vrf, struct clock_relay_value one_epoch_ago) {
    clock_time time;
    h256 value;
    bool mock = false, known = shown_vrf(vrf, &value);
    if (!known)
        clock_MockRelay_get(&mock);
    if (vrf.proof == CLOCK_NOT_SHOWN && !mock)
        PANIC("the relay state proof does not show the block randomness");
    clock_Time_get(&time);
    if (relay <= time.relay)
        return;

    uint32_t before = time.now / CLOCK_EPOCH_TICKS;
    time.now = saturating_add_u32(time.now, min_u32(relay - time.relay, CLOCK_MAX_STEP));
    time.relay = relay;
    if (!known && mock) {
        mock_vrf(&value, one_epoch_ago, relay);
        known = true;
    }
    if (known) {
        uint16_t slot = (uint16_t)(relay % CLOCK_RAND_RING);
        clock_Rand_put(&slot, &(clock_rand){relay, time.last_rand, value});
        time.last_rand = relay;
    } else {
        DEPOSIT(clock, RandomnessMissing, .relay = relay);
    }
    clock_Time_put(&time);
    /* MAX_STEP is below an epoch, so at most one boundary is crossed. */
    if (time.now / CLOCK_EPOCH_TICKS != before) {
        rewards_end_epoch(before);
        DEPOSIT(clock, EpochStarted, .epoch = before + 1);
    }
}

uint32_t clock_now(void) {
    clock_time time;
    clock_Time_get(&time);
    return time.now;
}

uint32_t clock_epoch(void) { return clock_now() / CLOCK_EPOCH_TICKS; }

uint32_t clock_relay(void) {
    clock_time time;
    clock_Time_get(&time);
    return time.relay;
}

enum clock_lookup clock_find_rand(uint32_t armed_relay, uint32_t relay, h256 *value) {
    clock_rand entry;
    uint16_t slot = (uint16_t)(relay % CLOCK_RAND_RING);
    uint32_t least;
    if (!checked_add_u32(&least, armed_relay, CLOCK_SEED_DELAY) || relay < least || !clock_Rand_get(&slot, &entry) ||
        entry.relay < relay)
        return CLOCK_WRONG;
    if (entry.relay > relay)
        return CLOCK_GONE;
    if (entry.prev >= least)
        return CLOCK_WRONG;
    *value = entry.value;
    return CLOCK_RIGHT;
}

void clock_seed(h256 *seed, const h256 *value, uint8_t kind, uint64_t id, uint32_t arm) {
    uint8_t buffer[64];
    struct writer out = TAGGED(buffer, "deai/rand/1");
    write_raw(&out, value->at, 32);
    write_u8(&out, kind);
    write_u64(&out, id);
    write_u32(&out, arm);
    tagged_finish(seed->at, &out);
}

void clock_genesis(bool mock_relay) {
    if (mock_relay)
        clock_MockRelay_put(&mock_relay);
}

const char *clock_try_state(void) {
    clock_time time;
    clock_Time_get(&time);
    if (time.last_rand > time.relay)
        return "randomness of a relay parent that was never seen";
    bool last_kept = time.last_rand == 0;
    for (uint32_t i = 0; i < CLOCK_RAND_RING; i++) {
        clock_rand entry;
        uint16_t slot = (uint16_t)i;
        if (!clock_Rand_get(&slot, &entry))
            continue;
        if (entry.relay % CLOCK_RAND_RING != i)
            return "randomness in a wrong slot";
        if (entry.prev >= entry.relay || entry.relay > time.last_rand)
            return "randomness out of order";
        last_kept |= entry.relay == time.last_rand;
    }
    return last_kept ? NULL : "the newest randomness is not kept";
}

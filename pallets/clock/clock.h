/* clock.h - the market's time and randomness. Time counts ticks of 6 s by relay parents, not blocks: several blocks on
 * one relay parent share a tick, a chain that skips relay blocks keeps real time, an outage costs at most 20 ticks.
 * Randomness is the relay blocks' own VRF output, kept for the newest relay parents. Rules: docs/PROTOCOL.md. */
#ifndef NALAR_PALLETS_CLOCK_H
#define NALAR_PALLETS_CLOCK_H

#include "pallet/pallet.h"

#define THIS clock
#define DEF "clock/clock.def"
#include "pallet/declare.inc"

enum {
    CLOCK_EPOCH_TICKS = 14400,
    CLOCK_MAX_STEP = 20,
    CLOCK_SEED_DELAY = 6, /* the relay tip may lead a relay parent by 3 or 4 */
    CLOCK_RAND_RING = 4096
};

/* What the relay state proof says of one key. */
enum clock_proof { CLOCK_NOT_SHOWN, CLOCK_ABSENT, CLOCK_SHOWN };
struct clock_relay_value {
    uint8_t proof;      /* enum clock_proof */
    struct bytes value; /* the raw value when shown */
};

/* Hook of the parachain inherent, once a block, after its checks and before any other extrinsic.
 * `vrf`: Babe.AuthorVrfRandomness, 1cb6f36e027abb2091cfb5110ab5087fd077dfdb8adb10f78f10a5df8742c545, Option<[u8; 32]>;
 * `one_epoch_ago`: 1cb6f36e027abb2091cfb5110ab5087f7ce678799d3eff024253b90e84927cc6, [u8; 32].
 * Traps when the proof neither shows the first nor proves its absence (else the block's author could choose), except on
 * a chain with MockRelay. Constant work: at most 2 reads and 2 writes, plus one event. */
void clock_note_relay_parent(uint32_t relay, struct clock_relay_value vrf, struct clock_relay_value one_epoch_ago);

/* Ticks since genesis; calls of a block see the block's own value. */
uint32_t clock_now(void);
uint32_t clock_epoch(void);
/* The newest relay parent seen: what an object is armed with. */
uint32_t clock_relay(void);

/* An object armed when `armed_relay` was the newest relay parent is decided by the first randomness kept at
 * armed_relay + CLOCK_SEED_DELAY or later. RIGHT: `relay` names it and *value holds it. WRONG: it does not (now).
 * GONE: `relay` has left the ring; the object must be armed anew. */
enum clock_lookup { CLOCK_RIGHT, CLOCK_WRONG, CLOCK_GONE };
enum clock_lookup clock_find_rand(uint32_t armed_relay, uint32_t relay, h256 *value);
/* Seed of arming number `arm` of an object: kind 1 = job. */
void clock_seed(h256 *seed, const h256 *value, uint8_t kind, uint64_t id, uint32_t arm);

/* Genesis state. `mock_relay` only for chains whose relay states are made up. */
void clock_genesis(bool mock_relay);

/* For tests: NULL, or what is wrong with the stored state. Reads the whole ring. */
const char *clock_try_state(void);

#endif

/* world.c - see world.h. */
#include "world.h"

#include "models/models.h"
#include "random.h"

struct world_counts world_counts;

static struct {
    uint32_t included;  /* block that the last relay parent showed */
    uint32_t consumer;  /* block that took the go-ahead; shown until it is included */
    uint32_t wait;      /* proofs of validity until the relay chain answers */
    bool scheduled;
} world;

uint64_t world_number(const char *name, uint64_t otherwise) {
    const char *found = getenv(name);
    return found && *found ? strtoull(found, NULL, 10) : otherwise;
}

void world_start(void) {
    static struct pov pov;
    struct bytes extrinsic;
    bool failed;
    memset(&world, 0, sizeof world);
    memset(&world_counts, 0, sizeof world_counts);
    assert_int_equal(author_start(), 0);
    author_begin(&pov, 0);
    author_open(true);
    while (random_refill(&extrinsic))
        assert_true(author_apply(extrinsic, &failed) && !failed);
    author_seal();
}

static bool pending(void) {
    struct bytes value;
    return shim_get((struct bytes){parachain_system_PendingValidationCode_storage.prefix, 32}, &value);
}

static void send_messages(uint64_t *seed) {
    while (random_chance(seed, 30)) {
        outside_send(&outside.downward, random_bytes(seed, random_below(seed, 200)));
        world_counts.downward++;
    }
    for (uint32_t i = 0; i < CHANNELS; i++)
        while (random_chance(seed, 25)) {
            outside_send(&outside.channel[i], random_bytes(seed, 1 + random_below(seed, 200)));
            world_counts.horizontal++;
        }
}

/* The relay chain's view of this chain's upgrade. Returns whether the next block will end its core by an upgrade. */
static bool answer_upgrade(uint64_t *seed) {
    if (world.consumer) {
        if (world.included < world.consumer)
            return false; /* still shown: a second block must not take it again */
        world.consumer = 0;
        outside.go_ahead = 0;
    }
    if (!world.scheduled || world.wait-- > 0)
        return false;
    world.scheduled = false;
    outside.go_ahead = random_chance(seed, 75) ? 2 : 1;
    world.consumer = chain.number + 1;
    if (outside.go_ahead == 2)
        world_counts.upgrades++;
    else
        world_counts.aborts++;
    return outside.go_ahead == 2;
}

static void apply(struct bytes extrinsic) {
    bool failed;
    if (!author_apply(extrinsic, &failed))
        world_counts.refused++;
    world_counts.failed += failed;
}

static void schedule_upgrade(uint64_t *seed) {
    struct bytes code = random_bytes(seed, 100 + random_below(seed, 3900));
    apply(tx_plain(ALICE, call_set_code(code)));
    world.scheduled = pending();
    world.wait = 1 + random_below(seed, 4);
}

static void fill_block(uint64_t *seed, bool small) {
    uint32_t most = small ? 3 : random_chance(seed, 8) ? 25 : 6, count = random_chance(seed, 15) ? 0 : random_below(seed, most);
    struct bytes refill;
    if (count && random_refill(&refill))
        apply(refill);
    for (uint32_t i = 0; i < count; i++)
        apply(random_extrinsic(seed));
    if (!world.scheduled && !world.consumer && !outside.restricted && random_chance(seed, 6))
        schedule_upgrade(seed);
    else if (random_chance(seed, 8))
        apply(tx_plain(ALICE, call_upward(random_bytes(seed, 1 + random_below(seed, 100)))));
    world_counts.empty += author_extrinsics() == 2;
    world_counts.extrinsics += author_extrinsics() - 2;
}

static void count_pov(const struct pov *pov) {
    world_counts.povs++;
    world_counts.blocks += pov->count;
    world_counts.bundles += pov->count > 1;
}

static uint32_t random_lag(uint64_t *seed, uint32_t blocks) {
    uint32_t most = min_u32(chain.number - world.included, UNINCLUDED_SEGMENT_CAPACITY - blocks);
    uint32_t lag = random_below(seed, most + 1);
    world.included = chain.number - lag;
    return lag;
}

void world_next(uint64_t *seed, struct pov *pov, bool small) {
    uint32_t count = random_chance(seed, 30) ? 1 + random_below(seed, MOST_BLOCKS) : 1, flags = 0;
    chain.slot += random_chance(seed, 10) ? 1 + random_below(seed, 40) : 0;
    count = small ? min_u32(count, 2) : count;
    send_messages(seed);
    outside.peer = random_chance(seed, 60);
    outside.restricted = random_chance(seed, 5);
    outside.lag = random_lag(seed, count);
    bool upgrade = answer_upgrade(seed);
    if (count > 1 || random_chance(seed, 40))
        flags |= AUTHOR_BUNDLE;
    if (random_chance(seed, 50))
        flags |= AUTHOR_FROM_IMPORT;
    if (upgrade) {
        count = 1;
        flags |= random_chance(seed, 50) ? AUTHOR_ENDS_CORE : 0;
    }
    author_begin(pov, flags);
    for (uint32_t i = 0; i < count; i++) {
        author_open(i + 1 == count);
        fill_block(seed, small);
        author_seal();
        if (author_core_ended())
            break;
    }
    assert_int_equal(author_core_ended(), upgrade);
    count_pov(pov);
}

void world_count_models(void) {
    models_model model;
    chain_edit();
    world_counts.models = world_counts.active = 0;
    for (uint64_t id = 0; id < HISTORY; id++)
        if (models_Models_get(&id, &model)) {
            world_counts.models++;
            world_counts.active += model.state == models_state_Active;
        }
    chain_edit();
}

void world_full(uint64_t *seed, struct pov *pov) {
    outside.lag = random_lag(seed, 1);
    answer_upgrade(seed);
    author_begin(pov, random_chance(seed, 50) ? AUTHOR_FROM_IMPORT : 0);
    author_open(true);
    bool failed;
    for (uint32_t to = 1000; author_apply(random_endow(ALICE, to, EXISTENTIAL_DEPOSIT * 2), &failed); to++)
        assert_false(failed);
    world_counts.extrinsics += author_extrinsics() - 2;
    world_counts.full++;
    author_seal();
    count_pov(pov);
}

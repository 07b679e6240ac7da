/* operations.c - see operations.h. Half of the steps carry on what is under way, so that all states are reached; the
 * rest are calls of anybody with anything. The openings come first. */
#include "operations.h"

#include "attacks.h"
#include "books.h"
#include "openings.h"
#include "random_calls.h"

static struct {
    uint32_t blocks, epochs, by_state[16];
} seen;

/* --- carrying on --- */

uint64_t some_job(void) {
    uint64_t next, at;
    jobs_NextJob_get(&next);
    at = next - 1 - below(&player, 12);
    for (uint32_t i = 0; i < 24 && percent(&player, 97); i++, at--)
        if (at >= 1 && at < next && !is_over(at))
            return at;
    uint32_t back = below(&player, percent(&player, 85) ? 24 : 400);
    return next > back ? next - back : 1;
}

static void seat_on(uint64_t job, const jobs_job *record) {
    const uint8_t i = (uint8_t)below(&player, record->n ? record->n : 1u);
    const int who = sitting(job, i);
    static const uint8_t ways[] = {GOOD, GOOD, GOOD, GOOD, GOOD, GOOD, GUESS, LIE};
    enum conduct how = (enum conduct)ways[(job * 7 + i) % 8];
    jobs_result result = result_of(job, who < 0 ? 1 : who, i, how);
    result.units = 1 + (uint32_t)((job * 31 + i) % record->units_max);
    if (who < 0)
        return;
    if (record->state == jobs_state_Offered && percent(&player, 6))
        ACT(who, jobs, decline, .job = job, .seat = i, .reason = jobs_decline_reason_Other);
    else if (record->state == jobs_state_Offered)
        ACT(who, jobs, accept, .job = job, .seat = i);
    else if (record->n > 1 && seat_of(job, i).state == jobs_seat_state_Accepted)
        ACT(who, jobs, commit, .job = job, .seat = i, .hash = commit_of(job, i, who, &result));
    else
        show(job, i, who, &result, how);
}

static void job_on(uint64_t job) { /* at most once deeper */
    jobs_job record = job_of(job);
    seen.by_state[record.state % 16]++;
    switch ((int)record.state) {
    case jobs_state_Ready: {
        uint32_t relay = deciding_relay(job);
        if (!relay && percent(&player, 50)) {
            world_tick(CLOCK_SEED_DELAY);
            relay = deciding_relay(job);
        }
        if (relay && ACT(CRANK, jobs, assign, .job = job, .relay = relay) == DISPATCH_OK &&
            job_of(job).state == jobs_state_Offered && percent(&player, 80))
            job_on(job);
        else if (percent(&player, 30)) /* nobody is there for it */
            ACT(person_of(&record.client) < 0 ? CRANK : person_of(&record.client), jobs, cancel_job, .job = job);
        break;
    }
    case jobs_state_Bidding:
        if (percent(&player, 30))
            bid_all(job);
        ACT(CRANK, jobs, assign, .job = job, .relay = 0);
        break;
    case jobs_state_Offered:
        ACT(CRANK, jobs, redraw, .job = job, .seat = (uint8_t)below(&player, record.n)); /* fallthrough */
    case jobs_state_Working:
    case jobs_state_Revealing:
        for (uint32_t i = percent(&player, 70) ? record.n : 1u; i; i--)
            seat_on(job, &record);
        ACT(CRANK, jobs, finalise, .job = job);
        break;
    default:
        if (record.units_max && percent(&player, 20))
            ACT(person_of(&record.client) < 0 ? CRANK : person_of(&record.client), jobs, remove_job, .job = job);
    }
}

/* Through several states, as long as something happens. */
static void carry_on(void) {
    uint64_t job = some_job(), done;
    do {
        done = acts_done;
        job_on(job);
    } while (acts_done != done && percent(&player, 75));
}

/* Settles one line that waits, applies one slash. */
static void crank_on(void) {
    struct bytes key;
    struct walk walk = {&rewards_Points_storage, 0};
    account_id who;
    if (walk_next(&walk, &key)) {
        memcpy(who.at, key.at + 28, 32);
        ACT(CRANK, rewards, settle, .epoch = load_u32(key.at + 8), .who = who, .stream = (rewards_stream)key.at[68]);
    }
    walk = (struct walk){&compute_Slashes_storage, 0};
    if (walk_next(&walk, &key)) {
        if (percent(&player, 10))
            ACT(AS_ROOT, compute, cancel_slash, .id = load_u32(key.at + 8));
        else
            ACT(CRANK, compute, apply_slash, .id = load_u32(key.at + 8));
    }
    walk = (struct walk){&jobs_Jobs_storage, 0};
    for (uint32_t i = 0; i < 3 && walk_next(&walk, &key); i++) {
        jobs_job record = job_of(load_u64(key.at + 8));
        int client = person_of(&record.client);
        if (is_over(load_u64(key.at + 8)) && client >= 0 &&
            ACT(client, jobs, remove_job, .job = load_u64(key.at + 8)) == DISPATCH_OK)
            walk.at = 0;
    }
}

/* --- time --- */

static void pass_time(void) {
    seen.blocks++;
    if (percent(&player, 92))
        world_tick(1);
    else if (percent(&player, 60))
        world_skip(1 + below(&player, 60));
    else if (percent(&player, 60))
        world_skip(1 + below(&player, 600));
    else if (percent(&player, 90)) {
        world_next_epoch();
        seen.epochs++;
    } else
        world_skip((1 + below(&player, 24)) * CLOCK_EPOCH_TICKS);
    if (seen.blocks % 32 == 0)
        beat_all();
}

static void step(void) {
    const uint32_t kind = below(&player, 100);
    if (kind < 26)
        carry_on();
    else if (kind < 30)
        crank_on();
    else if (kind < 40)
        random_job_order();
    else if (kind < 58)
        random_jobs_call();
    else if (kind < 86)
        random_compute_call();
    else if (kind < 93)
        random_rewards_call();
    else
        random_other_call();
}

/* Each call has been done: the openings see to it. */
static void check_calls(void) {
    static const struct {
        uint8_t pallet, calls;
    } all[] = {{pallet_index_compute, compute_call_index_sweep_provider + 1},
               {pallet_index_jobs, jobs_call_index_sweep_due + 1},
               {pallet_index_rewards, rewards_call_index_close_epoch + 1}};
    for (uint32_t i = 0; i < COUNT_OF(all); i++)
        for (uint8_t call = 0; call < all[i].calls; call++)
            check(acts_by_call[all[i].pallet][call] != 0, "call %u.%u was never done", all[i].pallet, call);
}

/* In the end nobody is owed anything that cannot be taken. */
static void end_all(void) {
    static int everybody[PEOPLE];
    balance books_left;
    for (int n = 1; n <= PEOPLE; n++)
        everybody[n - 1] = n;
    world_checks_blocks = false; /* these are thousands of calls in few blocks; one look at the end */
    wind_down(everybody, PEOPLE);
    jobs_Books_get(&books_left);
    check(books_left == 0, "jobs owe %" PRIu64 " in the end", (uint64_t)books_left);
    rewards_Books_get(&books_left);
    check(books_left == 0, "rewards owe %" PRIu64 " in the end", (uint64_t)books_left);
    books_block();
    world_check();
}

void operations_run(uint64_t seed, uint32_t count) {
    game_name = "operations";
    game_seed = seed;
    nature.state = seed * 2 + 1;
    player.state = seed * 2 + 2;
    memset(conduct, GOOD, sizeof conduct);
    memset(&seen, 0, sizeof seen);
    memset(acts_by_call, 0, sizeof acts_by_call);
    world_mark();
    for (int i = 0; i < 6; i++) { /* a market that works; what comes is added to it */
        struct offer offer = {
            .bond = 5000 * UNIT, .model = ROOT_MODEL, .price = 10000000000, .min_units = 1, .slots = 60000};
        provide(ROGUE + i, &offer);
        for (uint64_t model = CHILD_MODEL; model <= MODELS; model++)
            advertise(ROGUE + i, model, 10000000000 + (uint64_t)i, 1);
        put_behind(ROGUE + 10 + i, ROGUE + i, 1000 * UNIT);
    }
    world_checks_blocks = true;
    const uint32_t failed = checks_failed;
    openings_play();
    check_calls();
    const uint64_t before = acts_done + acts_refused, refused = acts_refused;
    while (acts_done + acts_refused - before < count && checks_failed < failed + 3) {
        for (uint32_t steps = 1 + below(&player, 8); steps; steps--)
            step();
        pass_time();
    }
    const uint64_t done = acts_done + acts_refused - before;
    printf("%" PRIu64 " random operations (%" PRIu64 " refused) in %u blocks: minted %s, burned %s NLR\n", done,
           acts_refused - refused, seen.blocks, report_amount((money)books.minted), report_amount((money)books.burned));
    printf("jobs met as Ready %u, Bidding %u, Offered %u, Working %u, Revealing %u, Settled %u, Refunded %u, "
           "Inconclusive %u\n",
           seen.by_state[1], seen.by_state[2], seen.by_state[3], seen.by_state[4], seen.by_state[5], seen.by_state[9],
           seen.by_state[10], seen.by_state[11]);
    if (checks_failed == failed)
        end_all();
    world_checks_blocks = false;
    world_back();
}

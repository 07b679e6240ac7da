/* operators.c - how providers play a job, honest ones and others: see market.h. */
#include "market.h"

#include "commit/tagged.h"

uint8_t conduct[PEOPLE + 1];
uint32_t units_done, units_of[PEOPLE + 1];

static enum conduct conduct_at(uint64_t job, uint8_t seat) {
    int who = sitting(job, seat);
    return who < 0 ? IGNORE : (enum conduct)conduct[who];
}

/* --- results --- */

/* The activations that every honest machine finds; a last bit may differ. */
static struct bytes fingerprint_of(uint64_t job, int provider, bool good) {
    static uint8_t bytes[32];
    for (uint32_t i = 0; i < 8; i++) {
        store_u16(bytes + 4 * i, (uint16_t)(10 * i + (good ? 0 : 1)));
        store_u16(bytes + 4 * i + 2, (uint16_t)(0x3f00 + 64 * i + ((job + (uint64_t)provider) & 3)));
    }
    return (struct bytes){bytes, sizeof bytes};
}

static bool is_fuzzy(uint64_t job) { return job_of(job).profile == models_profile_Tolerance; }
static bool tells_truth(enum conduct how) { return how != GUESS && how != LIE; }

jobs_result result_of(uint64_t job, int provider, uint8_t seat, enum conduct how) {
    jobs_job record = job_of(job);
    const uint32_t units = units_of[provider] ? units_of[provider] : units_done ? units_done : UINT32_MAX;
    jobs_result result = {.units = min_u32(units, record.units_max)};
    /* Of a tolerant profile everybody's bytes differ. */
    uint64_t salt = how == GUESS || is_fuzzy(job) ? (uint64_t)provider << 8 | 1 : how == LIE ? 2 : 0;
    result.result_root = hash_of(1000 + job, salt);
    result.trace_root = hash_of(2000 + job, salt);
    result.out_cipher_hash = hash_of(3000 + job, (uint64_t)provider);
    store_u64(result.salt.at, (uint64_t)provider * 1000 + seat);
    if (is_fuzzy(job)) {
        uint8_t buffer[400];
        struct bytes fp = fingerprint_of(job, provider, tells_truth(how));
        struct writer out = TAGGED(buffer, "deai/job/fp/1");
        write_raw(&out, fp.at, fp.len);
        tagged_finish(result.fp_hash.at, &out);
    }
    return result;
}

h256 commit_of(uint64_t job, uint8_t seat, int provider, const jobs_result *result) {
    uint8_t buffer[512];
    h256 commit;
    account_id who = person(provider);
    struct writer out = TAGGED(buffer, "deai/job/c/1");
    write_u64(&out, job);
    write_u8(&out, seat);
    write_raw(&out, who.at, 32);
    scale_encode(&jobs_result_type, result, &out);
    tagged_finish(commit.at, &out);
    return commit;
}

dispatch_result show(uint64_t job, uint8_t seat, int provider, const jobs_result *result, enum conduct how) {
    struct bytes none = {NULL, 0};
    return ACT(provider, jobs, reveal, .job = job, .seat = seat, .result = *result,
               .fingerprint = is_fuzzy(job) ? fingerprint_of(job, provider, tells_truth(how)) : none);
}

/* --- seats --- */

static void take_seats(uint64_t job) {
    for (uint32_t round = 0; round < 8 && job_of(job).state == jobs_state_Offered; round++) {
        jobs_job record = job_of(job);
        for (uint8_t i = 0; i < record.n && job_of(job).state == jobs_state_Offered; i++) {
            jobs_seat seat = seat_of(job, i);
            if (seat.state != jobs_seat_state_Offered)
                continue;
            if (conduct_at(job, i) == DECLINE)
                MUST(ACT(sitting(job, i), jobs, decline, .job = job, .seat = i,
                         .reason = jobs_decline_reason_InputUnavailable));
            else if (conduct_at(job, i) != IGNORE && ACT(sitting(job, i), jobs, accept, .job = job, .seat = i))
                ACT(sitting(job, i), jobs, decline, .job = job, .seat = i, .reason = jobs_decline_reason_Busy);
        }
        if (job_of(job).state != jobs_state_Offered)
            return;
        world_skip(record.windows.accept + 1u);
        for (uint8_t i = 0; i < record.n; i++)
            if (job_of(job).state == jobs_state_Offered && seat_of(job, i).state == jobs_seat_state_Offered)
                ACT(CRANK, jobs, redraw, .job = job, .seat = i);
    }
}

/* Another seat that has committed, or revealed. */
static int another(uint64_t job, uint8_t seat, jobs_seat_state state) {
    for (uint8_t i = 0; i < job_of(job).n; i++)
        if (i != seat && seat_of(job, i).state == state)
            return i;
    return -1;
}

static void commit_one(uint64_t job, uint8_t i) {
    const enum conduct how = conduct_at(job, i);
    const int who = sitting(job, i);
    jobs_result result = result_of(job, who, i, how);
    h256 hash = commit_of(job, i, who, &result);
    int other;
    if (how == NO_COMMIT || how == COPY_REVEAL || seat_of(job, i).state != jobs_seat_state_Accepted)
        return;
    if (how == COPY_COMMIT) {
        if ((other = another(job, i, jobs_seat_state_Committed)) < 0)
            return;
        hash = seat_of(job, (uint8_t)other).commit;
    }
    MUST(ACT(who, jobs, commit, .job = job, .seat = i, .hash = hash));
    if (how == RECOMMIT) {
        result = result_of(job, who, i, LIE);
        hash = commit_of(job, i, who, &result);
        expect(ACT(who, jobs, commit, .job = job, .seat = i, .hash = hash) != DISPATCH_OK, "committed twice");
    }
}

void commit_now(uint64_t job) {
    jobs_job record = job_of(job);
    for (int copying = 0; record.n > 1 && copying < 2; copying++) /* copiers come after those whom they copy */
        for (uint8_t i = 0; i < record.n; i++)
            if ((conduct_at(job, i) == COPY_COMMIT) == copying && job_of(job).state == jobs_state_Working &&
                clock_now() <= record.deadline)
                commit_one(job, i);
}

static void commit_all(uint64_t job) {
    jobs_job record = job_of(job);
    commit_now(job);
    if (record.n > 1 && job_of(job).state == jobs_state_Working)
        world_skip_to(record.deadline + 1);
}

static void reveal_one(uint64_t job, uint8_t i) {
    const enum conduct how = conduct_at(job, i);
    const int who = sitting(job, i);
    jobs_result result = result_of(job, who, i, how);
    int other;
    if (how == NO_REVEAL || (how == NO_COMMIT && job_of(job).n == 1))
        return;
    if (how == SWAP) {
        result = result_of(job, who, i, LIE);
    } else if (how == COPY_COMMIT || how == COPY_REVEAL) {
        if ((other = another(job, i, jobs_seat_state_Revealed)) < 0)
            return;
        result = result_of(job, sitting(job, (uint8_t)other), (uint8_t)other, GOOD);
        h256 hash = commit_of(job, i, who, &result);
        if (how == COPY_REVEAL)
            ACT(who, jobs, commit, .job = job, .seat = i, .hash = hash);
    }
    bool shown = show(job, i, who, &result, how) == DISPATCH_OK;
    if (job_of(job).n > 1 && (how == SWAP || how == COPY_COMMIT || how == COPY_REVEAL))
        expect(!shown, "a result was shown that was not committed to");
}

static void reveal_all(uint64_t job) {
    jobs_job record = job_of(job);
    for (int copying = 0; copying < 2; copying++)
        for (uint8_t i = 0; i < record.n; i++) {
            bool copies = conduct_at(job, i) == COPY_COMMIT || conduct_at(job, i) == COPY_REVEAL;
            if (copies == copying && !is_over(job))
                reveal_one(job, i);
        }
}

void serve(uint64_t job) {
    take_seats(job);
    commit_all(job);
    reveal_all(job);
    if (!is_over(job) && ACT(CRANK, jobs, finalise, .job = job) != DISPATCH_OK) {
        jobs_job record = job_of(job);
        world_skip_to((record.deadline > clock_now() ? record.deadline : clock_now()) + 1 + record.windows.reveal);
        ACT(CRANK, jobs, finalise, .job = job);
    }
}

/* --- how seats are found --- */

static h256 bid_hash(uint64_t job, int who, uint64_t price) {
    uint8_t buffer[128];
    h256 hash;
    account_id provider = person(who);
    struct writer out = TAGGED(buffer, "deai/job/bid/1");
    write_u64(&out, job);
    write_raw(&out, provider.at, 32);
    write_u64(&out, price);
    write_raw(&out, (const uint8_t[16]){0}, 16);
    tagged_finish(hash.at, &out);
    return hash;
}

void bid_all(uint64_t job) {
    jobs_job record = job_of(job);
    bool placed[PEOPLE] = {false};
    for (uint32_t i = 0; i < server_count; i++) {
        compute_ad_record ad;
        account_id who = person(servers[i]);
        placed[i] =
            compute_Ads_get(&record.model, &who, &ad) &&
            ACT(servers[i], jobs, bid, .job = job, .commit = bid_hash(job, servers[i], ad.ad.price)) == DISPATCH_OK;
    }
    world_skip_to(record.deadline + 1);
    for (uint32_t i = 0; i < server_count; i++) {
        compute_ad_record ad;
        account_id who = person(servers[i]);
        if (placed[i] && conduct[servers[i]] != NO_BID_REVEAL && compute_Ads_get(&record.model, &who, &ad))
            ACT(servers[i], jobs, reveal_bid, .job = job, .price = ad.ad.price);
    }
    world_skip_to(record.deadline + record.windows.reveal + 1u);
}

bool draw_seats(uint64_t job) {
    jobs_state state = job_of(job).state;
    beat_all();
    if (state == jobs_state_Bidding) {
        bid_all(job);
        ACT(CRANK, jobs, assign, .job = job, .relay = 0);
    }
    for (uint32_t tries = 0; tries < 24 && job_of(job).state == jobs_state_Ready; tries++) {
        uint32_t relay = deciding_relay(job);
        if (!relay)
            world_tick(CLOCK_SEED_DELAY);
        else if (ACT(CRANK, jobs, assign, .job = job, .relay = relay) != DISPATCH_OK)
            break;
    }
    return job_of(job).state == jobs_state_Offered;
}

uint64_t play_job(int client, const struct order *order) {
    uint64_t job = post(client, order);
    if (job && draw_seats(job))
        serve(job);
    return job;
}

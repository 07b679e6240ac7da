/* rows_market_hashes.c - rows of trees, tagged hashes and what else a job is judged by. Records are decoded and encoded
 * by the pallets' own types. */
#include "commit/mst.h"
#include "commit/t16.h"
#include "commit/tagged.h"
#include "jobs/jobs_internal.h"
#include "market/fingerprint.h"
#include "market_rows.h"
#include <stdlib.h>
#include <string.h>

/* --- trees --- */
static void mst_of(struct cells *in, struct answer *out) {
    struct mst_node at[64];
    uint32_t n = cell_count(in, 64);
    for (uint32_t i = 0; i < n; i++) {
        uint8_t payload[32];
        cell_32(in, payload);
        mst_leaf(&at[i], payload, cell_u128(in), i);
    }
    for (; n > 1; n = (n + 1) / 2)
        for (uint32_t i = 0; i < n; i += 2)
            if (i + 1 == n)
                at[i / 2] = at[i];
            else if (!mst_join(&at[i / 2], &at[i], &at[i + 1]))
                in->bad = true;
    answer_32(out, at[0].hash);
    answer_number(out, at[0].sum);
    answer_number(out, at[0].count);
}

static void node(struct cells *in, struct mst_node *at) {
    cell_32(in, at->hash);
    at->sum = cell_u128(in);
    at->count = cell_u64(in);
}

static void mst_check(struct cells *in, struct answer *out) {
    struct mst_node root, path[40];
    uint8_t payload[32];
    u128 prefix;
    node(in, &root);
    uint64_t index = cell_u64(in);
    cell_32(in, payload);
    u128 counted = cell_u128(in);
    uint32_t len = cell_count(in, 40);
    for (uint32_t i = 0; i < len; i++)
        node(in, &path[i]);
    bool good = mst_verify(&prefix, &root, index, payload, counted, path, len);
    answer_if(out, good, prefix);
}

static void t16_of(struct cells *in, struct answer *out) {
    static uint8_t leaves[512][32];
    uint8_t root[32] = {0};
    uint32_t n = cell_count(in, 512);
    for (uint32_t i = 0; i < n; i++)
        cell_32(in, leaves[i]);
    if (n)
        t16_root(root, leaves, n);
    answer_32(out, root);
}

static void t16_levels(struct cells *in, struct answer *out) { answer_number(out, t16_depth(cell_u64(in))); }

/* --- tagged hashes: the next cells as fields --- */
static void raw_field(struct cells *in, struct writer *to, uint32_t size) {
    uint8_t field[2048];
    struct bytes b = cell_bytes(in, field, sizeof field);
    in->bad = in->bad || (size && b.len != size);
    write_slice(to, b);
}

static void answer_hash(struct answer *out, const struct writer *preimage) {
    uint8_t hash[32];
    tagged_finish(hash, preimage);
    answer_32(out, hash);
}

/* The next cell is the encoding of a `type`, and no other one: the types' layout is checked with it. */
static void encoded_field(struct cells *in, struct writer *to, const struct type_desc *type, void *value) {
    uint8_t field[2048];
    struct bytes b = cell_bytes(in, field, sizeof field);
    struct reader from = reader_over(b, &arena_scratch);
    if (!scale_decode(type, &from, value) || !reader_done(&from)) {
        in->bad = true;
        return;
    }
    struct bytes again = scale_encode_in(&arena_scratch, type, value);
    in->bad = in->bad || !bytes_equal(again, b);
    write_slice(to, again);
}

static void commit(struct cells *in, struct answer *out) {
    uint8_t buffer[256];
    jobs_result result;
    struct writer to = TAGGED(buffer, "deai/job/c/1");
    write_u64(&to, cell_u64(in));
    write_u8(&to, (uint8_t)cell_u32(in));
    raw_field(in, &to, 32);
    encoded_field(in, &to, &jobs_result_type, &result);
    answer_hash(out, &to);
}

static void bid(struct cells *in, struct answer *out) {
    uint8_t buffer[128];
    struct writer to = TAGGED(buffer, "deai/job/bid/1");
    write_u64(&to, cell_u64(in));
    raw_field(in, &to, 32);
    write_u64(&to, cell_u64(in));
    raw_field(in, &to, 16);
    answer_hash(out, &to);
}

static void tie_hash(uint8_t hash[static 32], uint64_t job, const uint8_t provider[static 32]) {
    uint8_t buffer[64];
    struct writer to = TAGGED(buffer, "deai/job/tie/1");
    write_u64(&to, job);
    write_raw(&to, provider, 32);
    tagged_finish(hash, &to);
}

static void tie(struct cells *in, struct answer *out) {
    uint8_t hash[32], provider[32];
    uint64_t job = cell_u64(in);
    cell_32(in, provider);
    tie_hash(hash, job, provider);
    answer_32(out, hash);
}

static void seed(struct cells *in, struct answer *out) {
    h256 value, result;
    cell_32(in, value.at);
    uint8_t kind = (uint8_t)cell_u32(in);
    uint64_t id = cell_u64(in);
    clock_seed(&result, &value, kind, id, cell_u32(in));
    answer_32(out, result.at);
}

/* Through the hook of the parachain inherent, which keeps it. */
static void mock(struct cells *in, struct answer *out) {
    uint8_t one_epoch_ago[32];
    h256 value = {{0}};
    cell_32(in, one_epoch_ago);
    uint32_t relay = cell_u32(in);
    clock_genesis(true);
    clock_Time_put(&(clock_time){.relay = 0});
    clock_note_relay_parent(relay, (struct clock_relay_value){CLOCK_NOT_SHOWN, {NULL, 0}},
                            (struct clock_relay_value){CLOCK_SHOWN, {one_epoch_ago, 32}});
    clock_rand kept;
    uint16_t slot = (uint16_t)(relay % CLOCK_RAND_RING);
    if (clock_Rand_get(&slot, &kept) && kept.relay == relay)
        value = kept.value;
    answer_32(out, value.at);
}

/* A job's chain of hashes, as the pallet makes it of events: those of ratings, the shortest. */
static void receipts(struct cells *in, struct answer *out) {
    h256 link;
    uint64_t id = cell_u64(in);
    cell_32(in, link.at);
    jobs_start_receipt(id, &link);
    uint32_t count = cell_count(in, 100);
    answer_number(out, count + 1);
    for (uint32_t i = 0;; i++) {
        uint8_t fields[9] = {0};
        if (!jobs_Receipts_get(&id, &link))
            in->bad = true;
        answer_32(out, link.at);
        if (i == count)
            return;
        clock_Time_put(&(clock_time){.now = cell_u32(in)});
        in->bad = cell_u32(in) != jobs_event_index_Rated || cell_bytes(in, fields, 9).len != 9 || in->bad;
        JOBS_EVENT(Rated, .job = load_u64(fields), .score = fields[8]);
    }
}

static void spec(struct cells *in, struct answer *out) {
    uint8_t buffer[2048];
    jobs_spec value;
    struct writer to = TAGGED(buffer, "deai/job/spec/1");
    encoded_field(in, &to, &jobs_spec_type, &value);
    answer_hash(out, &to);
}

static void fingerprint(struct cells *in, struct answer *out) {
    uint8_t buffer[512];
    struct writer to = TAGGED(buffer, "deai/job/fp/1");
    raw_field(in, &to, 0);
    answer_hash(out, &to);
}

static void operator_message(struct cells *in, struct answer *out) {
    uint8_t buffer[128];
    struct writer to = TAGGED(buffer, "deai/compute/op/1");
    raw_field(in, &to, 32);
    raw_field(in, &to, 32);
    answer_hash(out, &to);
}

static void allow_leaf(struct cells *in, struct answer *out) {
    uint8_t buffer[64];
    struct writer to = TAGGED(buffer, "deai/models/allow/1");
    raw_field(in, &to, 32);
    answer_hash(out, &to);
}

static void points_key(struct cells *in, struct answer *out) {
    account_id key;
    rewards_model_key(&key, cell_u64(in));
    answer_bytes(out, (struct bytes){(const uint8_t *)&key, sizeof key});
}

/* --- who agrees --- */
static void tally(struct cells *in, struct answer *out) {
    static uint8_t memory[JOBS_MAX_SEATS][4 * FINGERPRINT_MAX_TOPK];
    jobs_seat seats[JOBS_MAX_SEATS] = {{.units = 0}};
    jobs_job job = {.profile = cell_u32(in) ? models_profile_Tolerance : models_profile_ExactInt};
    job.q = (uint8_t)cell_u32(in);
    job.fp_params.max_exp_miss = (uint16_t)cell_u32(in);
    job.fp_params.mean_mantissa = (uint16_t)cell_u32(in);
    job.fp_params.min_overlap = (uint16_t)cell_u32(in);
    job.n = (uint8_t)cell_count(in, JOBS_MAX_SEATS);
    for (uint8_t i = 0; i < job.n; i++) {
        seats[i].state = cell_u32(in) ? jobs_seat_state_Revealed : jobs_seat_state_Committed;
        cell_32(in, seats[i].result_root.at);
        seats[i].units = cell_u32(in);
        seats[i].fingerprint = cell_bytes(in, memory[i], sizeof memory[i]);
    }
    uint8_t leader;
    uint16_t winners = jobs_tally(&job, seats, &leader);
    answer_if(out, winners != 0, winners);
    if (winners)
        answer_number(out, leader);
}

/* --- a job's money, and the order of sealed bids --- */
static void money(struct cells *in, struct answer *out) {
    jobs_job job = {.n = (uint8_t)cell_u32(in)};
    job.units_max = cell_u32(in);
    job.limit = cell_u64(in);
    u128 most = jobs_seat_most(&job), tip = cell_u128(in);
    answer_number(out, job.n * most + tip);
    answer_number(out, most);
    answer_number(out, jobs_accept_fee(&job));
    answer_number(out, jobs_seat_bond(&job));
}

struct bid_row {
    u128 score;
    uint8_t tie[32];
    uint32_t place;
};

static int compare(const void *left, const void *right) {
    const struct bid_row *a = left, *b = right;
    return a->score != b->score ? (a->score < b->score ? -1 : 1) : memcmp(a->tie, b->tie, 32);
}

static void bid_order(struct cells *in, struct answer *out) {
    struct bid_row all[32];
    uint64_t job = cell_u64(in);
    uint32_t count = cell_count(in, 32);
    for (uint32_t i = 0; i < count; i++) {
        uint8_t provider[32];
        cell_32(in, provider);
        u128 price = cell_u64(in);
        uint32_t rep = cell_u32(in);
        all[i].score = rep ? price * 1000000 / rep : 0;
        tie_hash(all[i].tie, job, provider);
        all[i].place = i;
    }
    qsort(all, count, sizeof *all, compare);
    answer_number(out, count);
    for (uint32_t i = 0; i < count; i++)
        answer_number(out, all[i].place);
}

const struct market_row market_hashes[] = {
    {"mst_root", mst_of},
    {"mst_verify", mst_check},
    {"t16_root", t16_of},
    {"t16_depth", t16_levels},
    {"job_commit", commit},
    {"job_bid", bid},
    {"job_tie", tie},
    {"job_seed", seed},
    {"mock_randomness", mock},
    {"job_receipts", receipts},
    {"job_spec", spec},
    {"fingerprint_hash", fingerprint},
    {"operator_message", operator_message},
    {"allow_leaf", allow_leaf},
    {"model_points_key", points_key},
    {"tally", tally},
    {"job_money", money},
    {"bid_order", bid_order},
    {NULL, NULL},
};

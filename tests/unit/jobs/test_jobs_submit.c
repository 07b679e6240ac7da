/* What a submitted job becomes. */
#include "jobs/submit_fixture.h"

static void test_drawn_job(void **state) {
    (void)state;
    jobs_spec spec = a_spec();
    spec.tip = 5;
    spec.min_rep_ppm = 1;
    u128 before = money_of(CLIENT), need = need_of(&spec), books;
    u128 deposit = UNIT / 10 + MILLI_UNIT * (spec_len(&spec) + 3 * 640 + 256);
    uint64_t id = submitted(CLIENT, spec), next;
    assert_int_equal(id, 1);
    jobs_NextJob_get(&next);
    assert_int_equal(next, 2);
    jobs_job job = job_of(id);
    account_id client = person(CLIENT);
    assert_memory_equal(&job.client, &client, 32);
    assert_int_equal(job.state, jobs_state_Ready);
    assert_int_equal(job.mode, jobs_mode_Redundant);
    assert_int_equal(job.n, 3);
    assert_int_equal(job.q, 2);
    assert_int_equal(job.accepted + job.committed + job.revealed + job.rated + job.listed, 0);
    assert_int_equal(job.depth, 1);
    assert_int_equal(job.profile, models_profile_ExactInt);
    assert_int_equal(job.model, 1);
    assert_int_equal(job.version, 1);
    assert_int_equal(job.units_max, 10);
    assert_true(job.limit == spec.limit && job.tip == 5);
    assert_int_equal(job.windows.accept, 10);
    assert_int_equal(job.windows.commit, 20);
    assert_int_equal(job.windows.reveal, 30);
    assert_memory_equal(&job.split, &rewards_default_split, sizeof job.split);
    assert_int_equal(job.royalty_ppb, MODELS_PPB);
    assert_int_equal(job.created, tick_now());
    assert_int_equal(job.deadline, tick_now() + JOBS_REST_TICKS);
    assert_int_equal(job.ended, 0);
    assert_true(job.deposit == deposit);

    assert_true(before - money_of(CLIENT) == need + deposit);
    assert_int_equal(open_of(CLIENT), 1);
    jobs_escrow escrow = escrow_of(id);
    assert_true(escrow.held == need && escrow.bonds == 0 && escrow.paid == 0 && escrow.refunded == 0);
    jobs_Books_get(&books);
    assert_true(books == need + deposit);

    jobs_draw draw = draw_of(id);
    assert_int_equal(draw.arm, 1);
    assert_int_equal(draw.draw_at, tick_now());
    assert_int_equal(draw.armed_relay, clock_relay());
    assert_false(draw.started);
    assert_int_equal(draw.picks.len, 0);

    JOB_EVENT_WAS(JobSubmitted, .job = 1, .client = client, .model = 1, .version = 1, .mode = jobs_mode_Redundant,
                  .held = need, .deposit = deposit);
    JOB_EVENT_WAS(Armed, .job = 1, .least = clock_relay() + 6, .arm = 1);

    jobs_spec stored;
    assert_true(jobs_Specs_get(&id, &stored));
    uint8_t a[2048], b[2048];
    struct writer left = writer_over(a, sizeof a), right = writer_over(b, sizeof b);
    scale_encode(&jobs_spec_type, &spec, &left);
    scale_encode(&jobs_spec_type, &stored, &right);
    assert_bytes_equal(writer_bytes(&left), writer_bytes(&right));
}

static void test_sealed_job(void **state) {
    (void)state;
    jobs_spec spec = a_sealed();
    uint64_t id = submitted(CLIENT, spec);
    jobs_job job = job_of(id);
    assert_int_equal(job.state, jobs_state_Bidding);
    assert_int_equal(job.deadline, tick_now() + 10);
    assert_true(job.deposit == UNIT / 10 + MILLI_UNIT * (spec_len(&spec) + 3 * 640 + 256 + 32 * 73));
    assert_false(jobs_Draws_exists(&id));
    assert_int_equal(market_events(), 1 + 1); /* JobSubmitted, Transfer */
}

static void test_direct_job(void **state) {
    (void)state;
    jobs_spec spec = a_direct(SERVER);
    spec.key_wrap_root = a_hash(1); /* the one provider is known: keys may be wrapped for it */
    uint64_t id = submitted(CLIENT, spec);
    jobs_job job = job_of(id);
    assert_int_equal(job.state, jobs_state_Offered);
    assert_true(job.listed);
    jobs_seat seat = seat_of(id, 0);
    account_id server = person(SERVER);
    assert_memory_equal(&seat.provider, &server, 32);
    assert_int_equal(seat.state, jobs_seat_state_Offered);
    assert_true(seat.price == (uint64_t)MARKET_PRICE);
    assert_int_equal(seat.min_units, 1);
    assert_int_equal(seat.enc_epoch, record_of(SERVER).enc_epoch);
    assert_int_equal(seat.deadline, tick_now() + 10);
    assert_int_equal(seat.replaced, 0);
    JOB_EVENT_WAS(SeatOffered, .job = id, .seat = 0, .provider = server, .price = (uint64_t)MARKET_PRICE,
                  .until = tick_now() + 10);
    assert_false(jobs_Draws_exists(&id));
}

/* What is pinned is the version's and the model's of now. */
static void test_pinned_fingerprint(void **state) {
    (void)state;
    jobs_spec spec = a_spec();
    spec.model = market_model(models_profile_Tolerance, 0);
    jobs_job job = job_of(submitted(CLIENT, spec));
    assert_int_equal(job.profile, models_profile_Tolerance);
    assert_int_equal(job.fp_params.topk, 4);
    assert_int_equal(job.fp_params.min_overlap, 2);
}

static void add_link(h256 *chain, uint8_t index, const struct type_desc *type, const void *event) {
    uint8_t buffer[512];
    struct writer out = TAGGED(buffer, "deai/job/a/1");
    write_raw(&out, chain->at, 32);
    write_u32(&out, clock_now());
    write_u8(&out, index);
    scale_encode(type, event, &out);
    tagged_finish(chain->at, &out);
}
#define LINK(chain, name, ...)                                                                                         \
    add_link(chain, jobs_event_index_##name, &jobs_event_##name##_type, &(const jobs_event_##name){__VA_ARGS__})

static void test_chain_of_hashes(void **state) {
    (void)state;
    uint8_t buffer[2048];
    jobs_spec spec = a_spec();
    h256 chain, receipt;
    struct writer out = TAGGED(buffer, "deai/job/spec/1");
    scale_encode(&jobs_spec_type, &spec, &out);
    tagged_finish(chain.at, &out);
    out = TAGGED(buffer, "deai/job/a0/1");
    write_u64(&out, 1);
    write_raw(&out, chain.at, 32);
    tagged_finish(chain.at, &out);
    uint64_t id = submitted(CLIENT, spec);
    LINK(&chain, JobSubmitted, .job = 1, .client = person(CLIENT), .model = 1, .version = 1,
         .mode = jobs_mode_Redundant, .held = need_of(&spec), .deposit = job_of(1).deposit);
    LINK(&chain, Armed, .job = 1, .least = clock_relay() + 6, .arm = 1);
    jobs_Receipts_get(&id, &receipt);
    assert_memory_equal(&receipt, &chain, 32);

    pass_ticks(1);
    JOB_OK(CLIENT, top_up, .job = id, .limit = 2 * (uint64_t)UNIT);
    LINK(&chain, ToppedUp, .job = 1, .limit = 2 * (uint64_t)UNIT, .amount = 30 * UNIT);
    LINK(&chain, Armed, .job = 1, .least = clock_relay() + 6, .arm = 2);
    jobs_Receipts_get(&id, &receipt);
    assert_memory_equal(&receipt, &chain, 32);
}

int main(void) {
#define T(name) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        T(test_drawn_job), T(test_sealed_job), T(test_direct_job), T(test_pinned_fingerprint),
        T(test_chain_of_hashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

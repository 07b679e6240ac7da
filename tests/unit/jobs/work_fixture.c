/* work_fixture.c - see work_fixture.h. */
#include "jobs/work_fixture.h"

#include "commit/tagged.h"
#include "market/price_tick.h"

int holder(uint64_t id, uint8_t number) {
    jobs_seat seat = seat_of(id, number);
    return person_number(&seat.provider);
}

int reserve_at(uint64_t id, uint32_t at) {
    jobs_draw draw = draw_of(id);
    assert_true(at < draw.picks.len);
    return person_number(&draw.picks.items[at].provider);
}

void take(uint64_t id, uint8_t number) { JOB_OK(holder(id, number), accept, .job = id, .seat = number); }

void take_all(uint64_t id) {
    uint8_t n = job_of(id).n;
    for (uint8_t i = 0; i < n; i++)
        take(id, i);
}

uint64_t offered(int client, jobs_spec spec) {
    uint64_t id = submitted(client, spec);
    for (int calls = 0; calls < 20 && job_of(id).state == jobs_state_Ready; calls++) {
        uint32_t relay = decided(id);
        JOB_OK(OTHER, assign, .job = id, .relay = relay);
    }
    return id;
}

uint64_t working(int client, jobs_spec spec) {
    uint64_t id = offered(client, spec);
    take_all(id);
    assert_int_equal(job_of(id).state, jobs_state_Working);
    return id;
}

uint32_t paused_until(int provider, uint64_t model) {
    account_id who = person(provider);
    compute_ad_record record;
    compute_asks asks;
    uint32_t native = 0;
    assert_true(compute_Ads_get(&model, &who, &record));
    uint8_t class = price_tick(record.ad.price);
    compute_AskTick_get(&model, &native, &class, &asks);
    for (uint32_t i = 0; i < asks.len; i++)
        if (jobs_same(&asks.items[i].provider, &who))
            return asks.items[i].paused_until;
    fail_msg("no ask of %d", provider);
    return 0;
}

jobs_result a_result(uint64_t n, uint32_t units) {
    return (jobs_result){.result_root = a_hash(n),
                         .trace_root = a_hash(n + 1000),
                         .trace_len = n,
                         .units = units,
                         .out_cipher_hash = a_hash(n + 2000),
                         .salt = {{5}}};
}

jobs_result a_result_with(uint64_t n, uint32_t units, struct bytes fingerprint) {
    jobs_result result = a_result(n, units);
    uint8_t buffer[512];
    struct writer out = TAGGED(buffer, "deai/job/fp/1");
    write_slice(&out, fingerprint);
    tagged_finish(result.fp_hash.at, &out);
    return result;
}

/* Written out by hand: tag, job, seat, provider, the 156 bytes of the result. */
h256 sealed_result(uint64_t id, uint8_t number, const jobs_result *result) {
    uint8_t buffer[256] = {12, 'd', 'e', 'a', 'i', '/', 'j', 'o', 'b', '/', 'c', '/', '1'};
    account_id who = person(holder(id, number));
    h256 hash;
    struct writer out = writer_over(buffer + 13, sizeof buffer - 13);
    write_u64(&out, id);
    write_u8(&out, number);
    write_raw(&out, who.at, 32);
    write_raw(&out, result->result_root.at, 32);
    write_raw(&out, result->trace_root.at, 32);
    write_u64(&out, result->trace_len);
    write_raw(&out, result->fp_hash.at, 32);
    write_u32(&out, result->units);
    write_raw(&out, result->out_cipher_hash.at, 32);
    write_raw(&out, result->salt.at, 16);
    assert_int_equal(writer_len(&out), 41 + 156);
    shim_blake2(hash.at, 32, (struct bytes){buffer, 13 + writer_len(&out)});
    return hash;
}

void commit_to(uint64_t id, uint8_t number, jobs_result result) {
    JOB_OK(holder(id, number), commit, .job = id, .seat = number, .hash = sealed_result(id, number, &result));
}

void show(uint64_t id, uint8_t number, jobs_result result) {
    JOB_OK(holder(id, number), reveal, .job = id, .seat = number, .result = result);
}

void show_with(uint64_t id, uint8_t number, jobs_result result, struct bytes fingerprint) {
    JOB_OK(holder(id, number), reveal, .job = id, .seat = number, .result = result, .fingerprint = fingerprint);
}

void all_show(uint64_t id, const jobs_result *results) {
    uint8_t n = job_of(id).n;
    for (uint8_t i = 0; i < n && n > 1; i++)
        commit_to(id, i, results[i]);
    for (uint8_t i = 0; i < n; i++)
        show(id, i, results[i]);
}

static balance in_pot(const account_id *who) {
    account_data data;
    balances_account(who, &data);
    return data.free - EXISTENTIAL_DEPOSIT;
}

balance epoch_burned(void) {
    rewards_epoch_book book;
    uint32_t epoch = clock_epoch();
    rewards_EpochBooks_get(&epoch, &book);
    return book.burned;
}

balance points_of(const account_id *who, rewards_stream stream) {
    uint32_t epoch = clock_epoch();
    uint8_t number = (uint8_t)stream;
    balance points;
    rewards_Points_get(&epoch, who, &number, &points);
    return points;
}

balance person_points(int n, rewards_stream stream) {
    account_id who = person(n);
    return points_of(&who, stream);
}

void ledger_now(struct ledger *ledger) {
    account_data treasury;
    balances_account(&rewards_treasury, &treasury);
    ledger->issuance = balances_total_issuance();
    ledger->jobs = in_pot(&jobs_pot.account);
    ledger->compute = in_pot(&compute_pot.account);
    ledger->models = in_pot(&models_account);
    ledger->treasury = treasury.free;
    ledger->burned = epoch_burned();
    for (int n = 0; n < 256; n++)
        ledger->due[n] = owed_to(n);
}

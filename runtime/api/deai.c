/* deai.c - DeaiApi: what wallets, operators and clients ask about the market. Views only: what they write is lost. */
#include "api/api.h"
#include "compute/compute_view.h"
#include "jobs/jobs_view.h"
#include "models/models.h"
#include "rewards/rewards_view.h"

static const uint8_t *take(struct reader *in, uint32_t size) {
    const uint8_t *at = read_raw(in, size);
    if (!at)
        PANIC("arguments do not decode");
    return at;
}
static const account_id *take_account(struct reader *in) { return (const void *)take(in, sizeof(account_id)); }
static uint64_t take_u64(struct reader *in) { return load_u64(take(in, 8)); }
static uint32_t take_u32(struct reader *in) { return load_u32(take(in, 4)); }
static void take_list(struct reader *in, const struct type_desc *type, void *list) {
    if (!scale_decode(type, in, list))
        PANIC("arguments do not decode");
}

static void answer(struct writer *out, const struct type_desc *type, const void *value) {
    api_answer(out, scale_encode_in(&arena_state, type, value));
}

void api_DeaiApi_job_view(struct reader *in, struct writer *out) {
    option_jobs_job_view value;
    jobs_api_job(&value, take_u64(in));
    answer(out, &option_jobs_job_view_type, &value);
}

void api_DeaiApi_effective_state(struct reader *in, struct writer *out) {
    option_jobs_state value;
    jobs_api_state(&value, take_u64(in));
    answer(out, &option_jobs_state_type, &value);
}

void api_DeaiApi_next_deadlines(struct reader *in, struct writer *out) {
    jobs_deadlines value;
    jobs_ids ids;
    const account_id *account = take_account(in);
    take_list(in, &jobs_ids_type, &ids);
    jobs_api_deadlines(&value, account, &ids);
    answer(out, &jobs_deadlines_type, &value);
}

void api_DeaiApi_claimable(struct reader *in, struct writer *out) {
    jobs_claimable value;
    compute_pool_ids pools;
    const account_id *account = take_account(in);
    take_list(in, &compute_pool_ids_type, &pools);
    value.jobs = jobs_api_due(account);
    value.compute = compute_api_due(account);
    value.rewards = rewards_api_due(account);
    compute_api_delegations(&value.delegations, account, &pools);
    rewards_api_lines(&value.lines, account);
    answer(out, &jobs_claimable_type, &value);
}

void api_DeaiApi_draw_preview(struct reader *in, struct writer *out) {
    jobs_preview value;
    uint64_t job = take_u64(in);
    jobs_api_preview(&value, job, take_u32(in));
    answer(out, &jobs_preview_type, &value);
}

void api_DeaiApi_slash_reason(struct reader *in, struct writer *out) {
    option_compute_slash value;
    compute_api_slash(&value, take_u32(in));
    answer(out, &option_compute_slash_type, &value);
}

void api_DeaiApi_provider_view(struct reader *in, struct writer *out) {
    option_compute_provider_view value;
    compute_api_provider(&value, take_account(in));
    answer(out, &option_compute_provider_view_type, &value);
}

void api_DeaiApi_asks(struct reader *in, struct writer *out) {
    option_compute_price_class value;
    uint64_t model = take_u64(in);
    compute_api_asks(&value, model, *take(in, 1));
    answer(out, &option_compute_price_class_type, &value);
}

void api_DeaiApi_epoch_view(struct reader *in, struct writer *out) {
    rewards_epoch_view value;
    rewards_api_epoch(&value, take_u32(in));
    answer(out, &rewards_epoch_view_type, &value);
}

/* --- invariants, by their numbers in docs/PROTOCOL.md. 6 and 8 wait for their pallets, 12 is what fuzzing shows, and that
 * all balances add up (the whole of 1) takes a walk over all accounts. --- */

static void check(jobs_invariants *checks, uint8_t number, bool holds, uint64_t object) {
    jobs_invariant *list = (jobs_invariant *)(uintptr_t)checks->items;
    uint32_t i = 0;
    while (i < checks->len && list[i].number != number)
        i++;
    if (i == checks->len)
        list[checks->len++] = (jobs_invariant){number, true, 0};
    if (!holds && list[i].holds)
        list[i] = (jobs_invariant){number, false, object};
}

/* The longest life of a job behind an ended one, and a slash of it, end before a stake is free. */
_Static_assert((COMPUTE_UNBOND_EPOCHS - COMPUTE_SLASH_DELAY - 1) * CLOCK_EPOCH_TICKS >
                   JOBS_REST_TICKS + (JOBS_MAX_REPLACED + 1) * JOBS_MAX_ACCEPT + 2 * JOBS_MAX_WINDOW,
               "stakes stay liable for the longest job");

static void check_sums(jobs_invariants *checks) {
    static const struct {
        const account_id *account;
        const struct storage_desc *books;
    } pots[] = {{&models_account, &models_Books_storage},
                {&compute_pot.account, &compute_Books_storage},
                {&jobs_pot.account, &jobs_Books_storage},
                {&rewards_pot.account, &rewards_Books_storage}};
    uint32_t native = 0; /* the key of Models' map; the others are values */
    balance sum = 0, books;
    for (uint32_t i = 0; i < COUNT_OF(pots); i++) {
        account_data data;
        balances_account(pots[i].account, &data);
        storage_get(pots[i].books, &native, &books);
        sum += data.free;
        check(checks, 2, data.free >= EXISTENTIAL_DEPOSIT && data.free - EXISTENTIAL_DEPOSIT >= books, i);
    }
    check(checks, 1, sum <= balances_total_issuance(), 0);
    check(checks, 7, true, 0);
    check(checks, 9, rewards_api_split_holds(), 0);
    check(checks, 10, rewards_api_schedule_holds(), 0);
}

static void check_objects(jobs_invariants *checks, uint64_t first) {
    for (uint64_t id = first + 1; id <= first + 64; id++) {
        uint32_t epoch = (uint32_t)id - 1;
        check(checks, 3, jobs_api_escrow_holds(id), id);
        check(checks, 4, jobs_api_bonds_hold(id), id);
        check(checks, 5, compute_api_pool_holds((uint32_t)id), id);
        check(checks, 10, rewards_api_book_holds(epoch), epoch);
        check(checks, 11, rewards_api_lines_hold(epoch), epoch);
    }
}

void api_DeaiApi_invariant_report(struct reader *in, struct writer *out) {
    uint32_t page = take_u32(in);
    uint64_t objects = max_u64(max_u64(jobs_api_next(), compute_api_next_pool()) - 1, clock_epoch() + 1ull);
    jobs_report value = {{arena_alloc(&arena_scratch, 16 * sizeof(jobs_invariant)), 0}, false};
    if (page == 0)
        check_sums(&value.checks);
    else
        check_objects(&value.checks, (page - 1) * 64ull);
    value.more = page * 64ull < objects;
    answer(out, &jobs_report_type, &value);
}

/* jobs.c - the pallet's account, what every call begins with, the chain of hashes over a job's events, dues. */
#include "jobs/jobs_internal.h"

#include "commit/tagged.h"
#include "state/overlay.h"

const uint64_t jobs_first_id = 1;
const struct balances_pot jobs_pot = {
    .account = {{'m', 'o', 'd', 'l', 'n', 'l', '/', 'j', 'o', 'b', 's', '/'}},
    .books = &jobs_Books_storage,
    .low_funds = JOBS_ERROR(LowFunds),
    .below_ed = JOBS_ERROR(BelowED),
};

void jobs_genesis(void) { balances_pot_genesis(&jobs_pot); }

dispatch_result jobs_load(uint64_t id, jobs_job *job) {
    REQUIRE(jobs_Jobs_get(&id, job), UnknownJob);
    return DISPATCH_OK;
}

dispatch_result jobs_as_client(const struct dispatch *ctx, uint64_t id, account_id *who, jobs_job *job) {
    TRY(ensure_signed(&ctx->origin, who));
    TRY(jobs_load(id, job));
    REQUIRE(jobs_same(who, &job->client), NotClient);
    return DISPATCH_OK;
}

dispatch_result jobs_as_seat(const struct dispatch *ctx, uint64_t id, uint8_t number, account_id *signer, jobs_job *job,
                             jobs_seat *seat) {
    account_id owner;
    TRY(ensure_signed(&ctx->origin, signer));
    TRY(jobs_load(id, job));
    REQUIRE(compute_owner_of(signer, &owner), NotOperator);
    REQUIRE(jobs_Seats_get(&id, &number, seat) && jobs_same(&owner, &seat->provider), NotSeat);
    return DISPATCH_OK;
}

void jobs_start_receipt(uint64_t id, const h256 *spec_hash) {
    uint8_t buffer[64];
    h256 link;
    struct writer out = TAGGED(buffer, "deai/job/a0/1");
    write_u64(&out, id);
    write_raw(&out, spec_hash->at, sizeof spec_hash->at);
    tagged_finish(link.at, &out);
    jobs_Receipts_put(&id, &link);
}

void jobs_deposit(uint8_t index, const struct type_desc *fields, const void *event) {
    uint8_t buffer[192];
    struct bytes stored;
    h256 link = {{0}};
    /* The number of the job is the first field of every event that is a link. */
    struct overlay_entry *receipt = storage_entry(&jobs_Receipts_storage, event);
    struct writer out = TAGGED(buffer, "deai/job/a/1");
    if (overlay_entry_get(receipt, &stored))
        write_slice(&out, stored);
    write_u32(&out, clock_now());
    write_u8(&out, index);
    uint8_t *encoded = out.at;
    scale_encode(fields, event, &out);
    tagged_finish(link.at, &out);
    overlay_entry_put(receipt, (struct bytes){link.at, sizeof link.at});
    const struct type_desc as_is = {
        .kind = TYPE_ARRAY, .align = 1, .flat = true, .size = (uint16_t)(out.at - encoded)};
    system_deposit_event(pallet_index_jobs, index, &as_is, encoded);
}

void jobs_add_due(const account_id *who, balance amount) {
    balance due;
    if (amount == 0)
        return;
    jobs_Due_get(who, &due);
    due += amount; /* both are part of Books */
    jobs_Due_put(who, &due);
}

balance jobs_seat_most(const jobs_job *job) { return (u128)job->units_max * job->limit; }

balance jobs_accept_fee(const jobs_job *job) {
    u128 rest;
    return min_u128(div_u128(jobs_seat_most(job), 100, &rest), JOBS_MAX_ACCEPT_FEE);
}

balance jobs_seat_bond(const jobs_job *job) { return max_u128(JOBS_MIN_BOND, jobs_seat_most(job) >> 2); }

/* jobs_work.c - commits to results, and the results. */
#include "jobs/jobs_internal.h"

#include "commit/tagged.h"
#include "market/fingerprint.h"

dispatch_result jobs_commit(struct dispatch *ctx, const jobs_call_commit *args) {
    account_id who;
    jobs_job job;
    jobs_seat seat;
    uint64_t id = args->job;
    uint32_t now = clock_now();
    TRY(jobs_as_seat(ctx, id, args->seat, &who, &job, &seat));
    REQUIRE(job.state == jobs_state_Working || job.state == jobs_state_Revealing, WrongState);
    REQUIRE(job.n > 1, NoCommitNeeded);
    REQUIRE(seat.state == jobs_seat_state_Accepted, AlreadyCommitted);
    /* Revealing with a seat that has not committed: the deadline has passed. */
    REQUIRE(job.state == jobs_state_Working && now <= job.deadline, TooLate);

    seat.state = jobs_seat_state_Committed;
    seat.commit = args->hash;
    jobs_Seats_put(&id, &args->seat, &seat);
    if (++job.committed == job.n) { /* nobody can copy any more */
        job.state = jobs_state_Revealing;
        job.deadline = now + job.windows.reveal;
    }
    jobs_Jobs_put(&id, &job);
    JOBS_EVENT(Committed, .job = id, .seat = args->seat, .hash = args->hash);
    return DISPATCH_OK;
}

/* Whether results are shown now; a Working job past its deadline becomes Revealing here. */
static dispatch_result enter_revealing(jobs_job *job, uint32_t now) {
    if (job->state == jobs_state_Working && job->n > 1) {
        REQUIRE(now > job->deadline, RevealEarly);
        REQUIRE(job->committed >= job->q, WrongState);
        job->state = jobs_state_Revealing;
        job->deadline += job->windows.reveal;
    }
    REQUIRE(job->state == jobs_state_Revealing || job->state == jobs_state_Working, WrongState);
    REQUIRE(now <= job->deadline, TooLate);
    return DISPATCH_OK;
}

static bool is_zero(const h256 *hash) {
    static const h256 zero;
    return equal_32(hash->at, zero.at);
}

/* A single seat in a tolerance profile may leave the fingerprint out: nothing is compared with it. */
static bool fits_profile(const jobs_job *job, struct bytes fingerprint) {
    if (fingerprint.len == 0)
        return job->profile != models_profile_Tolerance || job->n == 1;
    return job->profile == models_profile_Tolerance && fingerprint_well_formed(fingerprint, job->fp_params.topk);
}

static bool is_named(const h256 *hash, struct bytes fingerprint) {
    uint8_t buffer[32 + 4 * FINGERPRINT_MAX_TOPK];
    h256 named = {{0}};
    if (fingerprint.len) {
        struct writer out = TAGGED(buffer, "deai/job/fp/1");
        write_slice(&out, fingerprint);
        tagged_finish(named.at, &out);
    }
    return equal_32(hash->at, named.at);
}

static bool is_committed(const jobs_call_reveal *args, const jobs_seat *seat) {
    uint8_t buffer[256];
    h256 hash;
    struct writer out = TAGGED(buffer, "deai/job/c/1");
    write_u64(&out, args->job);
    write_u8(&out, args->seat);
    write_raw(&out, seat->provider.at, sizeof seat->provider.at);
    scale_encode(&jobs_result_type, &args->result, &out);
    tagged_finish(hash.at, &out);
    return equal_32(hash.at, seat->commit.at);
}

dispatch_result jobs_reveal(struct dispatch *ctx, const jobs_call_reveal *args) {
    const jobs_result *result = &args->result;
    account_id who;
    jobs_job job;
    jobs_seat seat;
    uint64_t id = args->job;
    TRY(jobs_as_seat(ctx, id, args->seat, &who, &job, &seat));
    TRY(enter_revealing(&job, clock_now()));
    REQUIRE(seat.state == (job.n > 1 ? jobs_seat_state_Committed : jobs_seat_state_Accepted), NotCommitted);
    REQUIRE(!is_zero(&result->result_root), EmptyRoot);
    REQUIRE(result->units >= 1 && result->units <= job.units_max, UnitsOverMax);
    REQUIRE(fits_profile(&job, args->fingerprint), BadFp);
    REQUIRE(is_named(&result->fp_hash, args->fingerprint) && (job.n == 1 || is_committed(args, &seat)),
            CommitMismatch);

    seat.state = jobs_seat_state_Revealed;
    seat.result_root = result->result_root;
    seat.out_cipher_hash = result->out_cipher_hash;
    seat.units = result->units;
    seat.fingerprint = args->fingerprint;
    jobs_Seats_put(&id, &args->seat, &seat);
    job.revealed++;
    jobs_Jobs_put(&id, &job);
    JOBS_EVENT(Revealed, .job = id, .seat = args->seat, .result_root = result->result_root, .units = result->units);
    return DISPATCH_OK;
}

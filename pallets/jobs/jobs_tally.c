/* jobs_tally.c - who agrees. Exact profiles: equal result and units. Tolerance: fingerprints that match; every revealed
 * seat is tried as the leader, so that one bad seat cannot void a job. */
#include "jobs/jobs_internal.h"

#include "market/fingerprint.h"

static bool agree(const jobs_job *job, const jobs_seat *a, const jobs_seat *b) {
    const models_fp_params *fp = &job->fp_params;
    if (job->profile != models_profile_Tolerance)
        return a->units == b->units && equal_32(a->result_root.at, b->result_root.at);
    const struct fingerprint_bounds bounds = {fp->max_exp_miss, fp->mean_mantissa, fp->min_overlap};
    return fingerprint_match(a->fingerprint, b->fingerprint, &bounds);
}

/* Agreement is symmetric, so each pair is looked at once; in exact profiles the first large enough set is the only one,
 * since more than half of the seats are in it. */
uint16_t jobs_tally(const jobs_job *job, const jobs_seat *seats, uint8_t *leader) {
    uint16_t sets[JOBS_MAX_SEATS] = {0};
    for (uint8_t i = 0; i < job->n; i++) {
        if (seats[i].state != jobs_seat_state_Revealed)
            continue;
        sets[i] |= (uint16_t)(1u << i);
        for (uint8_t j = i + 1; j < job->n; j++)
            if (seats[j].state == jobs_seat_state_Revealed && agree(job, &seats[i], &seats[j])) {
                sets[i] |= (uint16_t)(1u << j);
                sets[j] |= (uint16_t)(1u << i);
            }
        *leader = i;
        if (__builtin_popcount(sets[i]) >= job->q)
            return sets[i];
    }
    return 0;
}

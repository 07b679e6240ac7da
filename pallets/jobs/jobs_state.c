/* jobs_state.c - what time makes of a stored state. */
#include "jobs/jobs_internal.h"

jobs_state jobs_state_at(const jobs_job *job, const jobs_draw *draw, uint32_t now, uint32_t relay) {
    bool late = now > job->deadline;
    uint32_t reveal_until = job->deadline;
    switch (job->state) {
    case jobs_state_Ready:
        return relay < draw->armed_relay + CLOCK_SEED_DELAY ? jobs_state_Submitted : jobs_state_Ready;
    case jobs_state_Working:
        if (job->n == 1)
            return job->revealed ? jobs_state_Tally : jobs_state_Working;
        /* Before the deadline somebody may still commit; with too few commits there is nothing to reveal. */
        if (!late || job->committed < job->q)
            return jobs_state_Working;
        reveal_until += job->windows.reveal;
        break;
    case jobs_state_Revealing:
        break;
    default:
        return job->state;
    }
    return now > reveal_until || job->revealed == job->committed ? jobs_state_Tally : jobs_state_Revealing;
}

/* market_opens.c - the market on a chain that ran without it: what genesis would have made. */
#include "compute/compute.h"
#include "executive/migrations.h"
#include "jobs/jobs.h"
#include "rewards/rewards.h"

bool market_opens_compute(UNUSED struct migration_walk *walk) {
    compute_genesis();
    return true;
}

bool market_opens_jobs(UNUSED struct migration_walk *walk) {
    jobs_genesis();
    return true;
}

bool market_opens_rewards(UNUSED struct migration_walk *walk) {
    rewards_genesis();
    return true;
}

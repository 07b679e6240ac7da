/* random_calls.h - calls with arguments at random, near to and far from what is allowed. */
#ifndef NALAR_TESTS_SIM_RANDOM_CALLS_H
#define NALAR_TESTS_SIM_RANDOM_CALLS_H

#include "market.h"
#include "report.h"

uint64_t some_job(void);
void random_job_order(void);
void random_jobs_call(void);
void random_compute_call(void);
void random_rewards_call(void);
void random_other_call(void); /* models, balances */

#endif

/* jobs_view.h - answers of the DeaiApi about jobs. Vectors live in arena_scratch. */
#ifndef NALAR_PALLETS_JOBS_VIEW_H
#define NALAR_PALLETS_JOBS_VIEW_H

#include "jobs/jobs.h"

void jobs_api_job(option_jobs_job_view *out, uint64_t id);
void jobs_api_state(option_jobs_state *out, uint64_t id);
/* The calls that an account may make as client, or as operator (or owner) of a seat or a bid, now or after a deadline, in the
 * jobs named; in the 64 newest jobs when none is named. Whether funds suffice is not looked at. */
void jobs_api_deadlines(jobs_deadlines *out, const account_id *who, const jobs_ids *ids);
/* Runs assign until the draw is over or fails; what it writes is lost with the API call. */
void jobs_api_preview(jobs_preview *out, uint64_t id, uint32_t relay);
balance jobs_api_due(const account_id *who);
uint64_t jobs_api_next(void);
/* Invariants 3 (no money in a job that is over) and 4 (a bond for every accepted seat). True for a job that does not
 * exist. */
bool jobs_api_escrow_holds(uint64_t id);
bool jobs_api_bonds_hold(uint64_t id);

#endif

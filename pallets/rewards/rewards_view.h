/* rewards_view.h - answers of the DeaiApi about emission. Vectors live in arena_scratch. */
#ifndef NALAR_PALLETS_REWARDS_VIEW_H
#define NALAR_PALLETS_REWARDS_VIEW_H

#include "rewards/rewards.h"

void rewards_api_epoch(rewards_epoch_view *out, uint32_t epoch);
/* Lines of points that may be settled now, oldest epoch first. */
void rewards_api_lines(rewards_line_views *out, const account_id *who);
balance rewards_api_due(const account_id *who);
/* The parameters are in their bounds: invariants 9 (the split) and 10 (kappa and the cap). */
bool rewards_api_split_holds(void);
bool rewards_api_schedule_holds(void);
/* minted <= budget <= burned, nothing before the epoch closed (10); lines are counted as long as there are some (11). True
 * for an epoch without a book. */
bool rewards_api_book_holds(uint32_t epoch);
bool rewards_api_lines_hold(uint32_t epoch);

#endif

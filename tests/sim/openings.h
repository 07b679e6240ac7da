/* openings.h - short stories in which each call of the market's pallets succeeds once, so that random operations leave
 * none out by chance. */
#ifndef NALAR_TESTS_SIM_OPENINGS_H
#define NALAR_TESTS_SIM_OPENINGS_H

#include "market.h"

void openings_play(void);

#endif

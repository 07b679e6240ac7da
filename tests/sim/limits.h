/* limits.h - what can be said exactly: draws under many names, the price of a reputation, the chance of a quorum. */
#ifndef NALAR_TESTS_SIM_LIMITS_H
#define NALAR_TESTS_SIM_LIMITS_H

#include "world.h"

/* Weights of split stakes against one, and sampled draws against exact expectations; checks. */
void limits_check(uint64_t seed);
/* Tables of what is not prevented. */
void limits_print(FILE *out);

#endif

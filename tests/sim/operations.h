/* operations.h - random operations on the market, valid and invalid ones from all origins; after every block the state
 * and the books are checked. */
#ifndef NALAR_TESTS_SIM_OPERATIONS_H
#define NALAR_TESTS_SIM_OPERATIONS_H

#include "market.h"

void operations_run(uint64_t seed, uint32_t count);

#endif

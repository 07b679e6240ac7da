/* seat_fixture.h - a market whose offers are answered, or not. */
#ifndef NALAR_TESTS_JOBS_SEAT_FIXTURE_H
#define NALAR_TESTS_JOBS_SEAT_FIXTURE_H

#include "jobs/work_fixture.h"

#define BOND (10 * UNIT / 4)
#define FEE (UNIT / 10)

UNUSED static int market(void **state) {
    if (market_start(state))
        return -1;
    market_providers(7);
    return 0;
}

#endif

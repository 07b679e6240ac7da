/* report.h - the tables for people, on the screen and in docs/SECURITY.md. */
#ifndef NALAR_TESTS_SIM_REPORT_H
#define NALAR_TESTS_SIM_REPORT_H

#include "game.h"

/* Rewrites what stands between the markers of the page; false when it has none. */
bool report_write(const char *page, const struct tally *tallies);
/* The same table to a stream. */
void report_print(FILE *out, const struct tally *tallies);
/* NLR with all 12 decimals, signed; static memory, a few calls long. */
const char *report_amount(money amount);
/* Standard error of the mean of a tally, in NLR. */
double report_error(const struct tally *tally);

#endif

/* large.h - proofs of validity of about 5 MiB and blocks that take much memory, with the bounds that hold for them. */
#ifndef NALAR_TESTS_VALIDATION_LARGE_H
#define NALAR_TESTS_VALIDATION_LARGE_H

#include "author.h"

enum { LARGE_POV = 5 << 20 };

/* A block that touches thousands of accounts among many; one with values of megabytes read and written. */
void large_proof_of_many_nodes(struct pov *pov);
void large_proof_of_long_values(struct pov *pov);
/* A block of as many events as its weight allows. */
void large_block_of_events(struct pov *pov);

/* Prints and asserts what the last validation, the last import took. */
void large_report(const char *what, const struct pov *pov);
void large_report_import(void);

/* Proofs of 5 MiB that no collator makes: of the smallest nodes, of empty items, of one long chain. All are refused. */
enum { LARGE_FORGERIES = 4 };
struct bytes large_forgery(uint32_t index);
void large_report_forgery(uint32_t index, struct bytes params);

void large_stop(void);

#endif

/* alter.h - proofs of validity that no validator may accept: each is a good one with one thing altered. */
#ifndef NALAR_TESTS_VALIDATION_ALTER_H
#define NALAR_TESTS_VALIDATION_ALTER_H

#include "author.h"

enum verdict {
    MUST_REFUSE,
    SAME_OR_REFUSE, /* the alteration may be harmless: then the answer is that of the original */
    SAME,           /* it is harmless */
};

struct altered {
    struct bytes params; /* until the next alteration */
    enum verdict verdict;
    const char *what;
};

/* Takes `pov` apart for altering; call it before other blocks are made, since record_compact and the author's key are
 * asked again. Another one's proof items are what is mixed in. */
void alter_begin(const struct pov *pov, enum pov_format format, struct bytes proof);
/* A random alteration. */
void alter(uint64_t *seed, struct altered *out);

#endif

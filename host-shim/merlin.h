/* merlin.h - Merlin transcripts over STROBE-128 (merlin.cool, strobe.sourceforge.io v1.0.2), as far as schnorrkel
 * uses them: append a message, draw challenge bytes. */
#ifndef NALAR_SHIM_MERLIN_H
#define NALAR_SHIM_MERLIN_H

#include "core/platform.h"

struct transcript {
    uint64_t state[25];
    uint8_t at, begin; /* position in the rate part; position after the start of the current operation */
};

/* Labels are C strings. */
void transcript_init(struct transcript *t, const char *label);
void transcript_append(struct transcript *t, const char *label, struct bytes message);
void transcript_challenge(struct transcript *t, const char *label, uint8_t *out, uint32_t len);

#endif

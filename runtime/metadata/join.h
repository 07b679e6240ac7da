/* join.h - V14, V15 and V16 stored once. The blob holds a pool: the answer to metadata_at_version(14) and what else the
 * other two need; each of these two is a list of runs to copy. runtime/api/metadata.c plays the lists back. */
#ifndef NALAR_METADATA_JOIN_H
#define NALAR_METADATA_JOIN_H

#include "metadata/buffer.h"

/* Makes the run list of `target` over `pool`, appending to the pool what it lacks. Play-back starts with at = 0 and
 * reads varints `v` (7 bits each, low first, at most three bytes) until the answer is complete:
 *   v odd:  the next v >> 1 bytes of the list are copied to the answer;
 *   v even: a varint z follows; at += z >> 1, or with odd z at -= (z >> 1) + 1; then v >> 1 bytes of the pool from `at`
 *           are copied and `at` moves behind them. */
struct buffer join_runs(struct buffer *pool, const struct buffer *target);
/* What play-back gives; the tool compares it with the target. */
struct buffer join_play(const struct buffer *pool, const struct buffer *runs, size_t length);

#endif

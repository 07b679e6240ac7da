/* collator_selection.h - who authors blocks, and what authors earn. Collators are the invulnerables, whom Root names,
 * and the candidates with the highest deposits, as many as are desired; the set is assembled anew at each session.
 * The fees go to the pot, an account of nobody; the author of a block gets half of what it has above the existential
 * deposit. Limits as in polkadot-sdk stable2609 templates/parachain. */
#ifndef NALAR_PALLETS_COLLATOR_SELECTION_H
#define NALAR_PALLETS_COLLATOR_SELECTION_H

#include "balances/balances.h"

#define COLLATORS_MAX_CANDIDATES 100u
#define COLLATORS_MAX_INVULNERABLES 20u
#define COLLATORS_MIN_ELIGIBLE 4u
#define COLLATORS_KICK_THRESHOLD SESSION_PERIOD
#define COLLATORS_POT_ID {{'P', 'o', 't', 'S', 't', 'a', 'k', 'e'}}
#define COLLATORS_POT {{'m', 'o', 'd', 'l', 'P', 'o', 't', 'S', 't', 'a', 'k', 'e'}}

/* Weights that depend on the number of invulnerables (i), candidates (c) and removed candidates (k). */
#define COLLATORS_SET_INVULNERABLES(i)                                                                                 \
    NORMAL(10972400 + WRITES(1) + (4036342 + READS(1)) * (i), 1155 + 2555ull * (i))
#define COLLATORS_SET_BOND(c, k)                                                                                       \
    NORMAL(11630000 + READS(2) + WRITES(1) + (5993379 + WRITES(1)) * (c) + (5578368 + WRITES(1)) * (k),                \
           6287 + 901ull * (c) + 901ull * (k))
#define COLLATORS_REGISTER(c) NORMAL(48186734 + READS(4) + WRITES(2) + 166714ull * (c), 6287 + 54ull * (c))
#define COLLATORS_LEAVE(c) NORMAL(37154546 + READS(2) + WRITES(2) + 180028ull * (c), 6287)
#define COLLATORS_ADD_INVULNERABLE(i, c)                                                                               \
    NORMAL(50231845 + READS(4) + WRITES(3) + 132603ull * (i) + 135711ull * (c), 6287 + 37ull * (i) + 53ull * (c))
#define COLLATORS_UPDATE_BOND(c) NORMAL(32437842 + READS(2) + WRITES(1) + 142418ull * (c), 6287)
#define COLLATORS_TAKE_SLOT(c) NORMAL(66215050 + READS(5) + WRITES(4) + 175807ull * (c), 6287 + 55ull * (c))
#define COLLATORS_NOTE_AUTHOR_WEIGHT ((weight){43815000 + READS(2) + WRITES(3), 6196})
#define COLLATORS_NEW_SESSION_WEIGHT(k, c)                                                                             \
    ((weight){20568000 + READS(4) + (14402342 + READS(1) + WRITES(1)) * (c), 6287 + 2519ull * (c) + 2603ull * (k)})

#define THIS collator_selection
#define DEF "collator_selection/collator_selection.def"
#include "pallet/declare.inc"

#define COLLATOR_SELECTION_STORAGE_VERSION 2

extern const account_id collator_selection_pot;

/* Moves a credit into the pot [Deposit]. One below the existential deposit makes no account: then it is destroyed
 * [BurnedDebt], as is one that the pot cannot hold. No event for 0. */
void collator_selection_fill_pot(balance credit);
/* Notes that `author` authored the current block, and pays [Transfer]. */
void collator_selection_note_author(const account_id *author);

/* Plans a session: removes candidates that are invulnerables, and those that authored nothing for KickThreshold blocks
 * as long as enough are left [CandidateRemoved], and assembles the collators. Adds to *used. */
account_ids collator_selection_new_session(weight *used);
/* Invulnerables and the first candidates, the highest deposit first; in arena_scratch. */
account_ids collator_selection_assemble(void);

/* Genesis: false when an invulnerable is listed twice, or for more of them or desired candidates than there may be. */
MUST_USE bool collator_selection_genesis(const account_ids *invulnerables, balance bond, uint32_t desired);

#endif

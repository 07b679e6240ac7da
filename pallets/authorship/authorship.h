/* authorship.h - who authored the block: the session validator with the index of the Aura slot's author. */
#ifndef NALAR_PALLETS_AUTHORSHIP_H
#define NALAR_PALLETS_AUTHORSHIP_H

#include "pallet/pallet.h"

#define THIS authorship
#define DEF "authorship/authorship.def"
#include "pallet/declare.inc"

/* The author of the current block, remembered until the block ends; false when the digest names none. */
bool authorship_author(account_id *author);
/* Remembers the author of this block, if there is one, and notes it (collator_selection_note_author). A session's first
 * block does so before its lists change. */
void authorship_note_author(void);
/* The weight of noting. */
weight authorship_on_initialize(void);
/* Notes the author in all other blocks, and forgets it. Other than FRAME's, which notes it at the block's beginning: so
 * the author is paid from a pot that holds the block's own fees. */
void authorship_on_finalize(void);

#endif

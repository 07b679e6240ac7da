/* authorship.h - who authored the block: the session validator with the index of the Aura slot's author. */
#ifndef NALAR_PALLETS_AUTHORSHIP_H
#define NALAR_PALLETS_AUTHORSHIP_H

#include "pallet/pallet.h"

#define THIS authorship
#define DEF "authorship/authorship.def"
#include "pallet/declare.inc"

/* The author of the current block, remembered until the block ends; false when the digest names none. */
bool authorship_author(account_id *author);
/* Nothing wants to know of authors on its own, so the author is looked up when somebody asks. */
weight authorship_on_initialize(void);
/* Forgets the author of this block. */
void authorship_on_finalize(void);

#endif

/* books.h - the issuance kept a second time, from events alone: genesis + minted - burned. A movement of money without
 * its event, or an event without the movement, shows in the block where it happens. */
#ifndef NALAR_TESTS_SIM_BOOKS_H
#define NALAR_TESTS_SIM_BOOKS_H

#include "world.h"

/* From the present state on. */
void books_start(void);
/* Takes in the events of the block that ends now; a failed check when the issuance is another. Once a block. */
void books_block(void);

/* What was minted and burned since books_start. */
struct books {
    u128 minted, burned;
    u128 fees_burned, bonds_burned, slashed; /* parts of burned */
};
extern struct books books;
/* Calls `see` with each event of the present block, the fields decoded. */
typedef void event_reader(uint8_t pallet, uint8_t event, const void *fields);
void books_read_events(event_reader *see);

#endif

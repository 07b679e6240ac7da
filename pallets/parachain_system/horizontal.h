/* horizontal.h - messages that wait for room in a channel to another parachain.
 * A small form of polkadot-sdk stable2609 cumulus/pallets/xcmp-queue/src/lib.rs#take_outbound_messages: one queue in the
 * order of sending, of whole messages, where FRAME keeps one of pages for each channel. */
#ifndef NALAR_PARACHAIN_SYSTEM_HORIZONTAL_H
#define NALAR_PARACHAIN_SYSTEM_HORIZONTAL_H

#include "parachain_system/parachain_system.h"

/* Moves messages from *queue to *sent: at most `most`, one a recipient, by ascending recipient, none to those in
 * `served`; only what the channel has room for, its oldest message first. What can never be sent, because the channel
 * is closed or takes only shorter messages now, is dropped. */
void horizontal_take(outbound_hrmp_messages *sent, outbound_hrmp_messages *queue, const para_channels *egress,
                     const para_ids *served, uint32_t most);

#endif

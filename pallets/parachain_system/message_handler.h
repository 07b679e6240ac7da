/* message_handler.h - where messages from the relay chain and from other parachains go once their queues are proven.
 * The rule until the chain speaks XCM: every message is dropped at once, in the order of arrival, and the event
 * MessagesDropped tells how many. Nothing is kept, so nothing can pile up, and the relay chain's queues stay empty.
 *
 * Whatever handles them later has to keep to this: it runs inside the block's inherent, so it must not panic and must
 * not run what a message asks for, only queue it; the queue is bounded in messages and bytes, and a message that is too
 * long or finds no room is dropped, never refused: it was counted as processed already, and refusing the block would
 * stop the chain; order is kept for each sender.
 * Mirrors the config types DmpQueue and XcmpMessageHandler of polkadot-sdk stable2609
 * cumulus/pallets/parachain-system/src/lib.rs. */
#ifndef NALAR_PARACHAIN_SYSTEM_MESSAGE_HANDLER_H
#define NALAR_PARACHAIN_SYSTEM_MESSAGE_HANDLER_H

#include "parachain_system/parachain_system.h"

/* At least one message from the relay chain, oldest first. FRAME gives this no weight limit either. */
void message_handler_downward(const inbound_downward_messages *messages);

/* At least one message from open channels, by (sent_at, sender). At most `limit` may be spent; returns what was. */
weight message_handler_horizontal(const hrmp_messages *messages, weight limit);

#endif

/* messages.h - what the inherent brings from the relay chain and from other parachains. Each queue is a hash chain: the
 * head after all given messages, full ones and those named by hash, must be the one that the relay chain's state shows,
 * so nothing can be altered, left out or added. Panics refuse the block.
 * Mirrors polkadot-sdk stable2609 cumulus/pallets/parachain-system/src/lib.rs#enqueue_inbound_downward_messages,
 * #enqueue_inbound_horizontal_messages and cumulus/primitives/parachain-inherent/src/lib.rs#MessageQueueChain. */
#ifndef NALAR_PARACHAIN_SYSTEM_MESSAGES_H
#define NALAR_PARACHAIN_SYSTEM_MESSAGES_H

#include "parachain_system/parachain_system.h"

/* What the chain hashes of a message: blake2_256 over its SCALE form, the length prefix included. */
void message_hash(h256 *out, struct bytes message);
/* Adds one message to a chain: blake2_256(head ++ sent_at ++ hash). */
void message_chain_extend(message_queue_chain *head, uint32_t sent_at, const h256 *hash);

/* Bytes of full messages that one direction may bring: a sixth of the proof limit, or what is left of it. */
uint64_t messages_size_limit(void);

/* Take the messages of one direction and hand the full ones over (message_handler.h); return the weight. */
weight messages_take_downward(const abridged_downward_messages *messages, const h256 *expected_head);
weight messages_take_horizontal(const abridged_hrmp_messages *messages, const para_channels *ingress,
                                uint32_t relay_parent_number);

#endif

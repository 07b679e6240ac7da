/* config.h - the numbers of this chain: units, limits, versions. One place for each.
 * Weights and limits follow the parachain template of polkadot-sdk stable2609. */
#ifndef NALAR_CONFIG_H
#define NALAR_CONFIG_H

#define SPEC_NAME "nalar"
#define IMPL_NAME "nalar-c"
#define AUTHORING_VERSION 1
#define SPEC_VERSION 1
#define IMPL_VERSION 0
#define TRANSACTION_VERSION 1
#define SYSTEM_VERSION 1 /* state version 1, extrinsics root version 0; smoldot accepts 0 and 1 only */
#define STATE_VERSION 1
#define EXTRINSICS_ROOT_VERSION 0

#define TOKEN_SYMBOL "NLR"
#define TOKEN_DECIMALS 12
#define SS58_PREFIX 42
#define UNIT ((u128)1000000000000u)
#define MILLI_UNIT ((u128)1000000000u)
#define MICRO_UNIT ((u128)1000000u)
#define EXISTENTIAL_DEPOSIT MILLI_UNIT
/* What the accounts of Models, Compute, Jobs, Rewards and the treasury have from genesis on. */
#define MARKET_ENDOWMENT (5 * EXISTENTIAL_DEPOSIT)

#define BLOCK_HASH_COUNT 4096u

/* Block limits: 2 s of reference time and 10 MiB of proof; normal calls get 75 %. */
#define MAX_BLOCK_REF_TIME 2000000000000ull
#define MAX_BLOCK_PROOF (10ull * 1024 * 1024)
#define MAX_BLOCK_LENGTH (5u * 1024 * 1024)
#define NORMAL_PERCENT 75
#define ON_INITIALIZE_PERCENT 5
#define BASE_BLOCK_REF_TIME 431614000ull     /* BlockExecutionWeight */
#define BASE_EXTRINSIC_REF_TIME 108157000ull /* ExtrinsicBaseWeight, signature check included */
/* All transaction extensions of a signed extrinsic: frame-system's and transaction payment's reference weights. */
#define EXTENSION_REF_TIME 60500000ull
#define EXTENSION_PROOF 7000ull
#define DB_READ_REF_TIME 25000000ull
#define DB_WRITE_REF_TIME 100000000ull
#define RESERVED_XCMP_PART 4u /* of the block's limits, for handling messages from other parachains */

/* Slots: a relay slot is 6 s, the chain's slot too. A proof of validity may hold 12 blocks. Those of one relay parent
 * are included two relay blocks later, so three times as many may be on the way, more with an offset. */
#define SLOT_DURATION_MS 6000ull
#define RELAY_SLOT_DURATION_MS 6000ull
#define MINIMUM_PERIOD_MS 0ull
#define BLOCK_VELOCITY 12u
#define UNINCLUDED_SEGMENT_CAPACITY ((3 + RELAY_PARENT_OFFSET) * BLOCK_VELOCITY)
#define RELAY_PARENT_OFFSET 0u
/* Blocks that a collator should aim for in a relay slot. A block may take the time of a whole core (above), so more make
 * sense only when the chain buys more cores. */
#define TARGET_BLOCK_RATE 1u
#define MAX_CLAIM_QUEUE_OFFSET 1u
#define DEFAULT_PARA_ID 2000u

/* Fees. A byte costs TRANSACTION_BYTE_FEE; weight costs MILLI_UNIT / 1000 per ExtrinsicBaseWeight (fees.c). */
#define TRANSACTION_BYTE_FEE (10 * MICRO_UNIT)
#define OPERATIONAL_FEE_MULTIPLIER 5u

#define MAX_LOCKS 50
#define MAX_RESERVES 50
#define MAX_HOLDS 50
#define MAX_FREEZES 50
#define MAX_CONSUMERS 16u
#define MAX_AUTHORITIES 100000

/* Blocks of a session: six hours of them. */
#define SESSION_PERIOD ((uint32_t)(6 * 3600 * 1000ull / SLOT_DURATION_MS))

#endif

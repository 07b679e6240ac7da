/* author.h - blocks as a collator makes them, on the chain of tests/unit/executive/chain.h: digests, inherents, seal, recorded
 * proof, collation info; imported again; and the proofs of validity of one or more blocks with what validators must answer. */
#ifndef NALAR_TESTS_VALIDATION_AUTHOR_H
#define NALAR_TESTS_VALIDATION_AUTHOR_H

#include "executive/chain.h"

#include "parachain_system/parachain_system.h"
#include "record.h"

/* As many blocks as the chain lets share a relay parent, and at most 12. */
enum {
    MOST_BLOCKS_ALLOWED = BLOCK_VELOCITY + 1 < UNINCLUDED_SEGMENT_CAPACITY ? BLOCK_VELOCITY + 1 : UNINCLUDED_SEGMENT_CAPACITY,
    MOST_BLOCKS = MOST_BLOCKS_ALLOWED < 12 ? MOST_BLOCKS_ALLOWED : 12,
    HISTORY = 1024, /* blocks of a chain */
};

/* What the relay chain shows of this chain and sends to it; the tests fill it in, author_begin passes it on. */
enum { MOST_MESSAGES = 4096, CHANNELS = 2 };
struct message {
    uint32_t sent_at;
    struct bytes data;
};
struct queue {
    struct message at[MOST_MESSAGES];
    uint32_t len;
    message_queue_chain head; /* after all of them */
};
struct outside {
    struct queue downward, channel[CHANNELS];
    uint8_t go_ahead;   /* 0 none, 1 abort, 2 go ahead */
    bool restricted;
    bool peer;          /* the collator has a network id */
    uint32_t lag;       /* blocks of the chain that the relay parent has not included */
};
extern struct outside outside;
/* Sends a message; sent_at is the next relay parent's number. */
void outside_send(struct queue *queue, struct bytes data);

struct sealed {
    struct bytes header, block; /* with the seal */
    struct bytes info;          /* CollationInfo */
    h256 root;                  /* of the state after it */
};

struct pov {
    struct bytes parent_head;
    struct sealed blocks[12];
    uint32_t count;
    uint32_t relay_number;
    h256 relay_root;
    uint32_t proof_items; /* record_count() */
};

int author_start(void);
/* Makes the state as it is now that of block 0; before the first block. */
void author_genesis(void);
/* Guest memory at most while the last block was imported. */
uint64_t author_import_peak(void);

/* --- one proof of validity: author_begin, for each block author_open .. author_seal, author_end --- */

enum author_flags {
    AUTHOR_BUNDLE = 1,       /* core and bundle digests, also for a single block */
    AUTHOR_FROM_IMPORT = 2,  /* the proof is recorded while importing, which reads less than authoring */
    AUTHOR_ENDS_CORE = 4,    /* the last block does not say that it is: the runtime must have ended the core */
};
/* A new relay parent. */
void author_begin(struct pov *pov, uint32_t flags);
void author_open(bool last);
/* Tries an extrinsic; true when it is in the block. `failed`: it is, but its call failed. */
bool author_apply(struct bytes extrinsic, bool *failed);
uint32_t author_extrinsics(void);
/* Closes, seals, imports; asserts that the importer comes to the same state. */
void author_seal(void);
/* The header says that the core ends with this block. */
bool author_core_ended(void);

/* The compact proof of all nodes that were touched. */
struct bytes author_proof(void);

/* --- what validators get and give --- */
enum pov_format { POV_V0, POV_V1 };
struct bytes pov_block_data(const struct pov *pov, enum pov_format format, struct bytes proof);
struct bytes pov_params(const struct pov *pov, struct bytes block_data);
/* The ValidationResult, put together from the blocks' CollationInfo. */
struct bytes pov_expected(const struct pov *pov);

/* validate_block on a fresh runtime without state. Asserts that it calls no storage of the host. */
struct answer validate(struct bytes params);
/* Guest memory at most, of the last one. */
uint64_t validate_peak(void);

/* A seal by the block's author over the header without its seal. */
struct bytes seal_header(struct bytes unsealed);

#endif

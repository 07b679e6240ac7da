/* chain.h - a whole chain for tests: genesis from the preset `development`, blocks authored and imported through the
 * exported functions as the node does, signed extrinsics. Each exported call runs on a fresh runtime. */
#ifndef NALAR_TESTS_EXECUTIVE_CHAIN_H
#define NALAR_TESTS_EXECUTIVE_CHAIN_H

#include "parachain_system/relay.h"
#include "unit.h"

#include "executive/validity.h"
#include "system/system.h"

enum { CHAIN_MAX_EXTRINSICS = 64 };

struct chain {
    h256 genesis, hash; /* of block 0 and of the last block */
    struct bytes head;  /* the last block's header */
    uint32_t number;    /* of the last block */
    uint64_t slot;      /* of the block being made; also the relay chain's slot and number */
    void (*show)(void); /* puts more into the relay chain's state before each block; NULL for nothing */
    struct bytes digest; /* encoded items to stand in the header behind aura's, and their number in digest_count */
    uint32_t digest_count;
    uint8_t inclusion;   /* what initialize_block must answer: 0 all extrinsics, 1 inherents alone */
    bool unchecked;      /* no try_state after blocks: the test has put in what no call would */
    /* The block being made. */
    struct bytes opening; /* header that initialize_block got */
    struct bytes extrinsics[CHAIN_MAX_EXTRINSICS];
    uint32_t count;
    struct bytes last_block; /* header and extrinsics of the last closed block */
};
extern struct chain chain;

int chain_start(void **state); /* setup: genesis */
int chain_start_open(void **state); /* setup: block 1 open, its inherents applied */
int chain_stop(void **state);  /* teardown */

/* --- exported calls. An answer stays valid until chain_stop. --- */
struct answer {
    bool returned; /* else it trapped: shim_trap_message() */
    struct bytes bytes;
};
struct answer chain_call(const char *function, struct bytes input); /* keeps what it wrote when it returned */
struct answer chain_ask(const char *function, struct bytes input);  /* drops what it wrote */
/* The same, which must return. */
struct bytes chain_get(const char *function, struct bytes input);
/* For the next call alone: shim_fail_at, shim_stop_at; 0 for none. shim_calls() then counts that call's host calls. */
void chain_plan(uint64_t fail_at, uint64_t stop_at);
/* A copy that stays until chain_stop. */
struct bytes chain_keep(struct bytes from);
/* The same bytes for writing; only of what chain_keep or chain_join returned. */
static inline uint8_t *chain_edit_bytes(struct bytes kept) { return (uint8_t *)(uintptr_t)kept.at; }
/* The arguments one behind another. */
struct bytes chain_join(struct bytes a, struct bytes b);
/* The state's root. */
h256 chain_root(void);
#define assert_same_root(before)                                                                                       \
    do {                                                                                                               \
        h256 now_ = chain_root();                                                                                      \
        assert_memory_equal(now_.at, (before).at, 32);                                                                 \
    } while (0)

/* --- blocks. The parent is the relay chain's included block. --- */
struct bytes chain_header(uint32_t number, const h256 *parent, uint64_t slot); /* as initialize_block gets it */
struct bytes chain_inherent_data(uint64_t now); /* timestamp in ms and the relay chain's data */
void chain_open(void);      /* initialises the next block and applies its inherents */
void chain_open_bare(void); /* initialises only */
struct answer chain_apply(struct bytes extrinsic);
/* Finalises; the header's root is the state's. Then takes the block back and imports it: the same state again. */
void chain_close(void);
struct bytes chain_block(struct bytes header, const struct bytes *extrinsics, uint32_t count);

/* --- expectations --- */
void chain_succeeds(struct bytes extrinsic);
void chain_fails(struct bytes extrinsic, dispatch_result why); /* in the block, with this error */
/* Not in the block: the two bytes of the error, and the state as before. */
void chain_refuses(struct bytes extrinsic, validity why);
struct answer chain_validate(struct bytes extrinsic);
void chain_pool_refuses(struct bytes extrinsic, validity why);
#define chain_both_refuse(extrinsic, why)                                                                              \
    do {                                                                                                               \
        chain_pool_refuses(extrinsic, why);                                                                            \
        chain_refuses(extrinsic, why);                                                                                 \
    } while (0)

/* --- direct access to the state between calls --- */
void chain_edit(void); /* then use storage accessors */
void chain_edited(void);
account_info chain_account(const account_id *who);
balance chain_issuance(void);
balance chain_fees(void); /* what the open block's extrinsics have paid */
uint32_t chain_event_count(void);
/* Whether the events hold this record's pallet, index and fields. */
bool chain_has_event(uint8_t pallet, uint8_t event, const struct type_desc *fields, const void *value);
#define HAS_EVENT(pallet, name, ...)                                                                                   \
    chain_has_event(pallet_index_##pallet, pallet##_event_index_##name, &pallet##_event_##name##_type,                 \
                    &(const pallet##_event_##name){__VA_ARGS__})

/* --- extrinsics --- */
enum signer { ALICE, BOB, CHARLIE, ED, ECDSA, ETH, POOR, SIGNERS };
enum { KIND_ED25519, KIND_SR25519, KIND_ECDSA, KIND_ETH };
account_id signer_id(enum signer who);

struct tx {
    enum signer who;
    struct bytes call;
    struct bytes era; /* encoded; immortal when empty */
    uint32_t nonce;
    u128 tip;
    uint8_t mode; /* CheckMetadataHash */
    /* What is only signed over. */
    uint32_t spec, version;
    h256 genesis, birth;
    uint8_t digest[32];
};
/* A transaction with the signer's next nonce that the chain accepts. */
struct tx tx_of(enum signer who, struct bytes call);
/* The explicit extension bytes. */
struct bytes tx_extensions(const struct tx *tx);
struct bytes tx_payload(const struct tx *tx); /* hashed when long */
struct bytes tx_sign(struct tx tx);
/* tx_sign(tx_of()). */
struct bytes tx_plain(enum signer who, struct bytes call);
struct bytes tx_bare(uint8_t format, struct bytes call);
struct bytes tx_general(uint8_t extension_version, struct tx tx);
/* With its length in front. */
struct bytes tx_frame(struct bytes body);
/* Without. */
struct bytes tx_body(struct bytes extrinsic);
struct bytes era_mortal(uint64_t period, uint64_t current);

struct bytes call_bytes(uint8_t pallet, uint8_t index, struct bytes args);
struct bytes call_transfer(enum signer to, balance amount); /* keep_alive */
struct bytes call_remark(uint32_t len);
struct bytes call_sudo(struct bytes call);

#endif

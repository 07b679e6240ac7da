/* try_state.h - what must hold of a whole state between two blocks. As frame-support's TryState and
 * try_decode_entire_state; polkadot-sdk stable2609 frame-executive src/lib.rs#try_runtime_upgrade. */
#ifndef NALAR_TESTS_TRY_STATE_H
#define NALAR_TESTS_TRY_STATE_H

/* NULL when the host's state holds, else what is wrong with it. The runtime must be fresh (runtime_reset) and is left
 * with what was read. Checked:
 *   every key belongs to a storage item, is hashed as that item's and decodes; every value decodes, to its last byte;
 *   every pallet's storage version is the code's, no migration goes on, and nothing that lasts one block only is left;
 *   references of accounts, money set aside, the sum of all accounts and the issuance;
 *   session keys and their owners, authorities, slots, the unincluded segment's total;
 *   what clock_try_state and models_try_state say. */
const char *try_state(void);

#endif

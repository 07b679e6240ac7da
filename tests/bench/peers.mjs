// What the same calls cost a FRAME runtime: the parachain template of stable2503, measured in a bare V8 host with signature
// verification stubbed, counts of the same kind as ours. {calls, mallocs, instructions} by row of scenario.mjs.

export const PEER_NAME = 'FRAME parachain template';

export const PEER = {
  'apply Balances.transfer_keep_alive': { calls: 678, mallocs: 139, instructions: 215208 },
  'apply System.remark': { calls: 394, instructions: 163568 },
  'Core_version': { calls: 2, mallocs: 1, instructions: 1755 },
  'Core_initialize_block': { calls: 152, mallocs: 34, instructions: 32412 },
  'Metadata_metadata': { calls: 11106, mallocs: 5552, instructions: 9045533, bytes: 124672 },
  'TaggedTransactionQueue_validate_transaction': { calls: 209, mallocs: 49, instructions: 79823 },
  'AccountNonceApi_account_nonce': { calls: 16, mallocs: 4, instructions: 1988 },
  'TransactionPaymentApi_query_info': { calls: 4, mallocs: 1, instructions: 28635 },
};

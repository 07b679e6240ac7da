// What a runtime call may cost at most. `make bench` and `make test-budgets` fail when one of these is passed.
// The counts are exact and the same on every machine, so there is no margin in them.

/**
 * Calls of the market, each as a whole signed extrinsic, of which `System.remark` alone is some 25 host calls and 15,000
 * instructions. Where `most` is above the goal, the goal is printed beside it: such a count may fall, but not rise.
 */
const market = (measure, text, [calls, mostCalls = calls], [instructions, mostInstructions = instructions]) => [
  { measure, what: 'calls', most: mostCalls, goal: calls, text: `${text}: host calls` },
  { measure, what: 'instructions', most: mostInstructions, goal: instructions, text: `${text}: wasm instructions` },
];

/** measure: row of the table (see scenario.mjs), what: column. */
export const BUDGETS = [
  { measure: 'apply Balances.transfer_keep_alive', what: 'calls', most: 45, text: 'transfer_keep_alive: host calls' },
  { measure: 'apply Balances.transfer_keep_alive', what: 'instructions', most: 20000, text: 'transfer_keep_alive: wasm instructions' },
  { measure: 'apply Balances.transfer_keep_alive', what: 'mallocs', most: 0, text: 'transfer_keep_alive: guest allocations' },
  // A node copies a read buffer whole, to itself and back, however short the value is: 64 KiB take it some 35 microseconds.
  { measure: 'apply Balances.transfer_keep_alive', what: 'readBuffers', most: 16384, text: 'transfer_keep_alive: bytes of read buffers' },
  { measure: 'Core_execute_block (inherents and one transfer)', what: 'readBuffers', most: 65536, text: 'execute_block with one transfer: bytes of read buffers' },
  { measure: 'TaggedTransactionQueue_validate_transaction', what: 'instructions', most: 10000, text: 'validate_transaction: wasm instructions' },
  { measure: 'Core_initialize_block', what: 'instructions', most: 6000, text: 'initialize_block: wasm instructions' },
  { measure: 'BlockBuilder_finalize_block', what: 'instructions', most: 30000, text: 'finalize_block: wasm instructions' },
  { measure: 'Metadata_metadata', what: 'instructions', most: 100000, text: 'Metadata_metadata: wasm instructions' },
  { measure: 'Metadata_metadata_at_version(14)', what: 'instructions', most: 100000, text: 'metadata_at_version(14): wasm instructions' },
  { measure: 'Metadata_metadata_at_version(15)', what: 'instructions', most: 100000, text: 'metadata_at_version(15): wasm instructions' },
  { measure: 'Metadata_metadata_at_version(16)', what: 'instructions', most: 100000, text: 'metadata_at_version(16): wasm instructions' },
  { measure: 'apply Models.register_model', what: 'calls', most: 60, text: 'register_model: host calls' },
  { measure: 'apply Models.activate_version (4 parents, 32 ancestors)', what: 'calls', most: 120, text: 'activate_version, 4 parents and 32 ancestors: host calls' },
  ...[['Jobs.submit_job', [60], [40000, 48300]], ['Jobs.assign (3 seats)', [150], [60000]], ['Jobs.commit', [40], [25000]], ['Jobs.commit (the last)', [40], [25000]],
    ['Jobs.reveal', [45], [25000]], ['Jobs.finalise (3 seats, 2 pools, 4 ancestors)', [150], [80000, 117000]],
    ['Rewards.settle (provider)', [40, 49], [20000, 31900]], ['Rewards.settle (client)', [40, 43], [20000, 24600]],
    ['Rewards.settle (model)', [40, 48], [20000, 34100]]].flatMap(([name, ...limits]) => market(`apply ${name}`, name, ...limits)),
  ...market('the epoch\'s roll-over', 'the epoch\'s roll-over', [40], [20000]),
];

/**
 * Most bytes of the blob, validate_block included (docs/BENCH.md says what weighs what).
 */
export const SIZE_BUDGETS = { raw: 280000, compressed: 100000 };

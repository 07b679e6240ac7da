// Fills a chain's raw storage with live objects of the market: real keys, values copied from records that the chain made itself.
import { concat, hex0x, le, toHex, utf8 } from '../host/bytes.mjs';
import { blake2_128, blake2_256, twox_128, twox_64 } from '../host/hashes.mjs';

const FIRST = 1e9; // ids beyond those in use
const t64 = bytes => concat(twox_64(bytes), bytes), b2c = bytes => concat(blake2_128(bytes), bytes);
const u64 = n => t64(le(FIRST + n, 8)), u32 = n => t64(le(FIRST + n, 4)), small = (n, size = 4) => t64(le(n, size));
const accountOf = n => blake2_256(le(FIRST + n, 8)), account = n => b2c(accountOf(n));

/** What one live object of each kind has in state: [pallet, item, keys of object n]. */
export const KINDS = {
  accounts: [['System', 'Account', n => account(n)]],
  models: [
    ['Models', 'Models', n => u64(n)], ['Models', 'Versions', n => concat(u64(n), small(1))], ['Models', 'Splits', n => concat(u64(n), small(1))],
    ['Models', 'SplitStates', n => u64(n)], ['Models', 'Policies', n => u64(n)], ['Models', 'ByArtifact', n => accountOf(n)],
  ],
  providers: [
    ['Compute', 'Providers', n => account(n)], ['Compute', 'OperatorOf', n => account(n)], ['Compute', 'Pools', n => u32(n)],
  ],
  delegations: [['Compute', 'Delegations', n => concat(account(n), small(1))], ['Compute', 'Unbonding', n => concat(account(n), small(1))]],
  // 64 asks share a record, so this many models have one full class each.
  asks: [
    ['Compute', 'Ads', n => concat(u64(n >> 6), account(n))],
    ['Compute', 'AskTick', n => (n % 64 ? null : concat(u64(n >> 6), small(0), small(119, 1)))], ['Compute', 'AskBits', n => (n % 64 ? null : concat(u64(n >> 6), small(0)))],
  ],
  slashes: [['Compute', 'Slashes', n => u32(n)], ['Compute', 'OpenSlashes', n => account(n)]],
  jobs: [
    ['Jobs', 'Jobs', n => u64(n)], ['Jobs', 'Specs', n => u64(n)], ['Jobs', 'Escrow', n => u64(n)], ['Jobs', 'Seats', n => concat(u64(n), small(0, 1))],
    ['Jobs', 'Receipts', n => u64(n)], ['Jobs', 'ByClient', n => account(n)],
  ],
  dues: [['Jobs', 'Due', n => account(n)], ['Compute', 'Due', n => account(n)], ['Rewards', 'Due', n => account(n)]],
  points: [['Rewards', 'Points', n => concat(small(n % 84), account(n), small(1, 1))]],
};

const BLANK = new Uint8Array(200).fill(1);

/** Puts `count` objects of a kind into `state` (Map-like storage of host/storage.mjs). */
export function fill(storage, kind, count) {
  for (const [pallet, item, keyOf] of KINDS[kind]) {
    const prefix = concat(twox_128(utf8(pallet)), twox_128(utf8(item))), head = toHex(prefix);
    // One of the chain's own records serves as the value of all: what is in them is never looked at.
    let value = BLANK;
    for (const [key, bytes] of storage.top) {
      if (key.startsWith(head)) {
        value = bytes;
        break;
      }
    }
    const map = storage.top;
    for (let n = 0; n < count; n++) {
      const rest = keyOf(n);
      if (rest) map.set(head + toHex(rest), value);
    }
  }
  storage.sorted.clear();
}

export const describe = kind => KINDS[kind].map(([pallet, item]) => `${pallet}.${item}`).join(', ');
export const someAccount = n => hex0x(accountOf(n));

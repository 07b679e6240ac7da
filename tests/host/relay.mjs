// The inherent data that polkadot-omni-node --dev makes: a timestamp, and a relay chain that does not exist.
// polkadot-sdk stable2609 cumulus/client/parachain-inherent/src/mock.rs#MockValidationDataInherentDataProvider,
// cumulus/test/relay-sproof-builder/src/lib.rs#RelayStateSproofBuilder
import { compact, concat, le, toHex, u32le, utf8, vector, withLength } from './bytes.mjs';
import { blake2_256, twox_128, twox_64 } from './hashes.mjs';
import { encodeProof, wholeProof } from './trie.mjs';
import { seedKey } from './crypto.mjs';

export const RELAY_SLOT_MS = 6000;
const BLOCKS_PER_EPOCH = 10, AUTHORITIES = 2;
const ZERO_HASH = new Uint8Array(32);

const item = (pallet, name) => concat(twox_128(utf8(pallet)), twox_128(utf8(name)));
const ofPara = (pallet, name, id) => concat(item(pallet, name), twox_64(u32le(id)), u32le(id));

/** AbridgedHostConfiguration: 2 MiB code, 1 MiB head, upward queue 8 / 1024 bytes / 256 a message / 5 a block, 5 HRMP, 6, 6, 0, 0. */
const HOST_CONFIGURATION = concat(...[2 << 20, 1 << 20, 8, 1024, 256, 5, 5, 6, 6, 0, 0].map(u32le));

const authorities = Array.from({ length: AUTHORITIES }, (_, i) => seedKey(new Uint8Array(32).fill(i)));

/** A chain of relay headers, numbered from 0, with BABE slot claim and seal. */
function descendants(count, stateRoot) {
  const headers = [];
  let parent = ZERO_HASH;
  for (let number = 0; number < count; number++) {
    const index = number % AUTHORITIES;
    const claim = concat(Uint8Array.of(1), u32le(index), le(number, 8), new Uint8Array(96));
    const pre = concat(Uint8Array.of(6), utf8('BABE'), withLength(claim));
    const header = digest => concat(parent, compact(number), stateRoot, ZERO_HASH, vector(digest));
    const seal = concat(Uint8Array.of(5), utf8('BABE'), withLength(authorities[index].sign(blake2_256(header([pre])))));
    headers.push(header([pre, seal]));
    parent = blake2_256(headers.at(-1));
  }
  return headers;
}

/**
 * The relay state that a block is built on.
 * @param options paraId, number of the parachain block, slot of the relay chain, parentHead encoded header or null to leave it out
 * @returns {{root: Uint8Array, nodes: Uint8Array[]}}
 */
export function relayState({ paraId, number, slot, parentHead }) {
  const weighted = vector(authorities.map(pair => concat(pair.publicKey, le(0, 8))));
  const randomness = concat(le(number, 8).reverse(), new Uint8Array(24));
  const entries = [
    [item('Configuration', 'ActiveConfig'), HOST_CONFIGURATION],
    [ofPara('Dmp', 'DownwardMessageQueueHeads', paraId), ZERO_HASH],
    [item('Babe', 'EpochIndex'), le(Math.floor(number / BLOCKS_PER_EPOCH), 8)],
    [item('Babe', 'CurrentSlot'), le(slot, 8)],
    [item('Babe', 'Authorities'), weighted],
    [item('Babe', 'NextAuthorities'), weighted],
    [ONE_EPOCH_AGO, randomness],
  ];
  if (parentHead) entries.push([ofPara('Paras', 'Heads', paraId), withLength(parentHead)]);
  return wholeProof(sortedEntries(entries), 1);
}

/** Babe's randomness of one epoch ago, `well_known_keys::ONE_EPOCH_AGO_RANDOMNESS`. */
const ONE_EPOCH_AGO = Uint8Array.from(Buffer.from('1cb6f36e027abb2091cfb5110ab5087f7ce678799d3eff024253b90e84927cc6', 'hex'));

const sortedEntries = entries => entries
  .map(([key, value]) => [toHex(key), value])
  .sort((a, b) => (a[0] < b[0] ? -1 : 1));

/** SCALE ParachainInherentData; `legacy` leaves out the last two fields (sysi1337). */
export function parachainInherent({ root, nodes, relayNumber, headers, legacy = false }) {
  const data = concat(
    withLength(new Uint8Array(0)), u32le(relayNumber), root, u32le(0),
    encodeProof(nodes), vector([]), vector([]),
  );
  return legacy ? data : concat(data, vector(headers), Uint8Array.of(0));
}

/** SCALE InherentData of {identifier: bytes}. */
export const inherentData = entries => vector(
  Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, data]) => concat(utf8(id), withLength(data))),
);

/**
 * Everything the development node hands to BlockBuilder_inherent_extrinsics.
 * @param options paraId, number, relaySlot, parentHead (encoded), parentOffset (RelayParentOffsetApi)
 */
export function developmentInherents({ paraId, number, relaySlot, parentHead, parentOffset }) {
  const state = relayState({ paraId, number, slot: relaySlot, parentHead });
  const parts = { ...state, relayNumber: relaySlot, headers: descendants(parentOffset + 1, state.root) };
  return inherentData({
    timstap0: le(relaySlot * RELAY_SLOT_MS, 8),
    sysi1337: parachainInherent({ ...parts, legacy: true }),
    sysi1338: parachainInherent(parts),
  });
}

// Roots and proofs of the base-16 Merkle trie, state versions 0 and 1.
//
// A trie is built from all its keys at once: `entries` is an array of [hexKey, value], sorted by key, where
// hexKey is lower-case hexadecimal, so each of its characters is one nibble.
import { compact, concat, toHex, vector, withLength } from './bytes.mjs';
import { blake2_256 } from './hashes.mjs';

const NIBBLE = new Int8Array(128).fill(-1);
[...'0123456789abcdef'].forEach((digit, value) => { NIBBLE[digit.charCodeAt(0)] = value; });
const nibbleAt = (key, at) => NIBBLE[key.charCodeAt(at)];

// Kinds of node headers: [bits of the first byte that tell the kind, largest size in the remaining bits].
const LEAF = [0x40, 63], BRANCH = [0x80, 63], BRANCH_VALUE = [0xc0, 63], LEAF_HASHED = [0x20, 31], BRANCH_HASHED = [0x10, 15];
/** Version 1 stores a value of this many bytes or more as a node of its own. */
const DETACHED_FROM = 33;

/** Hashes of long values, by the identity of the value: states change little from one root to the next. */
const valueHashes = new WeakMap();
function hashOfValue(value) {
  let hash = valueHashes.get(value);
  if (!hash) valueHashes.set(value, hash = blake2_256(value));
  return hash;
}

/** Node header and partial key: `key` from nibble `from` up to nibble `to`. */
function head([bits, most], key, from, to) {
  const size = to - from, out = [];
  if (size < most) out.push(bits | size);
  else {
    out.push(bits | most);
    let rest = size - most;
    for (; rest >= 255; rest -= 255) out.push(255);
    out.push(rest);
  }
  let at = from;
  if (size % 2 === 1) out.push(nibbleAt(key, at++));
  for (; at < to; at += 2) out.push((nibbleAt(key, at) << 4) | nibbleAt(key, at + 1));
  return Uint8Array.from(out);
}

class Builder {
  /** @param sink called with each node or value that is referred to by hash: (bytes) => void */
  constructor(entries, version, sink) {
    this.entries = entries;
    this.version = version;
    this.sink = sink;
  }

  /** What a parent holds of a child: the child itself when short, else its hash. */
  reference(encoded) {
    if (encoded.length < 32) return withLength(encoded);
    this.sink?.(encoded);
    return withLength(blake2_256(encoded));
  }

  detached(value) {
    if (this.version === 0 || value.length < DETACHED_FROM) return false;
    this.sink?.(value);
    return true;
  }

  /** The encoded node over entries [low, high), whose keys agree up to nibble `depth`. */
  node(low, high, depth) {
    const first = this.entries[low][0], last = this.entries[high - 1][0];
    if (high - low === 1) {
      const value = this.entries[low][1];
      return this.detached(value)
        ? concat(head(LEAF_HASHED, first, depth, first.length), hashOfValue(value))
        : concat(head(LEAF, first, depth, first.length), withLength(value));
    }
    let end = depth;
    while (end < first.length && first.charCodeAt(end) === last.charCodeAt(end)) end++;
    const ownValue = first.length === end ? this.entries[low][1] : null;
    let at = ownValue ? low + 1 : low, bitmap = 0;
    const children = [];
    while (at < high) {
      const digit = this.entries[at][0].charCodeAt(end);
      let next = at + 1;
      while (next < high && this.entries[next][0].charCodeAt(end) === digit) next++;
      bitmap |= 1 << NIBBLE[digit];
      children.push(this.reference(this.node(at, next, end + 1)));
      at = next;
    }
    const map = Uint8Array.of(bitmap & 255, bitmap >> 8);
    if (!ownValue) return concat(head(BRANCH, first, depth, end), map, ...children);
    return this.detached(ownValue)
      ? concat(head(BRANCH_HASHED, first, depth, end), map, hashOfValue(ownValue), ...children)
      : concat(head(BRANCH_VALUE, first, depth, end), map, withLength(ownValue), ...children);
  }
}

/** Root (32 bytes) of sorted entries under state version 0 or 1. */
export function root(entries, version) {
  if (entries.length === 0) return blake2_256(Uint8Array.of(0));
  return blake2_256(new Builder(entries, version).node(0, entries.length, 0));
}

/** Root of a list of byte strings, keyed by their compact-encoded positions. */
export function orderedRoot(items, version) {
  const entries = items.map((item, position) => [toHex(compact(position)), item]);
  entries.sort((a, b) => (a[0] < b[0] ? -1 : 1));
  return root(entries, version);
}

/**
 * The storage proof of every key of a trie: all its nodes and detached values, as a sorted set.
 * @returns {{root: Uint8Array, nodes: Uint8Array[]}}
 */
export function wholeProof(entries, version) {
  const nodes = new Map();
  const sink = bytes => nodes.set(toHex(bytes), bytes);
  const top = new Builder(entries, version, sink).node(0, entries.length, 0);
  sink(top);
  return { root: blake2_256(top), nodes: [...nodes.keys()].sort().map(key => nodes.get(key)) };
}

/** SCALE form of a storage proof. */
export const encodeProof = nodes => vector(nodes.map(withLength));

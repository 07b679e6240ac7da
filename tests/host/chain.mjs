// Drives a runtime as a node does: genesis from the blob's own presets, blocks by BlockBuilder, import by Core_execute_block.
//
// An executor is anything with call(name, bytes, {commit}) -> {result | trap} (a promise is fine), where commit is true,
// false, or 'ok': keep the changes if the first byte of the result is 0. host.mjs#Chain is one (see localExecutor).
import { compact, concat, fromHex, hex0x, le, readCompact, readU32, toHex, utf8, vector, withLength } from './bytes.mjs';
import { blake2_256 } from './hashes.mjs';
import { orderedRoot } from './trie.mjs';
import { RELAY_SLOT_MS, developmentInherents } from './relay.mjs';

const NOTHING = new Uint8Array(0);
const ZERO_HASH = new Uint8Array(32);
export const EMPTY_TRIE_ROOT = orderedRoot([], 0);
export const CODE_KEY = toHex(utf8(':code'));
/** Relay slot of block 0: a fixed one, so that runs can be repeated (a node takes the clock). */
export const FIRST_RELAY_SLOT = 294000000;

// ---- headers ----------------------------------------------------------------------------------------------------------

export const encodeHeader = ({ parentHash, number, stateRoot, extrinsicsRoot, digest }) =>
  concat(parentHash, compact(number), stateRoot, extrinsicsRoot, vector(digest));

/** Splits a header; `rest` are the bytes of the digest. */
export function decodeHeader(bytes) {
  const number = readCompact(bytes, 32), at = 32 + number.size;
  return {
    parentHash: bytes.slice(0, 32), number: number.value, stateRoot: bytes.slice(at, at + 32),
    extrinsicsRoot: bytes.slice(at + 32, at + 64), rest: bytes.slice(at + 64),
  };
}

const auraDigest = slot => concat(Uint8Array.of(6), utf8('aura'), withLength(le(slot, 8)));

// ---- genesis ----------------------------------------------------------------------------------------------------------

const BIG = '@integer:';
/** JSON with integers of any size: long ones become marked texts, and integers again when written. */
export const parseJson = text => JSON.parse(text.replace(/("(?:[^"\\]|\\.)*")|(-?\d{16,})/g, (all, string, number) => string ?? `"${BIG}${number}"`));
export const writeJson = value => JSON.stringify(value, null, 2).replace(new RegExp(`"${BIG}(-?\\d+)"`, 'g'), '$1');

/** RFC 7386. */
export function mergePatch(target, patch) {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return patch;
  const out = target !== null && typeof target === 'object' && !Array.isArray(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete out[key];
    else out[key] = mergePatch(out[key], value);
  }
  return out;
}

async function must(executor, name, bytes = NOTHING, options = { commit: false }) {
  const answer = await executor.call(name, bytes, options);
  if (answer.trap !== undefined) throw new Error(`${name} trapped: ${answer.trap}`);
  return answer.result;
}

function optionBytes(bytes, what) {
  if (bytes[0] !== 1) throw new Error(`${what}: None`);
  const length = readCompact(bytes, 1);
  return bytes.slice(1 + length.size, 1 + length.size + length.value);
}

/** The merged genesis configuration of a preset, as the text that a node hands to build_state. */
export async function genesisConfig(executor, preset) {
  const text = async argument => new TextDecoder().decode(optionBytes(await must(executor, 'GenesisBuilder_get_preset', argument), 'get_preset'));
  const base = parseJson(await text(Uint8Array.of(0)));
  return writeJson(mergePatch(base, parseJson(await text(concat(Uint8Array.of(1), withLength(utf8(preset)))))));
}

/** Writes the genesis of a preset into the executor's (empty) state. */
export async function buildGenesis(executor, preset) {
  const config = await genesisConfig(executor, preset);
  const answer = await must(executor, 'GenesisBuilder_build_state', withLength(utf8(config)), { commit: true });
  if (answer[0] !== 0) throw new Error(`build_state: ${new TextDecoder().decode(answer.slice(2))}`);
}

// ---- building and importing -------------------------------------------------------------------------------------------

/** What stays the same from block to block, read from the runtime once. */
export async function chainFacts(executor, exports = () => true) {
  const version = await must(executor, 'Core_version');
  let at = 0;
  const text = () => {
    const length = readCompact(version, at);
    at += length.size + length.value;
    return new TextDecoder().decode(version.subarray(at - length.value, at));
  };
  const facts = { specName: text(), implName: text(), specVersion: readU32(version, at + 4) };
  at += 12;
  const apis = readCompact(version, at);
  at += apis.size + 12 * apis.value;
  facts.transactionVersion = readU32(version, at);
  facts.systemVersion = version[at + 4];
  facts.slotDuration = readU32(await must(executor, 'AuraApi_slot_duration'));
  facts.paraId = readU32(await must(executor, 'GetParachainInfo_parachain_id'));
  facts.parentOffset = exports('RelayParentOffsetApi_relay_parent_offset')
    ? readU32(await must(executor, 'RelayParentOffsetApi_relay_parent_offset')) : 0;
  return facts;
}

/** Header of block 0 over a genesis state root. */
export const genesisHeader = stateRoot =>
  encodeHeader({ parentHash: ZERO_HASH, number: 0, stateRoot, extrinsicsRoot: EMPTY_TRIE_ROOT, digest: [] });

/** One line of blocks on an executor. */
export class Author {
  /**
   * @param executor its state is that of `parent`
   * @param facts from chainFacts
   * @param parent encoded header
   */
  constructor(executor, facts, parent) {
    this.executor = executor;
    this.facts = facts;
    this.parent = parent;
    this.genesisHash = blake2_256(parent);
    this.hashes = [this.genesisHash];
  }

  get number() { return decodeHeader(this.parent).number; }
  get parentHash() { return blake2_256(this.parent); }

  relaySlot(number) {
    return FIRST_RELAY_SLOT + Math.max(Math.floor(this.facts.slotDuration / RELAY_SLOT_MS), 1) * number;
  }

  /** The header that initialize_block of the next block gets; `before` are digest items ahead of the slot. */
  nextHeader(before = []) {
    const number = this.number + 1;
    const slot = Math.floor((this.relaySlot(number) * RELAY_SLOT_MS) / this.facts.slotDuration);
    return encodeHeader({
      parentHash: this.parentHash, number, stateRoot: ZERO_HASH, extrinsicsRoot: ZERO_HASH, digest: [...before, auraDigest(slot)],
    });
  }

  inherentData() {
    const number = this.number + 1, { paraId, parentOffset } = this.facts;
    return developmentInherents({ paraId, number, relaySlot: this.relaySlot(number), parentHead: this.parent, parentOffset });
  }

  async call(name, bytes, commit) { return this.executor.call(name, bytes, { commit }); }

  /** Opens the next block. */
  async begin(before = []) {
    this.body = [];
    this.executor.beginBlock?.();
    return this.call('Core_initialize_block', this.nextHeader(before), true);
  }

  /** The inherent extrinsics for the open block, not yet applied. */
  async inherents() {
    const answer = await this.call('BlockBuilder_inherent_extrinsics', this.inherentData(), false);
    if (answer.trap !== undefined) throw new Error(`BlockBuilder_inherent_extrinsics trapped: ${answer.trap}`);
    return splitExtrinsics(answer.result);
  }

  /** Applies an extrinsic; it is in the block, and its changes in the state, if the answer begins with 00. */
  async apply(extrinsic) {
    const answer = await this.call('BlockBuilder_apply_extrinsic', extrinsic, 'ok');
    if (answer.result?.[0] === 0) this.body.push(onlyExtrinsic(extrinsic));
    return answer;
  }

  /** Closes the block. @returns the answer of finalize_block with the encoded block */
  async finish() {
    const answer = await this.call('BlockBuilder_finalize_block', NOTHING, true);
    if (answer.trap !== undefined) return answer;
    const header = answer.result;
    this.parent = header;
    this.hashes.push(blake2_256(header));
    return { ...answer, header, block: concat(header, vector(this.body)) };
  }

  /** A whole block. @returns {{header, block, results}}; throws when an inherent fails or a step traps */
  async block(extrinsics = []) {
    const started = await this.begin();
    if (started.trap !== undefined) throw new Error(`Core_initialize_block trapped: ${started.trap}`);
    const fixed = await this.inherents();
    for (const inherent of fixed) {
      const { result, trap } = await this.apply(inherent);
      if (!result || result[0] !== 0) throw new Error(`inherent refused: ${trap ?? hex0x(result)}`);
    }
    const results = [];
    for (const extrinsic of extrinsics) results.push(await this.apply(extrinsic));
    const done = await this.finish();
    if (done.trap !== undefined) throw new Error(`BlockBuilder_finalize_block trapped: ${done.trap}`);
    return { ...done, results, inherents: fixed.length };
  }
}

/** The extrinsics of a Vec<Extrinsic>, each with its length prefix. */
export function splitExtrinsics(bytes) {
  const count = readCompact(bytes), items = [];
  let at = count.size;
  for (let i = 0; i < count.value; i++) {
    const length = readCompact(bytes, at), end = at + length.size + length.value;
    items.push(bytes.slice(at, end));
    at = end;
  }
  return items;
}

/** An extrinsic without what follows it: the argument may hold more bytes than the block keeps. */
function onlyExtrinsic(bytes) {
  const length = readCompact(bytes);
  return bytes.slice(0, length.size + length.value);
}

/** A Chain of host.mjs as an executor. */
export const localExecutor = chain => ({
  chain,
  call: (name, bytes = NOTHING, { commit = true } = {}) =>
    chain.call(name, bytes, { commit: commit === 'ok' ? result => result[0] === 0 : commit }),
  root: () => chain.root(),
  beginBlock: () => chain.storage.beginBlock(),
  setState: state => chain.storage.restore(new Map([['', state]])),
  dump: () => new Map(chain.state),
  close: () => {},
});

/**
 * A chain at its genesis, in the V8 host.
 * @param chain host.mjs#Chain with empty state
 * @param blob bytes that go to `:code`
 * @returns {{executor, facts, header, state}} header of block 0, state as Map
 */
export async function startChain(chain, blob, preset = 'development') {
  const executor = localExecutor(chain);
  await buildGenesis(executor, preset);
  chain.state.set(CODE_KEY, blob);
  chain.storage.sorted.clear();
  const facts = await chainFacts(executor, name => chain.exports(name));
  const header = genesisHeader(chain.root(facts.systemVersion === 0 ? 0 : 1));
  return { executor, facts, header, state: new Map(chain.state) };
}

export const stateObject = state => Object.fromEntries([...state].map(([key, value]) => [`0x${key}`, hex0x(value)]));
export const stateMap = object => new Map(Object.entries(object).map(([key, value]) => [key.slice(2), fromHex(value)]));

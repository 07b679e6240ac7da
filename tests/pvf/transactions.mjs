// Blocks of signed extrinsics for pvf-check: transfers, calls of Models, calls that fail, large and vanishing state, empty blocks.
import { hex0x, le, u32le } from '../host/bytes.mjs';
import { devKey } from '../host/crypto.mjs';
import { blake2_256 } from '../host/hashes.mjs';
import { Models } from '../host/models.mjs';
import { MarketPlay } from './market-play.mjs';

const UNIT = 1000000000000n, SALT = new Uint8Array(16).fill(7);
const NAMES = ['Alice', 'Bob', 'Charlie', 'Dave', 'Eve', 'Ferdie'];
/** Blocks between staging and activation of a model's version, and some more. */
const STAGE_DELAY = 10;

/** Signs for one chain and counts nonces. */
export class Signer {
  /** @param facts genesisHash (bytes), specVersion, transactionVersion */
  constructor(client, facts) {
    this.client = client;
    this.facts = facts;
    this.nonces = new Map();
    this.keys = Object.fromEntries(NAMES.map(name => [name.toLowerCase(), devKey(name)]));
    this.count = 0;
  }

  sign(key, call) {
    const nonce = this.nonces.get(key.name) ?? 0;
    this.nonces.set(key.name, nonce + 1);
    this.count++;
    return this.client.signed(call, key, { ...this.facts, nonce });
  }

  transfer(from, to, amount = UNIT) {
    return this.sign(from, this.client.call('balances', 'transferKeepAlive', { Id: hex0x(to) }, amount));
  }

  /** An account of nobody. */
  account(n) { return blake2_256(u32le(n)); }
}

/** As many transfers as asked for, all from Alice, to accounts that exist after the first of them. */
export const transfers = (signer, count) => Array.from({ length: count }, () => signer.transfer(signer.keys.alice, signer.keys.bob.account));

/** What the blocks are made of: each method returns functions that sign one block's extrinsics when their turn comes. */
class Play {
  constructor(signer) {
    this.on = signer;
    this.client = signer.client;
    this.models = new Models(signer.client);
    Object.assign(this, signer.keys);
  }

  root(call) { return this.on.sign(this.alice, this.models.asRoot(call)); }
  set(...items) { return this.root(this.client.call('system', 'setStorage', items.map(([key, value]) => [hex0x(key), hex0x(value)]))); }
  spec(model) { return this.models.spec(blake2_256(u32le(model))); }

  money() {
    const { alice, bob, charlie, dave, on, client } = this;
    const all = ['transferAll', { Id: hex0x(alice.account) }, false];
    return [
      () => [...Array(5).keys()].map(n => on.transfer(alice, on.account(n))).concat([on.transfer(bob, on.account(2)), on.transfer(bob, alice.account)]),
      () => [],
      // Accounts vanish, and branches of the state with them.
      () => [on.sign(charlie, client.call('balances', ...all)), on.sign(dave, client.call('balances', 'transferAllowDeath', { Id: hex0x(bob.account) }, 3n * UNIT))],
      () => [on.transfer(bob, charlie.account, 5n * UNIT), on.sign(dave, client.call('balances', ...all))],
    ];
  }

  /** Calls that are in the block and fail there. */
  failing() {
    const { bob, eve, on, client, models } = this;
    const tooMuch = client.call('balances', 'transferKeepAlive', { Id: hex0x(eve.account) }, 10n ** 30n);
    return () => [
      on.sign(bob, tooMuch), on.sign(bob, models.call('deprecate', 99)), on.sign(eve, models.asRoot(tooMuch)),
      on.sign(eve, client.call('utility', 'batchAll', [client.call('system', 'remark', '0x01'), tooMuch])),
      on.sign(eve, client.call('utility', 'batch', [client.call('system', 'remarkWithEvent', '0x02'), tooMuch, tooMuch])),
    ];
  }

  /** Values on both sides of the limit of 33 bytes, prefixes that end in values, and what is removed by prefix. */
  raw() {
    const key = (text, n) => new Uint8Array([...new TextEncoder().encode(text), ...u32le(n)]);
    const items = (text, size) => Array.from({ length: 24 }, (_, n) => [key(text, n * 0x01010101), new Uint8Array(size + n).fill(n)]);
    const { client } = this, prefix = text => hex0x(new TextEncoder().encode(text));
    return [
      () => [this.set(...items('pvf:', 20)), this.set(...items('pvf:deep:', 3000)), this.set([new TextEncoder().encode('pvf:'), new Uint8Array(40)])],
      () => [this.root(client.call('system', 'killPrefix', prefix('pvf:deep:'), 7)), this.set(...items('pvf:', 30))],
      () => [this.root(client.call('system', 'killPrefix', prefix('pvf:'), 1000)), this.set(...items('pvf:d', 1))],
      () => [this.root(client.call('system', 'killStorage', items('pvf:d', 1).slice(3).map(([at]) => hex0x(at))))],
    ];
  }

  /** A model's life: registered and staged, then activated, with a child that names it as parent. */
  life() {
    const { alice, bob, on, models } = this;
    const stage = model => on.sign(alice, models.stage(alice, model, this.spec(model), SALT));
    const activate = model => on.sign(alice, models.activate(model, 1, this.spec(model), SALT));
    return [
      () => [on.sign(alice, models.licence()), ...[1, 2].map(() => on.sign(alice, models.register(1, [alice, bob])))],
      () => [stage(1), stage(2), on.transfer(bob, alice.account)],
      () => [activate(1), on.sign(bob, models.call('deprecate', 1))],
      () => [on.sign(alice, models.parents(2, [[1, 50000000]]))],
      () => [activate(2)],
    ];
  }
}

/** The market's walk-through on the model that the first blocks make; how many of its calls fail on purpose. */
export function marketPlay(signer) {
  const [register, stage, activate] = new Play(signer).life(), market = new MarketPlay(signer, 1), first = [register, stage];
  while (first.length < STAGE_DELAY + 2) first.push(() => []);
  const blocks = [...first, activate, ...market.blocks()].map(block => block());
  return { blocks, failures: market.failures + 1 };
}

/** Two dozen blocks with everything above, each an array of encoded extrinsics. */
export function play(signer) {
  const made = new Play(signer), [register, stage, ...later] = made.life(), money = made.money();
  const blocks = [register, stage, ...money.slice(0, 2), made.failing(), ...money.slice(2), ...made.raw()];
  while (blocks.length < STAGE_DELAY + 2) blocks.push(() => []);
  return [...blocks, ...later, () => transfers(signer, 60)].map(block => block());
}

/** The lines of pvf-check's file: one extrinsic a line, an empty line after each block. */
export const asLines = blocks => blocks.map(block => block.map(bytes => `${hex0x(bytes)}\n`).join('')).join('\n');

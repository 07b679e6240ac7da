// Random extrinsics: valid, failing and malformed, over all calls of the metadata.
import { compact, concat, hex0x, le, readU32, vector, withLength } from '../host/bytes.mjs';
import { devKey } from '../host/crypto.mjs';
import { VERSION_BARE, VERSION_BARE_4 } from '../host/client.mjs';
import { Values } from './values.mjs';

/** Calls that would take the chain from under the test when Root runs them. */
const NOT_AS_ROOT = new RegExp(`^(sudo\\.(setKey|removeKey)|system\\.(${[
  'killPrefix', 'killStorage', 'setStorage', 'setCode', 'setCodeWithoutChecks', 'authorizeUpgrade', 'authorizeUpgradeWithoutChecks',
  'applyAuthorizedUpgrade', 'setHeapPages',
].join('|')}))$`);
const DEEPEST = 3;

const KINDS = {
  transfer: 30, balances: 12, remark: 8, anyCall: 14, utility: 12, sudo: 10, flow: 120,
};

/** How an extrinsic is spoilt, with how often. "none" leaves it as it is. */
const FAULTS = {
  none: 100, staleNonce: 3, futureNonce: 3, badSignature: 4, wrongGenesis: 2, wrongSpec: 2, wrongTx: 1, tip: 5, hugeTip: 2, mortal: 8,
  ancientEra: 2, wrongBirth: 2, bare: 3, general: 3, generalVersion: 1, address: 2, wrongTag: 2, metadataHash: 1, truncated: 3, flipped: 5, trailing: 2,
  prefix: 2, version: 3, noise: 2, empty: 1, zeroSender: 1,
};

export class Generator {
  /**
   * @param options client, random, state() -> Map of the state at hand, author chain.mjs#Author, flow optional object with
   *                next(generator) -> {call, key} | null: calls that make sense one after the other
   */
  constructor({ client, random, state, author, flow = null }) {
    Object.assign(this, { client, random, state, author, flow });
    this.keys = ['Alice', 'Bob', 'Charlie', 'Dave', 'Eve', 'Ferdie'].map(name => devKey(name));
    this.keys.push(devKey('Alice', 'ed25519'), devKey('Bob', 'ecdsa'));
    this.root = this.keys[0];
    /** Accounts without genesis balance: the first extrinsics of a run give them some. */
    this.poor = this.keys.slice(6);
    this.deposit = client.consts.balances.existentialDeposit.toBigInt();
    this.strangers = Array.from({ length: 6 }, () => random.bytes(32));
    this.values = new Values(client, random, {
      AccountId32: () => this.account(),
      RuntimeCall: depth => this.anyCall(depth),
      Weight: () => concat(compact(random.big(36)), compact(random.big(20))),
    });
    this.calls = client.metadata.asLatest.pallets.filter(pallet => pallet.calls.isSome).flatMap(pallet =>
      client.registry.lookup.getSiType(pallet.calls.unwrap().type).def.asVariant.variants.map(variant => ({
        name: `${camel(pallet.name.toString())}.${snakeToCamel(variant.name.toString())}`,
        head: Uint8Array.of(pallet.index.toNumber(), variant.index.toNumber()), fields: [...variant.fields],
      })));
  }

  account() {
    const { random } = this;
    if (random.chance(75)) return random.pick(this.keys).account;
    return random.chance(80) ? random.pick(this.strangers) : random.bytes(32);
  }

  /** {nonce, free} of an account as the state has it. */
  info(account) {
    const raw = this.state().get(this.client.key('system', 'account', hex0x(account)));
    if (!raw) return { nonce: 0, free: 0n };
    return { nonce: readU32(raw), free: BigInt(hex0x(raw.slice(16, 32).reverse())) };
  }

  amount(account) {
    const { random, deposit } = this, { free } = this.info(account);
    const near = [0n, 1n, deposit - 1n, deposit, deposit + 1n, free, free - deposit, free - deposit - 1n, free + 1n, (1n << 128n) - 1n];
    // The root account keeps its money: it pays for the others (see refill).
    if (random.chance(35) && account !== this.root.account) {
      const value = random.pick(near);
      return value < 0n ? 0n : value;
    }
    return deposit * BigInt(1 + random.below(20)) + BigInt(random.below(1000));
  }

  address() {
    const { random } = this;
    if (random.chance(94)) return { Id: hex0x(this.account()) };
    return random.pick([{ Address20: hex0x(random.bytes(20)) }, { Raw: hex0x(random.bytes(random.below(40))) },
      { Address32: hex0x(random.bytes(32)) }]);
  }

  transfer(signer) {
    const { client, random } = this, to = this.address(), value = this.amount(signer);
    const kind = random.weighted({ transferKeepAlive: 10, transferAllowDeath: 10, transferAll: signer === this.root.account ? 0 : 2, burn: 3 });
    if (kind === 'transferAll') return client.call('balances', kind, to, random.chance(50));
    if (kind === 'burn') return client.has('balances', 'burn') ? client.call('balances', 'burn', value, random.chance(50)) : this.transfer(signer);
    return client.call('balances', kind, to, value);
  }

  ofPallet(pallet, depth = 0) { return this.random.pick(this.calls.filter(call => call.name.startsWith(`${pallet}.`)).map(call => () => this.fill(call, depth)))(); }

  fill({ head, fields }, depth) { return concat(head, ...fields.map(field => this.values.make(field.type, depth + 1))); }

  /** Any call of the metadata with random arguments. */
  anyCall(depth = 0) {
    if (depth > DEEPEST) return this.client.call('system', 'remark', '0x00');
    return this.fill(this.random.pick(this.calls.filter(call => !NOT_AS_ROOT.test(call.name))), depth);
  }

  /** A call that holds other calls, from its encoded arguments. */
  raw(name, ...parts) {
    const found = this.calls.find(call => call.name === name);
    return found ? concat(found.head, ...parts) : this.remark();
  }

  utility(signer) {
    const { random } = this, kind = random.pick(['batch', 'batchAll', 'forceBatch', 'asDerivative', 'ifElse', 'any']);
    if (kind === 'any') return this.ofPallet('utility');
    if (kind === 'asDerivative') return this.raw('utility.asDerivative', le(random.below(3), 2), this.plain(signer));
    if (kind === 'ifElse') return this.raw('utility.ifElse', this.plain(signer), this.plain(signer));
    return this.raw(`utility.${kind}`, vector(Array.from({ length: random.below(4) }, () => this.plain(signer))));
  }

  plain(signer) {
    return this.random.pick([() => this.transfer(signer), () => this.remark(), () => this.transfer(signer), () => this.anyCall(2)])();
  }

  remark() {
    const { client, random } = this;
    return client.call('system', random.pick(['remark', 'remarkWithEvent']), hex0x(random.bytes(random.below(random.chance(10) ? 2000 : 60))));
  }

  /** Root's writes past all pallets: keys of nobody, so that the chain goes on, and the block's own events. */
  rawStorage() {
    const { client, random } = this;
    const key = () => hex0x(Uint8Array.of(0x7a, 0x7a, random.below(4), random.below(16)).slice(0, 3 + random.below(2)));
    return random.pick([
      () => client.call('system', 'setStorage', Array.from({ length: random.below(6) }, () => [key(), hex0x(random.bytes(random.below(80)))])),
      () => client.call('system', 'killStorage', Array.from({ length: random.below(4) }, key)),
      () => client.call('system', 'killPrefix', random.pick(['0x7a7a', '0x7a7a01', key()]), random.below(5)),
      () => client.call('system', 'killStorage', [`0x${client.key('system', 'events')}`]),
    ])();
  }

  sudo(signer) {
    const { client, random } = this;
    const inner = () => (random.chance(60)
      ? random.pick([
        () => client.call('balances', 'forceSetBalance', this.address(), this.amount(signer)),
        () => client.call('balances', 'forceTransfer', this.address(), this.address(), this.amount(signer)),
        () => client.call('balances', 'forceUnreserve', this.address(), this.amount(signer)),
        () => client.call('balances', 'forceAdjustTotalIssuance', random.pick(['Increase', 'Decrease']), this.amount(signer)),
        () => this.rawStorage(),
        () => this.rawStorage(),
      ])()
      : this.anyCall(2));
    return random.pick([
      () => this.raw('sudo.sudo', inner()),
      () => this.raw('sudo.sudoUncheckedWeight', inner(), compact(random.below(1e9)), compact(random.below(1000))),
      () => this.raw('sudo.sudoAs', Uint8Array.of(0), this.account(), inner()),
    ])();
  }

  /** A random call for a signer. */
  call(kind, signer) {
    switch (kind) {
      case 'transfer': return this.transfer(signer);
      case 'balances': return this.ofPallet('balances');
      case 'remark': return this.remark();
      case 'utility': return this.utility(signer);
      case 'sudo': return this.sudo(signer);
      default: return this.anyCall();
    }
  }

  /** The next extrinsic: {bytes, what}. */
  next() {
    const { random, client } = this, kinds = { ...KINDS };
    if (this.poor.length) return this.refill(this.poor.pop());
    if (!client.has('utility', 'batch')) kinds.utility = 0;
    if (!client.has('sudo', 'sudo')) kinds.sudo = 0;
    let kind = random.weighted(kinds), key = random.pick(this.keys), call = null;
    if (kind === 'flow') {
      const step = this.flow?.next(this) ?? null;
      if (step) ({ call, key } = step);
      else kind = 'anyCall';
    }
    if (kind === 'sudo' && random.chance(80)) key = this.root;
    if (kind !== 'flow' && random.chance(70) && this.info(key.account).free < this.deposit * 1000n) return this.refill(key);
    call ??= this.call(kind, key.account);
    const fault = random.weighted(kind === 'flow' ? { ...FAULTS, none: 500 } : FAULTS);
    return { bytes: this.spoil(fault, call, key), what: `${kind}/${fault}` };
  }

  refill(key) {
    const call = this.client.call('balances', 'transferAllowDeath', { Id: hex0x(key.account) }, this.deposit * 100000n);
    return { bytes: this.spoil('none', call, this.root), what: 'transfer/none' };
  }

  options(key) {
    const { author } = this;
    return { ...author.facts, genesisHash: author.genesisHash, nonce: this.info(key.account).nonce };
  }

  spoil(fault, call, key) {
    const { random, client, author } = this, options = this.options(key), now = author.number;
    const signed = more => client.signed(call, key, { ...options, ...more });
    const era = (period, current, blockHash) =>
      signed({ era: client.registry.createType('ExtrinsicEra', { period, current }).toHex(), blockHash });
    switch (fault) {
      case 'none': return signed({});
      case 'staleNonce': return signed({ nonce: Math.max(0, options.nonce - 1 - random.below(2)) });
      case 'futureNonce': return signed({ nonce: options.nonce + 1 + random.below(3) });
      case 'badSignature': return signed({ signature: random.bytes(key.scheme === 'ecdsa' ? 65 : 64) });
      case 'wrongGenesis': return signed({ genesisHash: random.bytes(32), blockHash: author.genesisHash });
      case 'wrongSpec': return signed({ specVersion: options.specVersion + 1 });
      case 'wrongTx': return signed({ transactionVersion: options.transactionVersion + 1 });
      case 'tip': return signed({ tip: random.big(40) });
      case 'hugeTip': return signed({ tip: random.big(128) });
      case 'mortal': return era(64, now, author.hashes[now]);
      case 'ancientEra': return era(4, Math.max(0, now - 8), author.hashes[Math.max(0, now - 8)]);
      case 'wrongBirth': return era(64, now, random.bytes(32));
      case 'bare': return client.bare(call, random.pick([VERSION_BARE, VERSION_BARE_4]));
      case 'general': return client.general(call, options);
      case 'generalVersion': return client.general(call, options, 1 + random.below(255));
      case 'address': return signed({ address: concat(Uint8Array.of(1 + random.below(5)), random.bytes(random.below(33))) });
      case 'wrongTag': return signed({ tag: random.below(5) });
      case 'metadataHash': return signed({ metadataHash: random.bytes(32) });
      case 'zeroSender': return signed({ address: new Uint8Array(33) });
      default: return this.mangle(fault, signed({}));
    }
  }

  /** Damage to the bytes of a good extrinsic. */
  mangle(fault, good) {
    const { random } = this, body = good.slice(good.length < 66 ? 1 : good.length < 16386 ? 2 : 4);
    const copy = Uint8Array.from(good);
    switch (fault) {
      case 'truncated': {
        const cut = random.below(body.length);
        return random.chance(50) ? withLength(body.slice(0, cut)) : good.slice(0, random.below(good.length));
      }
      case 'flipped':
        copy[random.below(copy.length)] ^= 1 << random.below(8);
        return copy;
      case 'trailing': return random.chance(50) ? withLength(concat(body, random.bytes(1 + random.below(4)))) : concat(good, random.bytes(1 + random.below(4)));
      case 'prefix': return concat(compact(random.below(2 * body.length)), body);
      case 'version': return withLength(concat(Uint8Array.of(random.below(256)), body.slice(1)));
      case 'noise': return withLength(random.bytes(random.below(200)));
      case 'empty': return random.pick([new Uint8Array(0), Uint8Array.of(0), Uint8Array.of(4, 4), Uint8Array.of(4, 0x84)]);
      default: throw new Error(`no such fault: ${fault}`);
    }
  }
}

const camel = name => name[0].toLowerCase() + name.slice(1);
const snakeToCamel = name => name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());

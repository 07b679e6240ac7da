// frame: the same random calls, by name, on our blob and on a FRAME runtime (penpal), both in V8. Answers, errors by name,
// events by name and the accounts' books must be the same. Amounts are multiples of each chain's own existential deposit,
// or what an account has, because fees and deposits differ. Now and then the block number jumps to the next session's end,
// so that collators join, leave and are kicked over many sessions.
//
// SEED= repeats a run, BLOCKS= says how many blocks.
import { readFileSync } from 'node:fs';
import { compact, concat, hex0x, le, readU32, u32le, utf8, vector } from '../host/bytes.mjs';
import { Author, decodeHeader, encodeHeader, startChain } from '../host/chain.mjs';
import { clientOf } from '../host/client.mjs';
import { devKey } from '../host/crypto.mjs';
import { load } from '../host/host.mjs';
import { Report, runSuite } from '../host/report.mjs';
import { findToolFile, readBlob } from '../host/tools.mjs';
import { Random } from './random.mjs';

const SUITE = 'frame';
const EXTRINSICS = 10, GROUP = 10;
/** Blocks of a session, on both chains. */
const PERIOD = 3600;
const NAMES = ['Alice', 'Bob', 'Charlie', 'Dave', 'Eve', 'Ferdie', 'Grace', 'Heidi'];
/** What everyone gets at first, in existential deposits: so much that fees do not show in it. */
const START = 10n ** 9n;
/** Refused for want of money or of room: the chains' fees and weights differ, so one may refuse and the other not. */
const FEES_AND_WEIGHTS = new Set(['0x010001', '0x010006']);
/** Events about who gets fees depend on the chain's own choice. */
const OWN_EVENTS = /^(balances\.(Deposit|Withdraw|Issued|Rescinded|BurnedDebt|MintedCredit)|transactionPayment|assetTxPayment)/;

/** One chain and how calls are made on it. */
class Side {
  static async start(blob) {
    const side = new Side(), chain = load(blob), { executor, facts, header } = await startChain(chain, blob);
    Object.assign(side, { chain, client: await clientOf(executor), author: new Author(executor, facts, header) });
    side.deposit = side.client.consts.balances.existentialDeposit.toBigInt();
    return side;
  }

  raw(account) { return this.chain.state.get(this.client.key('system', 'account', hex0x(account))); }

  /** Counters and balances of an account: {nonce, consumers, providers, sufficients, free, reserved, frozen}. */
  info(account) {
    const raw = this.raw(account), number = at => (raw ? BigInt(hex0x(raw.slice(at, at + 16).reverse())) : 0n);
    const count = at => (raw ? readU32(raw, at) : 0);
    return { nonce: count(0), consumers: count(4), providers: count(8), sufficients: count(12), free: number(16), reserved: number(32), frozen: number(48) };
  }

  /** What does not depend on amounts: nonce, reference counters, whether there is an account, holds or freezes. */
  counters(account) {
    const { nonce, consumers, providers, sufficients, reserved, frozen } = this.info(account);
    const flags = hex0x((this.raw(account) ?? new Uint8Array(80)).slice(64, 80));
    return JSON.stringify({ nonce, consumers, providers, sufficients, reserved: reserved > 0n, frozen: frozen > 0n, flags });
  }

  /** Makes the next block the one with this number. */
  jump(number) {
    const { author, chain, client } = this;
    author.parent = encodeHeader({ ...decodeHeader(author.parent), number, digest: [] });
    author.hashes[number] = author.parentHash;
    chain.state.set(client.key('system', 'number'), u32le(number));
  }

  value(pallet, item, ...args) { return this.client.value(pallet, item, this.chain.state.get(this.client.key(pallet, item, ...args)))?.toJSON(); }

  /** All that is known of collators and sessions, deposits in existential deposits. A collator who stops being a candidate
   *  in a block of his own is noted by us after that and by FRAME before, so the notes of candidates count alone. */
  collators(accounts) {
    const list = this.value('collatorSelection', 'candidateList') ?? [];
    return JSON.stringify({
      invulnerables: this.value('collatorSelection', 'invulnerables') ?? [],
      candidates: list.map(({ who, deposit }) => [who, String(BigInt(deposit) / this.deposit), this.value('collatorSelection', 'lastAuthoredBlock', who)]),
      bond: String(BigInt(this.value('collatorSelection', 'candidacyBond') ?? 0) / this.deposit),
      desired: this.value('collatorSelection', 'desiredCandidates') ?? 0,
      validators: this.value('session', 'validators') ?? [],
      queued: this.value('session', 'queuedKeys') ?? [],
      changed: this.value('session', 'queuedChanged') ?? false,
      index: this.value('session', 'currentIndex') ?? 0,
      keys: accounts.map(account => this.value('session', 'nextKeys', hex0x(account)) ?? null),
      authorities: [this.value('aura', 'authorities'), this.value('auraExt', 'authorities')],
    });
  }

  /** What the beginning of the block told of collators. */
  sessionEvents() {
    return this.events().filter(({ phase, name }) => phase === 'Initialization' && /^(session|collatorSelection)\./.test(name))
      .map(({ name, data }) => `${name} ${name.startsWith('session') ? data : data[0]}`);
  }

  /** "n deposits" or a text like "free", "free+1", "dust" as an amount for an account. */
  amount(size, account) {
    if (typeof size === 'bigint') return size * this.deposit;
    const { free } = this.info(account);
    const value = { zero: 0n, one: 1n, below: this.deposit - 1n, half: free / 2n, all: free, more: free + 1n, over: (1n << 128n) - 1n, double: free * 2n }[size];
    return value > (1n << 128n) - 1n ? (1n << 128n) - 1n : value;
  }

  events() {
    return this.client.eventList(this.chain.state.get(this.client.key('system', 'events')));
  }

  /** An answer of apply_extrinsic with module errors by name. */
  told({ result, trap }) {
    if (trap !== undefined) return 'trap';
    if (result[0] !== 0 || result[1] === 0) return hex0x(result);
    return `failed ${this.dispatchError(result.slice(2))}`;
  }

  dispatchError(bytes) {
    if (bytes[0] !== 3) return hex0x(bytes);
    const found = this.client.registry.findMetaError({ index: this.client.registry.createType('u8', bytes[1]), error: this.client.registry.createType('u8', bytes[2]) });
    return `${found.section}.${found.name}`;
  }

  async apply(make, key, options) {
    const before = this.events().length;
    const bytes = this.client.signed(make(this), key, { ...this.author.facts, genesisHash: this.author.genesisHash, nonce: this.info(key.account).nonce, ...options(this) });
    const answer = await this.author.apply(bytes);
    const names = answer.result?.[0] === 0 ? this.events().slice(before).map(event => this.eventText(event)).filter(name => !OWN_EVENTS.test(name)) : [];
    return { told: this.told(answer), names };
  }

  /** Name of an event, with the outcome where it holds one. */
  eventText({ name, data }) {
    const outcome = data.find(item => item && typeof item === 'object' && ('ok' in item || 'err' in item));
    if (!outcome || 'ok' in outcome) return name;
    const { err } = outcome;
    return `${name} ${err.module ? this.dispatchError(Uint8Array.of(3, err.module.index, parseInt(err.module.error.slice(2, 4), 16))) : JSON.stringify(err)}`;
  }
}

/** Random calls as functions of a side: the same choice gives the like call on both chains. */
class Calls {
  constructor(random, keys, strangers) { Object.assign(this, { random, keys, strangers }); }

  /** Not the root account: it has to stay rich. */
  account() { return this.random.chance(70) ? this.random.pick(this.keys.slice(1)).account : this.random.pick(this.strangers); }

  dest() {
    const { random } = this, account = this.account();
    if (random.chance(95)) return { Id: hex0x(account) };
    return random.pick([{ Raw: '0x0102' }, { Address20: `0x${'22'.repeat(20)}` }, { Address32: hex0x(account) }]);
  }

  size() {
    const { random } = this;
    return random.chance(55) ? BigInt(1 + random.below(1000)) : random.pick(['zero', 'one', 'below', 'half', 'all', 'more', 'over', 'double', 1n, 2n]);
  }

  balances(signer) {
    const { random } = this, to = this.dest(), from = this.dest(), size = this.size(), flag = random.chance(50), few = BigInt(random.below(1000));
    const amount = side => side.amount(size, signer), source = from.Id ? Uint8Array.from(Buffer.from(from.Id.slice(2), 'hex')) : signer;
    const theirs = side => side.amount(size, source);
    return random.pick([
      side => side.client.call('balances', 'transferAllowDeath', to, amount(side)),
      side => side.client.call('balances', 'transferKeepAlive', to, amount(side)),
      side => side.client.call('balances', 'transferAll', to, flag),
      side => side.client.call('balances', 'burn', amount(side), flag),
      side => side.client.call('balances', 'forceTransfer', from, to, theirs(side)),
      side => side.client.call('balances', 'forceUnreserve', from, theirs(side)),
      side => side.client.call('balances', 'forceSetBalance', from, (few - 5n) > 0n ? (few - 5n) * side.deposit : side.deposit - 1n),
      side => side.client.call('balances', 'upgradeAccounts', [hex0x(this.keys[0].account), hex0x(signer)]),
      side => side.client.call('balances', 'forceAdjustTotalIssuance', flag ? 'Increase' : 'Decrease', few * side.deposit),
    ]);
  }

  /** Calls of Session and CollatorSelection; Root's from the root account, mostly. */
  collators(signer) {
    const { random, keys } = this, pick = () => random.pick(keys), other = pick(), target = hex0x(pick().account);
    if (signer === keys[0].account && random.chance(80)) {
      const some = keys.filter(() => random.chance(40)).map(key => hex0x(key.account)), few = random.below(5), bond = BigInt(random.below(12));
      if (random.chance(10)) some.push(hex0x(random.pick(this.strangers)));
      return random.pick([
        side => side.client.call('collatorSelection', 'setInvulnerables', some),
        side => side.client.call('collatorSelection', 'setDesiredCandidates', few),
        side => side.client.call('collatorSelection', 'setCandidacyBond', bond * side.deposit),
        side => side.client.call('collatorSelection', 'addInvulnerable', target),
        side => side.client.call('collatorSelection', 'removeInvulnerable', target),
      ]);
    }
    const deposit = BigInt(random.below(20)), choice = random.below(100);
    if (choice < 30) return this.setKeys(random.chance(90) ? signer : other.account);
    if (choice < 35) return side => side.client.call('session', 'purgeKeys');
    return random.pick([
      side => side.client.call('collatorSelection', 'registerAsCandidate'),
      side => side.client.call('collatorSelection', 'registerAsCandidate'),
      side => side.client.call('collatorSelection', 'leaveIntent'),
      side => side.client.call('collatorSelection', 'updateBond', deposit * side.deposit),
      side => side.client.call('collatorSelection', 'takeCandidateSlot', deposit * side.deposit, target),
    ]);
  }

  /** An account's own session key, of two; sometimes another's, or with a wrong proof. */
  setKeys(owner) {
    const { random } = this, whose = random.chance(90) ? this.keys.findIndex(key => key.account === owner) : random.below(this.keys.length);
    const aura = devKey(`aura${whose}${random.below(2)}`), told = random.chance(93) ? owner : this.keys[0].account;
    const signed = aura.sign(concat(utf8(random.chance(97) ? 'POP_' : 'PoP_'), told)), proof = random.chance(96) ? signed : signed.slice(0, 63);
    return side => side.client.call('session', 'setKeys', { aura: hex0x(aura.publicKey) }, hex0x(proof));
  }

  system() {
    const { random } = this, bytes = hex0x(random.bytes(random.below(50))), hash = hex0x(random.bytes(32)), key = hex0x(random.bytes(20));
    return random.pick([
      side => side.client.call('system', 'remark', bytes),
      side => side.client.call('system', 'remarkWithEvent', bytes),
      side => side.client.call('system', 'setStorage', [[key, bytes]]),
      side => side.client.call('system', 'killStorage', [key]),
      side => side.client.call('system', 'killPrefix', key, 3),
      side => side.client.call('system', 'setHeapPages', 64),
      side => side.client.call('system', 'setCode', bytes),
      side => side.client.call('system', 'authorizeUpgrade', hash),
      side => side.client.call('system', 'authorizeUpgradeWithoutChecks', hash),
      side => side.client.call('system', 'applyAuthorizedUpgrade', bytes),
      side => side.client.call('timestamp', 'set', 5),
    ]);
  }

  /** Calls around others, by encoded arguments. */
  around(signer, depth) {
    const { random } = this, deeper = () => this.next(signer, depth + 1);
    const inner = Array.from({ length: random.below(4) }, deeper), one = deeper(), two = deeper();
    const account = this.account(), index = random.below(3);
    const list = side => vector(inner.map(make => make(side)));
    const origin = side => random32(side, account, index);
    return random.pick([
      side => concat(side.client.head('utility', 'batch'), list(side)),
      side => concat(side.client.head('utility', 'batchAll'), list(side)),
      side => concat(side.client.head('utility', 'forceBatch'), list(side)),
      side => concat(side.client.head('utility', 'asDerivative'), le(index, 2), one(side)),
      side => concat(side.client.head('utility', 'ifElse'), one(side), two(side)),
      side => concat(side.client.head('utility', 'withWeight'), one(side), compact(1000), compact(1000)),
      side => concat(side.client.head('utility', 'dispatchAs'), origin(side), one(side)),
      side => concat(side.client.head('sudo', 'sudo'), one(side)),
      side => concat(side.client.head('sudo', 'sudoUncheckedWeight'), one(side), compact(1000), compact(1000)),
      side => concat(side.client.head('sudo', 'sudoAs'), Uint8Array.of(0), account, one(side)),
    ]);
  }

  next(signer, depth = 0) {
    const { random } = this, kind = random.below(depth > 2 ? 60 : 100);
    return kind < 25 ? this.balances(signer) : kind < 50 ? this.collators(signer) : kind < 60 ? this.system() : this.around(signer, depth);
  }

  /** Options of the extrinsic itself; most have none. */
  options() {
    const { random } = this, choice = random.below(100), tip = this.last === this.keys[0] ? 1n : this.size();
    if (choice < 80) return () => ({});
    if (choice < 84) return side => ({ nonce: Math.max(0, side.info(this.last.account).nonce - 1) });
    if (choice < 88) return side => ({ nonce: side.info(this.last.account).nonce + 1 });
    if (choice < 92) return side => ({ tip: side.amount(tip, this.last.account) });
    if (choice < 95) return () => ({ signature: new Uint8Array(64) });
    return side => ({
      era: side.client.registry.createType('ExtrinsicEra', { period: 32, current: side.author.number }).toHex(), blockHash: side.author.hashes[side.author.number],
    });
  }
}

/** OriginCaller: System Root, Signed or None. */
const random32 = (side, account, kind) => (kind === 1 ? concat(Uint8Array.of(0, 1), account) : Uint8Array.of(0, kind));

async function main() {
  const ours = readBlob(SUITE), peer = findToolFile('penpal.wasm');
  if (!peer) {
    console.log('note: there is no penpal.wasm beside the project, nothing is compared with FRAME');
    console.log(`${SUITE}: 0 passed, 0 failed`);
    return;
  }
  const seed = Number(process.env.SEED || Date.now() % 0xffffffff), blocks = Number(process.env.BLOCKS || 60);
  console.log(`seed ${seed}, ${blocks} blocks (SEED=${seed} BLOCKS=${blocks} repeats this run)`);
  const report = new Report(SUITE), random = new Random(seed), sides = [await Side.start(ours), await Side.start(new Uint8Array(readFileSync(peer)))];
  const keys = NAMES.map(name => devKey(name)), [root] = keys;
  const calls = new Calls(random, keys, Array.from({ length: 5 }, () => random.bytes(32)));
  const differences = new Map(), answers = new Map();
  let applied = 0, apart = 0, sessions = 0;
  const compare = (what, done, tell) => {
    const [a, b] = sides.map(tell);
    if (a === b) report.passed++;
    else if (apart === 0) differences.set(`${what}: ours ${a}, FRAME ${b}`, `block ${done + 1}`);
  };
  for (let done = 0; done < blocks; done++) {
    // A session's first block has no room for calls, so not too many of them.
    if (done > 0 && random.chance(35)) {
      const number = (Math.floor(sides[0].author.number / PERIOD) + 1) * PERIOD - 1;
      for (const side of sides) side.jump(number);
      sessions++;
    }
    for (const side of sides) {
      const { trap } = await side.author.begin();
      if (trap !== undefined) throw new Error(`block ${done + 1} does not begin: ${trap}`);
    }
    compare('the beginning of a block', done, side => side.sessionEvents().join(', '));
    for (const side of sides) {
      for (const inherent of await side.author.inherents()) await side.author.apply(inherent);
    }
    for (const key of keys) {
      const rich = side => concat(side.client.head('sudo', 'sudo'), side.client.call('balances', 'forceSetBalance', { Id: hex0x(key.account) }, START * side.deposit));
      if (done === 0 || random.chance(60)) for (const side of sides) await side.apply(rich, root, () => ({}));
    }
    for (let left = EXTRINSICS; left > 0; left--) {
      // The root account only calls as Root: were it drained, nobody could be given money any more.
      const key = random.chance(35) ? root : random.pick(keys.slice(1));
      calls.last = key;
      const inner = calls.next(key.account), options = calls.options();
      const make = key === root ? side => concat(side.client.head('sudo', 'sudo'), inner(side)) : inner;
      const [a, b] = [await sides[0].apply(make, key, options), await sides[1].apply(make, key, options)];
      const same = a.told === b.told && JSON.stringify(a.names) === JSON.stringify(b.names);
      applied++;
      answers.set(b.told, (answers.get(b.told) ?? 0) + 1);
      if (same) report.passed++;
      else if (FEES_AND_WEIGHTS.has(a.told) || FEES_AND_WEIGHTS.has(b.told)) apart++;
      else {
        const text = `ours ${a.told} [${a.names.join(' ')}], FRAME ${b.told} [${b.names.join(' ')}]`;
        if (!differences.has(text)) differences.set(text, hex0x(make(sides[0])).slice(0, 300));
      }
    }
    for (const side of sides) await side.author.finish();
    compare('collators', done, side => side.collators(keys.map(key => key.account)));
    // The genesis of penpal gives the root account references of its own.
    for (const account of [...keys.slice(1).map(key => key.account), ...calls.strangers]) {
      const [a, b] = sides.map(side => side.counters(account));
      if (a === b) report.passed++;
      else if (apart === 0) differences.set(`account ${hex0x(account)}: ours ${a}, FRAME ${b}`, `after block ${done + 1}`);
    }
    if ((done + 1) % GROUP === 0) console.log(`ok blocks to ${done + 1}: ${report.passed} checks the same, ${applied} calls, ${apart} apart in fee or weight, ${sessions} sessions`);
  }
  console.log(`answers: ${[...answers].sort((a, b) => b[1] - a[1]).map(([key, n]) => `${key} ${n}`).join(', ')}`);
  for (const [text, call] of differences) report.fail(text, call);
  report.end();
}

await runSuite(SUITE, main);

// twins: random blocks through the native twin and through the blob in V8. Every answer, the state after every call, the
// header and the body must be equal; then both import the block by Core_execute_block, and refuse altered copies of it.
//
// SEED= repeats a run, BLOCKS= says how many blocks, NATIVE= is another command of the native twin.
import { compact, concat, equal, hex0x, le, splitVector, vector } from '../host/bytes.mjs';
import { Author, decodeHeader, localExecutor, splitExtrinsics, startChain } from '../host/chain.mjs';
import { clientOf } from '../host/client.mjs';
import { blake2_256 } from '../host/hashes.mjs';
import { load } from '../host/host.mjs';
import { NativeExecutor, nativeCommand, wasm2cCommand } from '../host/native.mjs';
import { Report, giveUp, runSuite } from '../host/report.mjs';
import { readBlob } from '../host/tools.mjs';
import { Generator } from './generate.mjs';
import { Random } from './random.mjs';
import { MarketFlow } from './market-flow.mjs';
import { ModelsFlow } from './models-flow.mjs';

const SUITE = 'twins';
const GROUP = 10, MOST_EXTRINSICS = 12, ALTERATIONS = 3;
/** The slower third executor takes part in so many blocks. */
const WASM2C_BLOCKS = 200;

/** What so many blocks of the market's flow have seen but for two, whatever the seed: chance decides. */
const FULL_RUN = 200, MAY_MISS = 2, SEEN_IN_FULL_RUN = [
  'compute.ProviderRegistered', 'compute.Advertised', 'compute.Delegated', 'jobs.JobSubmitted', 'jobs.SeedFixed', 'jobs.SeatAccepted', 'jobs.Revealed',
  'jobs.Ended Settled', 'jobs.Refunded', 'compute.ProviderPaid', 'compute.Struck|compute.SlashReported', 'rewards.PointsCredited', 'rewards.EpochClosed',
  'rewards.Settled',
];

/** Several flows as one: each step is of any of them, of the later ones more often. */
class Flows {
  constructor(random, flows) {
    Object.assign(this, { random, flows });
    this.last = null;
  }

  next(generator) {
    this.last = this.flows.length ? this.random.pick([...this.flows, ...this.flows.slice(1), ...this.flows.slice(1), ...this.flows.slice(1)]) : null;
    return this.last?.next(generator) ?? null;
  }

  applied(result) { this.last?.applied(result); }
}

/** The blob in V8 and its twins as one executor: answers and state roots are compared after every call. */
class Pair {
  /** @param others [{name, executor}] */
  constructor(local, others) {
    this.local = local;
    this.others = others;
    this.compared = 0;
  }

  beginBlock() { this.local.beginBlock(); }

  async call(name, bytes, options) {
    const ours = this.local.call(name, bytes, options);
    const about = () => `${name}(${hex0x(bytes ?? new Uint8Array(0)).slice(0, 400)})`;
    for (const other of this.others) {
      const theirs = await other.executor.call(name, bytes, options);
      const same = ours.trap === undefined ? theirs.trap === undefined && equal(ours.result, theirs.result) : theirs.trap !== undefined;
      if (!same) throw new Error(`${about()}: blob ${show(ours)}, ${other.name} ${show(theirs)}`);
      this.compared++;
    }
    if (options?.commit !== false && ours.trap === undefined) await this.compareRoots(about);
    return ours;
  }

  async compareRoots(about) {
    const ours = this.local.root();
    for (const { name, executor } of this.others) {
      this.compared++;
      if (!equal(ours, await executor.root())) throw new Error(`${about()}: states differ from ${name}: ${difference(this.local.dump(), await executor.dump())}`);
    }
  }

  async setState(state) {
    this.local.setState(new Map(state));
    for (const { executor } of this.others) await executor.setState(state);
    await this.compareRoots(() => 'genesis');
  }

  /** Goes on without one of the twins. */
  drop(name) {
    for (const other of this.others) if (other.name === name) other.executor.close();
    this.others = this.others.filter(other => other.name !== name);
  }

  close() { for (const { executor } of this.others) executor.close(); }
}

const show = answer => (answer.trap === undefined ? hex0x(answer.result).slice(0, 300) : `trap (${answer.trap})`);

function difference(a, b) {
  const all = [...new Set([...a.keys(), ...b.keys()])].filter(key => !(a.has(key) && b.has(key) && equal(a.get(key), b.get(key))));
  const text = value => (value === undefined ? 'absent' : hex0x(value).slice(0, 200));
  return all.slice(0, 4).map(key => `0x${key}: blob ${text(a.get(key))}, twin ${text(b.get(key))}`).join('; ');
}

/** Entry points that build or import blocks, or write a genesis: the blocks call these. */
const NOT_PROBED = /^(Core_|BlockBuilder_|GenesisBuilder_build_state|SessionKeys_generate|validate_block)/;
const PROBES = 3;

/** Any other entry point with arguments at random, often ones that decode: the twins answer, or trap, alike. */
async function probe(pair, random, exports, accounts) {
  for (let left = PROBES; left > 0; left--) {
    const fixed = random.pick([
      () => new Uint8Array(0), () => random.bytes(random.below(40)), () => le(random.below(12), 8), () => concat(le(random.below(12), 8), le(random.below(4), 4)),
      () => random.pick(accounts), () => concat(le(random.below(12), 8), random.pick(accounts), le(0, 4)), () => le(random.below(20), 4),
    ]);
    await pair.call(random.pick(exports), fixed(), { commit: false });
  }
}

/** Altered copies of a block, each of which must be refused. */
function alterations(random, block) {
  const { number } = decodeHeader(block), rootAt = 32 + compact(number).length;
  const headerSize = block.length - vector(splitBody(block)).length;
  const flip = (from, to) => {
    const copy = Uint8Array.from(block);
    copy[from + random.below(to - from)] ^= 1 << random.below(8);
    return copy;
  };
  const body = splitBody(block), header = block.slice(0, headerSize), at = random.below(body.length);
  const rebuilt = items => concat(header, vector(items));
  const choices = [
    ['state root', () => flip(rootAt, rootAt + 32)],
    ['extrinsics root', () => flip(rootAt + 32, rootAt + 64)],
    ['parent hash', () => flip(0, 32)],
    ['digest', () => flip(rootAt + 65, headerSize)],
    ['extrinsic', () => flip(headerSize + 1, block.length)],
    ['dropped extrinsic', () => rebuilt(body.filter((_, i) => i !== at))],
    ['repeated extrinsic', () => rebuilt([...body, body[at]])],
    ['reversed order', () => rebuilt([...body].reverse())],
  ];
  return Array.from({ length: ALTERATIONS }, (_, i) => (i === 0 ? choices[0] : random.pick(choices))).map(([name, make]) => ({ name, bytes: make() }));
}

/** Extrinsics of an encoded block: the header ends where a vector fits the rest exactly, read from its own fields. */
function splitBody(block) {
  const { rest } = decodeHeader(block);
  return splitExtrinsics(rest.slice(digestSize(rest)));
}

/** Size of an encoded digest at the start of `bytes`. */
function digestSize(bytes) {
  let at = 1;
  const length = () => {
    const items = splitVector(concat(Uint8Array.of(4), bytes.slice(at)));
    at += compact(items[0].length).length + items[0].length;
  };
  for (let count = bytes[0] >> 2; count > 0; count--) {
    const kind = bytes[at++];
    if (kind === 4 || kind === 5 || kind === 6) at += 4;
    if (kind !== 8) length();
  }
  return at;
}

async function main() {
  const blob = readBlob(SUITE), command = nativeCommand();
  if (!command) giveUp(SUITE, 'there is no native twin: run "make native" first, or set NATIVE');
  const seed = Number(process.env.SEED || Date.now() % 0xffffffff), blocks = Number(process.env.BLOCKS || 200);
  console.log(`seed ${seed}, ${blocks} blocks (SEED=${seed} BLOCKS=${blocks} repeats this run)`);
  const report = new Report(SUITE), random = new Random(seed);

  const start = await startChain(load(blob), blob), header = start.header;
  const client = await clientOf(start.executor);
  const third = process.env.NATIVE ? null : wasm2cCommand();
  if (!third) console.log('note: the blob as C (wasm2c) is not there; two executors are compared, not three');
  const make = () => new Pair(localExecutor(load(blob)), [
    { name: 'native', executor: new NativeExecutor(command) },
    ...(third ? [{ name: 'wasm2c', executor: new NativeExecutor(third) }] : []),
  ]);
  const builder = make(), importer = make();
  const tally = new Map(), answers = new Map(), events = new Map();
  const count = (map, key) => map.set(key, (map.get(key) ?? 0) + 1);
  try {
    for (const pair of [builder, importer]) await pair.setState(start.state);
    const author = new Author(builder, start.facts, header);
    const generator = new Generator({
      client, random, author, state: () => builder.local.chain.state, flow: new Flows(random, [ModelsFlow, MarketFlow].filter(Flow => Flow.fits(client)).map(Flow => new Flow(client, random))),
    });
    const probed = WebAssembly.Module.exports(builder.local.chain.module)
      .filter(({ kind, name }) => kind === 'function' && !NOT_PROBED.test(name)).map(({ name }) => name);
    for (let done = 0; done < blocks; done++) {
      const before = builder.compared + importer.compared;
      await oneBlock({ author, generator, random, builder, importer, count: key => count(tally, key), answer: key => count(answers, key), event: key => count(events, key) });
      await probe(importer, random, probed, generator.keys.map(key => key.account));
      const checked = builder.compared + importer.compared - before;
      report.passed += checked;
      if (third && done + 1 === WASM2C_BLOCKS) {
        for (const pair of [builder, importer]) pair.drop('wasm2c');
        console.log(`ok ${WASM2C_BLOCKS} blocks were the same in the blob as C too`);
      }
      if ((done + 1) % GROUP === 0 || done + 1 === blocks) console.log(`ok blocks to ${author.number}: ${report.passed} comparisons so far`);
    }
    console.log(`extrinsics by kind: ${listed(summed(tally, key => key.split('/')[0]))}`);
    console.log(`extrinsics by fault: ${listed(summed(tally, key => key.split('/')[1]))}`);
    console.log(`answers: ${listed(answers)}`);
    console.log(`events: ${listed(events)}`);
    const missing = blocks >= FULL_RUN && client.has('jobs', 'submitJob') ? SEEN_IN_FULL_RUN.filter(name => !name.split('|').some(one => events.has(one))) : [];
    if (missing.length > MAY_MISS) report.fail(`seed ${seed}`, `${blocks} blocks without ${missing.join(', ')}`);
  } catch (error) {
    report.fail(`seed ${seed}`, error.message);
  } finally {
    for (const pair of [builder, importer]) pair.close();
  }
  report.end();
}

const listed = map => [...map].sort((a, b) => b[1] - a[1]).map(([key, n]) => `${key} ${n}`).join(', ');

function summed(map, group) {
  const out = new Map();
  for (const [key, n] of map) out.set(group(key), (out.get(group(key)) ?? 0) + n);
  return out;
}

async function oneBlock({ author, generator, random, builder, importer, count, answer, event }) {
  const parent = author.parent;
  const opened = await author.begin();
  if (opened.trap !== undefined) throw new Error(`block ${author.number + 1}: initialize_block trapped: ${opened.trap}`);
  for (const inherent of await author.inherents()) {
    const { result, trap } = await author.apply(inherent);
    if (result?.[0] !== 0 || result[1] !== 0) throw new Error(`inherent: ${trap ?? hex0x(result)}`);
  }
  for (let left = 1 + random.below(MOST_EXTRINSICS); left > 0; left--) {
    const { bytes, what } = generator.next();
    // The pool's question is put to the state before the block, where the importers still are.
    if (random.chance(40)) {
      await importer.call('TaggedTransactionQueue_validate_transaction', concat(Uint8Array.of(random.below(3)), bytes, blake2_256(parent)), { commit: false });
    }
    const { result, trap } = await author.apply(bytes);
    generator.flow?.applied(result);
    count(what);
    answer(trap !== undefined ? `trap (${trap})` : kindOf(result));
  }
  const told = builder.local.chain.state.get(generator.client.key('system', 'events'));
  for (const { name, data } of generator.client.eventList(told)) event(name === 'jobs.Ended' ? `${name} ${data[1]}` : name);
  const { block, trap } = await author.finish();
  if (trap !== undefined) throw new Error(`block ${author.number + 1}: finalize_block trapped: ${trap}`);
  for (const { name, bytes } of alterations(random, block)) {
    const got = await importer.call('Core_execute_block', bytes, { commit: false });
    if (got.trap === undefined) throw new Error(`block ${author.number} accepted with altered ${name}: ${hex0x(bytes)}`);
  }
  importer.beginBlock();
  const imported = await importer.call('Core_execute_block', block, { commit: true });
  if (imported.trap !== undefined) throw new Error(`block ${author.number} refused on import: ${imported.trap}: ${hex0x(block).slice(0, 2000)}`);
  if (!equal(importer.local.root(), decodeHeader(author.parent).stateRoot)) throw new Error(`block ${author.number}: root after import is not the header's`);
}

/** Answers of apply_extrinsic in groups: applied, dispatch error by kind, refused by reason. */
function kindOf(result) {
  if (result[0] === 0) return result[1] === 0 ? 'applied' : `failed ${hex0x(result.slice(2, result[2] === 3 ? 5 : 4))}`;
  return `refused ${hex0x(result)}`;
}

await runSuite(SUITE, main);

// bad input: everything undecodable, wrongly signed, stale, unpayable, forbidden or too large gets its exact answer and
// changes nothing; on the blob in V8 and on the native twin.
//
// --frame runs the table on a FRAME blob ($BLOB): there, undecodable extrinsics trap instead of being answered.
import { equal, hex0x } from '../host/bytes.mjs';
import { localExecutor, startChain } from '../host/chain.mjs';
import { clientOf } from '../host/client.mjs';
import { load } from '../host/host.mjs';
import { NativeExecutor, nativeCommand } from '../host/native.mjs';
import { Report, runSuite } from '../host/report.mjs';
import { readBlob } from '../host/tools.mjs';
import { Bed } from './bed.mjs';
import { runBlocks } from './blocks.mjs';
import { runFaults, runNativeFaults } from './faults.mjs';
import { apiRows } from './rows-api.mjs';
import { dispatchRows, limitRows } from './rows-dispatch.mjs';
import { formatRows } from './rows-format.mjs';
import { marketRows } from './rows-market.mjs';
import { UNDECODABLE, validityRows } from './rows-validity.mjs';

const frame = process.argv.includes('--frame');
/** Answer to bytes that are no extrinsic: Invalid(Call). */
const INVALID_CALL = '0x010000';

const shown = answer => (answer.trap !== undefined ? 'trap' : hex0x(answer.result));
const wanted = expect => (expect === UNDECODABLE ? (frame ? 'trap' : INVALID_CALL) : expect);

/** Why an answer is not what is expected, or null. */
function mismatch(answer, expect) {
  const got = shown(answer), want = wanted(expect);
  if (typeof want === 'object') return want.holds(got) ? null : `expected ${want.text}, got ${got.slice(0, 120)}`;
  return got === want ? null : `expected ${want}, got ${got.slice(0, 120)}${answer.trap ? ` (${answer.trap.slice(0, 120)})` : ''}`;
}

/** Keys that a failed dispatch may change: the block's books, the signer, whoever gets the fee. */
class Allowed {
  constructor(client) {
    const { key } = client, prefix = (pallet, item) => key.call(client, pallet, item);
    this.client = client;
    this.exact = new Set(['3a65787472696e7369635f696e646578', '3a696e747261626c6f636b5f656e74726f7079', prefix('balances', 'totalIssuance')]);
    this.accounts = client.key('system', 'account', `0x${'00'.repeat(32)}`).slice(0, 64);
    this.system = this.accounts.slice(0, 32);
    this.payment = client.key('transactionPayment', 'nextFeeMultiplier').slice(0, 32);
  }

  /** @param keys changed keys; signer: bytes of the account. Returns the first that must not have changed, or null. */
  offender(keys, signer, others) {
    const people = new Set([signer, ...others].map(account => this.client.key('system', 'account', hex0x(account))));
    for (const key of keys) {
      if (key.startsWith(this.accounts)) {
        if (!people.has(key)) return key;
      } else if (!key.startsWith(this.system) && !key.startsWith(this.payment) && !this.exact.has(key)) return key;
    }
    return null;
  }
}

/** Judges what a committed extrinsic did to the state `start`. */
async function effects(bed, allowed, row, start, answer) {
  const after = await bed.executor.dump(), keys = Bed.changed(start, after);
  const eventKey = bed.client.key('system', 'events'), told = row.state ? bed.client.eventList(start.get(eventKey)).length : bed.eventCount;
  const events = bed.client.eventList(after.get(eventKey));
  const own = events.slice(told), last = own.at(-1);
  const said = own.map(event => `${event.name} ${JSON.stringify(event.data)}`);
  if (row.event && !said.some(line => row.event.test(line))) return `no event ${row.event}: ${said.join(', ').slice(0, 300)}`;
  if (row.sudid) {
    const raw = hex0x(after.get(bed.client.key('system', 'events')));
    if (!raw.includes(row.sudid().slice(2))) return `the events do not hold ${row.sudid()}: ${said.join(', ').slice(0, 300)}`;
  }
  if (answer.result[1] === 0) return null;
  if (last?.name !== 'system.ExtrinsicFailed') return `the last event is ${last?.name}`;
  if (row.unsigned) {
    const touched = allowed.offender(keys, new Uint8Array(32), []);
    return touched ? `0x${touched} changed` : null;
  }
  const signer = row.signer ?? bed.dave, paid = own.find(event => event.name === 'transactionPayment.TransactionFeePaid');
  const feeTakers = own.filter(event => event.name === 'balances.Deposit').map(event => bed.client.registry.createType('AccountId', event.data[0]).toU8a());
  const offender = allowed.offender(keys, signer.account, feeTakers);
  if (offender) return `0x${offender} changed`;
  const was = bed.account(start, signer), is = bed.account(after, signer);
  if (is.nonce !== was.nonce + 1) return `the nonce went from ${was.nonce} to ${is.nonce}`;
  if (!paid || was.free - is.free !== BigInt(paid.data[1])) return `the signer paid ${was.free - is.free}, the event says ${paid?.data[1]}`;
  return null;
}

async function tryRow(bed, allowed, row) {
  for (const [what, make] of row.each ?? []) {
    const why = await tryRow(bed, allowed, { ...row, each: null, make });
    if (why) return `${what}: ${why}`;
  }
  if (row.each) return row.each.length ? null : 'nothing was tried';
  const bytes = row.make();
  const changed = Boolean(row.prepare ?? row.state), start = row.state ?? bed.open.state;
  if (changed) {
    const state = new Map(start);
    row.prepare?.(state);
    await bed.executor.setState(state);
  }
  const before = await bed.executor.root();
  const expect = frame && row.frame ? row.frame : row.expect;
  if (row.queue !== false && !(frame && row.expect === UNDECODABLE)) {
    const queue = row.queue || row.validate || (row.dispatched || expect === '0x0000' ? null : expect);
    const answer = await bed.validate(bytes);
    const why = queue ? mismatch(answer, queue) : (shown(answer).startsWith('0x00') ? null : `expected a valid transaction, got ${shown(answer)}`);
    if (why) return `validate_transaction: ${why}`;
    if (!equal(before, await bed.executor.root())) return 'validate_transaction changed the state';
  }
  const answer = await bed.executor.call('BlockBuilder_apply_extrinsic', bytes, { commit: 'ok' });
  let why = mismatch(answer, expect);
  if (!why && answer.result?.[0] === 0) why = await effects(bed, allowed, row, start, answer);
  if (!equal(before, await bed.executor.root())) {
    if (!why && answer.result?.[0] !== 0) why = 'the state changed';
    await bed.executor.setState(new Map(bed.open.state));
  } else if (changed) await bed.executor.setState(new Map(bed.open.state));
  return why;
}

async function runApi(bed, check) {
  await bed.restore(bed.closed);
  const before = await bed.executor.root();
  for (const { name, fn, args, expect } of apiRows(bed)) {
    // What is refused or traps must change nothing even when the caller would keep the changes.
    const answer = await bed.executor.call(fn, args, { commit: false });
    check(name, mismatch(answer, expect) ?? (equal(before, await bed.executor.root()) ? null : 'the state changed'));
  }
}

async function runAll(label, executor, client, genesis, report) {
  const bed = new Bed(executor, client, genesis), allowed = new Allowed(client);
  const check = (name, why) => (why ? report.fail(`${label}: ${name}`, why) : report.pass(`${label}: ${name}`));
  await bed.prepare();
  await bed.readNonces();
  bed.eventCount = client.eventList(bed.open.state.get(client.key('system', 'events'))).length;
  const rows = [...validityRows(bed), ...formatRows(bed), ...await dispatchRows(bed), ...await marketRows(bed), ...limitRows(bed)].filter(row => !(frame && row.large));
  for (const row of rows) {
    try { check(row.name, await tryRow(bed, allowed, row)); } catch (error) {
      check(row.name, error.message);
      await bed.executor.setState(new Map(bed.open.state));
    }
  }
  await runBlocks(bed, check);
  await runApi(bed, check);
}

async function main() {
  const blob = readBlob('bad input'), report = new Report('bad input');
  const genesis = await startChain(load(blob), blob), client = await clientOf(genesis.executor);
  const shared = { header: genesis.header, state: genesis.state, exports: name => genesis.executor.chain.exports(name) };
  await runAll('blob', localExecutor(load(blob)), client, shared, report);
  await runFaults(blob, client, shared, report);
  const command = frame && !process.env.NATIVE ? null : nativeCommand();
  if (command) {
    const native = new NativeExecutor(command);
    try {
      await runAll('native', native, client, shared, report);
      if (!process.env.NATIVE) await runNativeFaults(native, client, shared, report);
    } catch (error) { report.fail('native', error.message); }
    native.close();
  } else if (!frame) report.fail('native', 'there is no native twin: run "make native" first, or set NATIVE');
  report.end();
}

await runSuite('bad input', main);

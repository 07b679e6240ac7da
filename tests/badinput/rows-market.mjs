// The market's pallets. Every call of the metadata, made unreadable at each of its bytes; and calls that fail in dispatch.
import { compact, concat, fromHex, hex0x, le, toHex } from '../host/bytes.mjs';
import { Market, UNIT, ZERO } from '../host/market.mjs';
import { UNDECODABLE } from './rows-validity.mjs';

const PALLETS = ['Compute', 'Jobs', 'Rewards'];
/** Bounds of vectors inside structures: there the metadata does not name the type. */
const BOUNDS = { locator: 128, allow: 16, deps: 4 };
const SIZES = { u8: 1, u16: 2, u32: 4, u64: 8, u128: 16, i8: 1, i16: 2, i32: 4, i64: 8, i128: 16 };
const COMPACT_NOT_SHORTEST = fromHex('0100');
const most = bytes => compact((1n << BigInt(8 * bytes)) - 1n);

/** A value with the ways to spoil it: {bytes, wrong: [[what, bytes]]}. */
const join = parts => ({
  bytes: concat(...parts.map(part => part.bytes)),
  wrong: parts.flatMap((part, i) => part.wrong.map(([what, bytes]) => [
    what, concat(...parts.slice(0, i).map(before => before.bytes), bytes, ...parts.slice(i + 1).map(after => after.bytes)),
  ])),
});
const named = (name, value) => ({ bytes: value.bytes, wrong: value.wrong.map(([what, bytes]) => [name ? `${name}: ${what}` : what, bytes]) });

/** Encodes a small value of any type of the metadata: options given, vectors of one. */
class Samples {
  constructor(registry) { this.registry = registry; }

  fields(list) {
    return join(list.map(field => {
      const name = field.name.isSome ? field.name.unwrap().toString() : '', text = field.typeName.isSome ? field.typeName.unwrap().toString() : '';
      const bound = /^BoundedVec<.*, (\d+)>$/.exec(text)?.[1] ?? BOUNDS[name];
      return named(name, this.of(field.type, bound && Number(bound)));
    }));
  }

  of(type, bound) {
    const { def } = this.registry.lookup.getSiType(type);
    if (def.isComposite) return def.asComposite.fields.length === 1 ? this.single(def.asComposite.fields[0], bound) : this.fields(def.asComposite.fields);
    if (def.isVariant) return this.variant([...def.asVariant.variants]);
    if (def.isSequence) return this.sequence(def.asSequence.type, bound);
    if (def.isArray) return join(Array.from({ length: def.asArray.len.toNumber() }, () => this.of(def.asArray.type)));
    if (def.isTuple) return join([...def.asTuple].map(item => this.of(item)));
    if (def.isCompact) return { bytes: compact(1), wrong: [['a compact not in its shortest form', COMPACT_NOT_SHORTEST]] };
    if (!def.isPrimitive) throw new Error(`no sample of type ${type}: ${def.type}`);
    return Samples.primitive(def.asPrimitive.type.toLowerCase());
  }

  /** A structure of one field may be a vector that knows its bound from whoever holds it. */
  single(field, bound) { return bound === undefined ? this.fields([field]) : this.of(field.type, bound); }

  static primitive(name) {
    if (name === 'bool') return { bytes: Uint8Array.of(1), wrong: [2, 255].map(byte => [`a bool of ${byte}`, Uint8Array.of(byte)]) };
    if (!SIZES[name]) throw new Error(`no sample of ${name}`);
    return { bytes: le(1, SIZES[name]), wrong: [] };
  }

  /** Of the first variant that has fields, if any; wrong with the numbers between and right after its variants' and the largest. */
  variant(variants) {
    const known = new Set(variants.map(item => item.index.toNumber())), chosen = variants.find(item => item.fields.length) ?? variants[0];
    const inner = this.fields(chosen.fields), wrong = [...Array(Math.max(...known) + 2).keys(), 128, 255].filter(i => !known.has(i));
    return {
      bytes: concat(Uint8Array.of(chosen.index.toNumber()), inner.bytes),
      wrong: [
        ...wrong.map(i => [`an enumeration of ${i}`, concat(Uint8Array.of(i), inner.bytes)]),
        ...inner.wrong.map(([what, bytes]) => [what, concat(Uint8Array.of(chosen.index.toNumber()), bytes)]),
      ],
    };
  }

  sequence(type, bound) {
    const item = this.of(type), rest = item.bytes, wrong = [
      ['a vector with fewer items than it says', concat(most(4), rest)], ['a vector of 2^64 - 1', concat(most(8), rest)],
      ['a length not in its shortest form', concat(fromHex('0500'), rest)],
    ];
    if (bound !== undefined) wrong.push([`a vector of ${bound + 1} of at most ${bound}`, concat(compact(bound + 1), ...Array.from({ length: bound + 1 }, () => rest))]);
    return { bytes: concat(compact(1), rest), wrong: [...wrong, ...item.wrong.map(([what, bytes]) => [what, concat(compact(1), bytes)])] };
  }
}

/** For each call a row of what is refused, and one that shows that the call read well before it was spoilt. */
function unreadableRows(bed) {
  const { client, dave } = bed, samples = new Samples(client.registry), rows = [], from = bytes => bed.signed(bytes, dave);
  const all = client.metadata.asLatest.pallets.filter(pallet => PALLETS.includes(pallet.name.toString()));
  for (const pallet of all) {
    for (const call of client.registry.lookup.getSiType(pallet.calls.unwrap().type).def.asVariant.variants) {
      const name = `${pallet.name}.${call.name}`, head = { bytes: Uint8Array.of(pallet.index.toNumber(), call.index.toNumber()), wrong: [] };
      const { bytes, wrong } = join([head, samples.fields(call.fields)]);
      const refused = (what, each) => rows.push({ name: `${name} ${what}`, each: each.map(([detail, cut]) => [detail, () => from(cut)]), expect: UNDECODABLE });
      rows.push({ name: `${name} that can be read (control)`, make: () => from(bytes), expect: { text: 'it was dispatched', holds: hex => hex.startsWith('0x00') }, dispatched: true });
      refused(`cut after each of its ${bytes.length} bytes`, Array.from(bytes, (_, size) => [`${size} bytes`, bytes.slice(0, size)]));
      refused('with a byte too many', [['one byte more', concat(bytes, Uint8Array.of(0))]]);
      if (wrong.length) refused(`with a value that its type does not have, ${wrong.length} ways`, wrong);
    }
  }
  return rows;
}

/** Calls that fail, [what, call, pallet and error], by one who is nobody to the market. */
function strangerCalls(bed, make) {
  const dave = hex0x(bed.dave.account), result = make.result(new Uint8Array(32).fill(1)), spec = more => make.spec(1, more);
  const fees = { provider: 780000000, model: 100000000, auditors: 0, treasury: 30000000, burn: 90000000 };
  return [
    ['registration without a bond', make.register(bed.dave, { bond: 0n }), 'Compute.BelowMinBond'],
    ['registration in region 64', make.register(bed.dave, { region: 64 }), 'Compute.BadRegion'],
    ['registration without slots', make.register(bed.dave, { slots: 0 }), 'Compute.BadSlots'],
    ['registration with a commission above the maximum', make.register(bed.dave, { commission: 300000001 }), 'Compute.CommissionTooHigh'],
    ['registration with an operator who did not consent', make.register(bed.dave, { operator: hex0x(bed.nobody.account) }), 'Compute.BadConsent'],
    ['registration with a bond that nobody has', make.register(bed.dave, { bond: (1n << 128n) - 1n }), 'Compute.LowFunds'],
    ...['chill', 'resume', 'unjail', 'heartbeat'].map(name => [`${name} by a stranger`, make.compute(name), 'Compute.NotProvider']),
    ['more bond by a stranger', make.compute('bondMore', UNIT), 'Compute.NotProvider'],
    ['an ad by a stranger', make.advertise(1, 5n), 'Compute.NotProvider'],
    ['delegation to no pool', make.compute('delegate', 99, UNIT), 'Compute.PoolMissing'],
    ['claim from no pool', make.compute('claim', 99), 'Compute.PoolMissing'],
    ['withdrawal from no pool', make.compute('withdraw', 99, 1), 'Compute.PoolMissing'],
    ['claim of what is not due', make.compute('claimDue', dave), 'Compute.NothingToClaim'],
    ['a slash that is not there', make.compute('applySlash', 7), 'Compute.NoSlash'],
    ['sweep of no provider', make.compute('sweepProvider', dave), 'Compute.NotProvider'],
    ['cancel_slash by a signed origin', make.compute('cancelSlash', 7), null],
    ['a job of mode 1', make.submit(spec({ mode: 'Optimistic' })), 'Jobs.BadMode'],
    ['a job with a canary', make.submit(spec({ canary: `0x${'01'.repeat(32)}` })), 'Jobs.FieldOff'],
    ['a job in asset 1', make.submit(spec({ asset: 1 })), 'Jobs.BadAsset'],
    ['a job with a quorum of half', make.submit(spec({ n: 4, q: 2 })), 'Jobs.BadQuorum'],
    ['a job with a window of 0', make.submit(spec({ windows: { accept: 0, commit: 200, reveal: 50, challenge: 0 } })), 'Jobs.WindowTooShort'],
    ['a job whose providers are named twice', make.submit(spec({ allow: [dave, dave] })), 'Jobs.BadAllow'],
    ['a job of no model', make.submit(make.spec(99)), 'Models.UnknownModel'],
    ['accept of no job', make.jobs('accept', 99, 0), 'Jobs.UnknownJob'], ['decline of no job', make.jobs('decline', 99, 0, 'Busy'), 'Jobs.UnknownJob'],
    ['top_up of no job', make.jobs('topUp', 99, 1n), 'Jobs.UnknownJob'], ['cancel of no job', make.jobs('cancelJob', 99), 'Jobs.UnknownJob'],
    ['assign of no job', make.jobs('assign', 99, 0), 'Jobs.UnknownJob'], ['bid for no job', make.jobs('bid', 99, ZERO), 'Jobs.UnknownJob'],
    ['commit to no job', make.jobs('commit', 99, 0, ZERO), 'Jobs.UnknownJob'], ['reveal for no job', make.jobs('reveal', 99, 0, result, '0x'), 'Jobs.UnknownJob'],
    ['finalise of no job', make.jobs('finalise', 99), 'Jobs.UnknownJob'], ['removal of no job', make.jobs('removeJob', 99), 'Jobs.UnknownJob'],
    ['claim of what no job owes', make.jobs('claimDue', dave), 'Jobs.NothingToClaim'], ['sweep of nothing', make.jobs('sweepDue', dave), 'Jobs.NothingToClaim'],
    ['settling of an open epoch', make.rewards('settle', 0xffffffff, dave, 'Client'), 'Rewards.EpochOpen'],
    ['closing of an open epoch', make.rewards('closeEpoch', 0xffffffff), 'Rewards.EpochOpen'],
    ['expiry of 0 lines', make.rewards('expire', 0, 0), 'Rewards.BadMax'], ['expiry of 65 lines', make.rewards('expire', 0, 65), 'Rewards.BadMax'],
    ['expiry of a young epoch', make.rewards('expire', 0, 1), 'Rewards.NotExpired'],
    ['claim of rewards that are not due', make.rewards('claimDue', dave), 'Rewards.NothingToClaim'],
    ['set_schedule by a signed origin', make.rewards('setSchedule', { kappa: 1, workCap: 1, capacity: 0 }), null],
    ['set_fee_split by a signed origin', make.rewards('setFeeSplit', fees), null],
  ];
}

/** The same by a provider, who registers first. */
function providerCalls(bed, make, pool) {
  return [
    ['registration once more', make.register(bed.alice), 'Compute.AlreadyProvider'],
    ['bond_more of 0', make.compute('bondMore', 0n), 'Compute.ZeroShares'],
    ['request_unbond of 0', make.compute('requestUnbond', 0n), 'Compute.ZeroShares'],
    ['request_unbond of more than the bond', make.compute('requestUnbond', 5000n * UNIT), 'Compute.NoShares'],
    ['request_unbond of all by one who is not Idle', make.compute('requestUnbond', 4000n * UNIT), 'Compute.BadState'],
    ['request_unbond that leaves too little', make.compute('requestUnbond', 2000n * UNIT + 1n), 'Compute.BelowMinBond'],
    ['delegation to the own pool', make.compute('delegate', pool, UNIT), 'Compute.OwnPool'],
    ['an ad for no model', make.advertise(99, 5n), 'Compute.UnknownModel'],
    ['withdrawal of no ad', make.compute('withdrawAd', 1), 'Compute.AdMissing'],
    ['sweep of one who has not left', make.compute('sweepProvider', hex0x(bed.alice.account)), 'Compute.NotLeft'],
  ];
}

/** The open block's state after alice became a provider, and its pool. */
async function withProvider(bed, make) {
  await bed.restore(bed.open);
  const { client, executor } = bed, pool = client.value('compute', 'nextPool', bed.open.state.get(client.key('compute', 'nextPool')))?.toNumber() ?? 1;
  const answer = await executor.call('BlockBuilder_apply_extrinsic', bed.signed(make.register(bed.alice), bed.alice), { commit: 'ok' });
  if (hex0x(answer.result ?? new Uint8Array(1)) !== '0x0000') throw new Error(`registration: ${answer.trap ?? hex0x(answer.result)}`);
  const state = await executor.dump();
  await bed.restore(bed.open);
  return { state, pool };
}

/** Rows as in rows-dispatch.mjs; `each` instead of `make`: [what, make] that all get the same answer; `state`: on which they are tried. */
export const marketRows = async bed => {
  const { client, alice, dave } = bed;
  if (!Market.fits(client)) return [];
  const make = new Market(client), { state, pool } = await withProvider(bed, make), nonce = bed.nonces.get(alice) + 1;
  const expected = error => {
    if (error === null) return '0x000102';
    const found = client.moduleError(...error.split('.'));
    return `0x000103${toHex([found.index, found.error])}000000`;
  };
  const row = (who, name, bytes, error, more) => ({ name: `${who}: ${name}`, make: () => bytes, expect: expected(error), dispatched: true, ...more });
  return [
    ...unreadableRows(bed),
    ...strangerCalls(bed, make).map(([name, call, error]) => row('market', name, bed.signed(call, dave), error)),
    ...providerCalls(bed, make, pool).map(([name, call, error]) => row('provider', name, bed.signed(call, alice, { nonce }), error, { state, signer: alice })),
  ];
};

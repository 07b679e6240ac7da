// Blocks that must not come to be: each is tried from the end of the last block, and the step that is wrong has to trap.
import { concat, equal, hex0x, toHex, u32le, utf8, vector, withLength } from '../host/bytes.mjs';

/** Replaces the only place where `old` stands in `bytes`. */
function replaced(bytes, old, now) {
  const text = toHex(bytes), at = text.indexOf(toHex(old));
  if (at < 0 || at % 2 !== 0) throw new Error('the bytes to replace are not there');
  return concat(bytes.slice(0, at / 2), now, bytes.slice(at / 2 + old.length));
}

const flipped = (bytes, at) => {
  const copy = Uint8Array.from(bytes);
  copy[at] ^= 1;
  return copy;
};

/** Each case: {name, run(bed, author, inherents) -> answer of the step that must trap}. Inherents: [validation data, timestamp]. */
export const blockCases = [
  ['set_validation_data missing', async (bed, author, [, time]) => {
    await author.apply(time);
    return author.finish();
  }],
  ['timestamp missing', async (bed, author, [data]) => {
    await author.apply(data);
    return author.finish();
  }],
  ['no inherent at all', async (bed, author) => author.finish()],
  ['set_validation_data twice', async (bed, author, [data]) => {
    await author.apply(data);
    return author.apply(data);
  }],
  ['timestamp twice', async (bed, author, [data, time]) => {
    await author.apply(data);
    await author.apply(time);
    return author.apply(time);
  }],
  ['relay storage root that is not of the proof', async (bed, author, [data]) => {
    const { root } = relayFields(data);
    return author.apply(replaced(data, root, flipped(root, 3)));
  }],
  ['relay parent older than the last', async (bed, author, [data]) => {
    const { root, number } = relayFields(data);
    return author.apply(replaced(data, concat(u32le(number), root), concat(u32le(number - 1000), root)));
  }],
  ['relay proof with a node altered', async (bed, author, [data]) => {
    const { proofAt } = relayFields(data);
    return author.apply(flipped(data, proofAt + 40));
  }],
  ['timestamp before the last one', async (bed, author, [data, time]) => {
    await author.apply(data);
    return author.apply(withTime(time, -60000n));
  }],
  ['timestamp of another slot', async (bed, author, [data, time]) => {
    await author.apply(data);
    return author.apply(withTime(time, 600000n));
  }],
].map(([name, run]) => ({ name, run }));

/**
 * Where validation data stands in the inherent: after length, version, pallet and call come parent_head (empty: 00),
 * relay parent number, storage root, largest PoV size, then the proof.
 */
function relayFields(extrinsic) {
  const body = (extrinsic[0] & 3) === 0 ? 1 : (extrinsic[0] & 3) === 1 ? 2 : 4, at = body + 3;
  if (extrinsic[at] !== 0) throw new Error('validation data with a parent head');
  const view = new DataView(extrinsic.buffer, extrinsic.byteOffset);
  return { number: view.getUint32(at + 1, true), root: extrinsic.slice(at + 5, at + 37), proofAt: at + 41 };
}

/** The timestamp inherent moved by some milliseconds; its compact has a length byte and eight or fewer bytes. */
function withTime(extrinsic, by) {
  const at = extrinsic.length - ((extrinsic[4] >> 2) + 4), size = extrinsic.length - at;
  let value = 0n;
  for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(extrinsic[at + i]);
  value += by;
  const copy = Uint8Array.from(extrinsic);
  for (let i = 0; i < size; i++, value >>= 8n) copy[at + i] = Number(value & 255n);
  return copy;
}

// ---- digests of the slot-based collator -------------------------------------------------------------------------------

const cumulus = payload => concat(Uint8Array.of(6), utf8('CMLS'), withLength(Uint8Array.from(payload)));
/** Core selector, claim queue offset, number of cores as a compact. */
const coreInfo = offset => cumulus([1, 0, offset, 1 << 2]);
const bundleInfo = cumulus([2, 0, 1]);
const PARENT_OFFSET_LIMIT = 1;

/** Digests: {name, items(parent offset), good}. A bad one has to trap in initialize_block. */
const digestCases = [
  { name: 'core and bundle digests before the slot (control)', items: () => [coreInfo(0), bundleInfo], good: true },
  { name: 'core digest with the largest claim queue offset (control)', items: offset => [coreInfo(offset + PARENT_OFFSET_LIMIT)], good: true },
  { name: 'core digest with too large a claim queue offset', items: offset => [coreInfo(offset + PARENT_OFFSET_LIMIT + 1)] },
  { name: 'two core digests', items: () => [coreInfo(0), coreInfo(0)] },
];

async function runDigests(bed, check) {
  for (const { name, items, good } of digestCases) {
    await bed.restore(bed.closed);
    const { author } = bed;
    const opened = await author.begin(items(author.facts.parentOffset));
    let trap = opened.trap;
    if (trap === undefined) {
      for (const inherent of await author.inherents()) trap ??= (await author.apply(inherent)).trap;
      trap ??= (await author.finish()).trap;
    }
    check(name, good ? (trap === undefined ? null : `trap: ${trap}`) : (trap === undefined ? 'the block was built' : null));
  }
}

/** Runs all cases on a bed; calls check(name, why | null). */
export async function runBlocks(bed, check) {
  for (const { name, run } of blockCases) {
    await bed.restore(bed.closed);
    await bed.author.begin();
    const inherents = await bed.author.inherents();
    let before = null;
    const call = bed.author.call.bind(bed.author);
    bed.author.call = async (...args) => {
      before = await bed.executor.root();
      return call(...args);
    };
    try {
      const answer = await run(bed, bed.author, inherents);
      if (answer.trap === undefined) check(name, `expected a trap, got ${hex0x(answer.result).slice(0, 80)}`);
      else if (!equal(before, await bed.executor.root())) check(name, 'the state changed');
      else check(name, null);
    } catch (error) {
      check(name, error.message);
    } finally {
      delete bed.author.call;
    }
  }
  await transactionBeforeInherent(bed, check);
  await runDigests(bed, check);
}

/** A block whose transaction comes before its inherents is refused on import, the same block in order is accepted. */
async function transactionBeforeInherent(bed, check) {
  await bed.restore(bed.closed);
  const remark = bed.signed(bed.client.call('system', 'remark', '0x01'), bed.alice);
  const { header } = await bed.author.block([remark]);
  const body = [...bed.author.body];
  await bed.restore(bed.closed);
  const order = [body.at(-1), ...body.slice(0, -1)];
  const wrong = await bed.executor.call('Core_execute_block', concat(header, vector(order)), { commit: false });
  check('block with a transaction before its inherents', wrong.trap === undefined ? 'it was accepted' : null);
  const right = await bed.executor.call('Core_execute_block', concat(header, vector(body)), { commit: false });
  check('the same block in order (control)', right.trap ?? null);
}

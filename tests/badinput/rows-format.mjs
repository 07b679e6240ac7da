// Extrinsics that are no extrinsics: every one is an undecodable argument.
import { compact, concat, fromHex, u32le, vector, withLength } from '../host/bytes.mjs';
import { UNDECODABLE } from './rows-validity.mjs';

const DEEP = 300, DEEP_ENOUGH = 40;

/** A full extrinsic without its length. */
const bodyOf = bytes => bytes.slice(compact(bytes.length).length === 1 ? 1 : bytes.length < 16386 ? 2 : 4);

export const formatRows = bed => {
  const { client, alice, bob } = bed;
  const nonce = bed.nonces.get(alice), remark = client.call('system', 'remark', '0x01');
  const good = bed.signed(remark, alice, { nonce }), body = bodyOf(good);
  const options = { ...bed.author.facts, genesisHash: bed.author.genesisHash, nonce };
  const withVersion = version => withLength(concat(Uint8Array.of(version), body.slice(1)));
  const call = (pallet, method, ...parts) => concat(client.head(pallet, method), ...parts);
  const to = concat(Uint8Array.of(0), bob.account);
  const sent = (bytes, more = {}) => bed.signed(bytes, alice, { nonce, ...more });
  const transfer = value => sent(call('balances', 'transferKeepAlive', to, value));
  const tip = bytes => sent(remark, { raw: { ChargeTransactionPayment: bytes, ChargeAssetTxPayment: concat(bytes, Uint8Array.of(0)) } });
  const nested = depth => {
    let inner = remark;
    for (let i = 0; i < depth; i++) inner = call('utility', 'batch', vector([inner]));
    return sent(inner);
  };
  /** Where the length lies, it takes bytes of the argument after it: then the whole argument of the pool's call is broken. */
  const broken = { queue: { text: 'trap or Invalid(Call)', holds: hex => hex === 'trap' || hex === '0x010000' } };
  const rows = [
    ['no bytes at all', () => new Uint8Array(0), broken],
    ['length 0', () => Uint8Array.of(0)],
    ['version byte alone', () => Uint8Array.of(4, 0x84)],
    ['format 3', () => withVersion(0x83)],
    ['format 5 signed', () => withVersion(0x85)],
    ['format 6 bare', () => client.bare(remark, 0x06)],
    ['reserved kind of extrinsic', () => withVersion(0xc4)],
    ['format 4 general', () => withLength(concat(Uint8Array.of(0x44, 0), body.slice(1)))],
    ['format 5 general with extension version 1', () => client.general(remark, options, 1)],
    ['format 5 general with extension version 255', () => client.general(remark, options, 255)],
    ['last byte missing, length right', () => withLength(body.slice(0, -1))],
    ['half the bytes, length right', () => withLength(body.slice(0, body.length >> 1))],
    ['half the bytes, length of the whole', () => good.slice(0, good.length >> 1), broken],
    ['one byte too many, length right', () => withLength(concat(body, Uint8Array.of(0)))],
    ['length one too small', () => concat(compact(body.length - 1), body), broken],
    ['length one too large', () => concat(compact(body.length + 1), body), broken],
    ['length of 2^30 - 1', () => concat(compact((1 << 30) - 1), body), broken],
    ['length of 2^32 - 1', () => concat(compact(0xffffffff), body), broken],
    ['length not in its shortest form', () => concat(u32le((body.length << 2) | 2), body), broken],
    ['unknown pallet', () => sent(Uint8Array.of(254, 0))],
    ['unknown call', () => sent(concat(client.head('system', 'remark').slice(0, 1), Uint8Array.of(250)))],
    ['call without its arguments', () => sent(client.head('balances', 'transferKeepAlive'))],
    ['remark of 2^32 - 1 bytes with three there', () => sent(call('system', 'remark', compact(0xffffffff), Uint8Array.of(1, 2, 3)))],
    ['remark of 2^30 - 1 bytes with three there', () => sent(call('system', 'remark', compact((1 << 30) - 1), Uint8Array.of(1, 2, 3)))],
    ['remark whose length is longer than 32 bits', () => sent(call('system', 'remark', compact(1n << 40n), Uint8Array.of(1, 2, 3)))],
    ['kind of address out of range', () => sent(remark, { address: concat(Uint8Array.of(5), alice.account) })],
    ['kind of signature out of range', () => sent(remark, { tag: 9 })],
    ['kind of destination out of range', () => sent(call('balances', 'transferKeepAlive', Uint8Array.of(9), bob.account, compact(1)))],
    ['bool of 2', () => sent(call('balances', 'transferAll', to, Uint8Array.of(2)))],
    ['bool of 255', () => sent(call('balances', 'transferAll', to, Uint8Array.of(255)))],
    ['metadata hash mode of 2', () => sent(remark, { raw: { CheckMetadataHash: Uint8Array.of(2) } })],
    ['enumeration in a call out of range', () => sent(call('balances', 'forceAdjustTotalIssuance', Uint8Array.of(2), compact(1)))],
    ['vector of 2^32 - 1 calls', () => sent(call('utility', 'batch', compact(0xffffffff), remark))],
    ['vector with fewer calls than it says', () => sent(call('utility', 'batch', compact(2), remark))],
  ];
  for (const [form, bytes] of [['0100', 'two bytes'], ['02000000', 'four bytes'], ['02800000', 'four bytes (8192)'], ['0300000020', 'four bytes after a length'],
    ['070000004000', 'five bytes with none in the last'], ['0b0000000000000000', 'seven bytes with none in the last']].map(([hex, text]) => [text, fromHex(hex)])) {
    rows.push([`amount as a compact of ${form}, not the shortest`, () => transfer(bytes)]);
    rows.push([`tip as a compact of ${form}, not the shortest`, () => tip(bytes)]);
  }
  for (const hex of ['0100', '02000000', '02800000', '0300000020']) {
    rows.push([`nonce as the compact ${hex}, not the shortest`, () => sent(remark, { raw: { CheckNonce: fromHex(hex) } })]);
  }
  rows.push(['nonce of 2^32', () => sent(remark, { raw: { CheckNonce: compact(1n << 32n) } })]);
  rows.push(['amount of 2^128', () => transfer(compact(1n << 128n))]);
  rows.push(['tip of 2^128', () => tip(compact(1n << 128n))]);
  rows.push(['compact of 67 bytes', () => transfer(concat(Uint8Array.of(0xff), new Uint8Array(67).fill(1)))]);
  return [
    ...rows.map(([name, make, more]) => ({ name, make, expect: UNDECODABLE, ...more })),
    { name: 'bytes after the extrinsic (control: the argument ends where it ends)', make: () => concat(good, Uint8Array.of(1, 2, 3)), expect: '0x0000', queue: false },
    { name: `calls nested ${DEEP} deep`, make: () => nested(DEEP), expect: UNDECODABLE, frame: '0x010000' },
    { name: `calls nested ${DEEP_ENOUGH} deep (control)`, make: () => nested(DEEP_ENOUGH), expect: '0x0000' },
  ];
};

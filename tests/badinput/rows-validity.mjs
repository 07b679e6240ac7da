// Extrinsics that must be refused for who signed them, what was signed, and when.
import { merkleizeMetadata } from '@polkadot-api/merkleize-metadata';
import { compact, concat, fromHex, hex0x, toHex } from '../host/bytes.mjs';

export const UNDECODABLE = 'undecodable';
const CURVE_ORDER = BigInt('0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141');
/** Order of the group of ed25519 and ristretto, little-endian. */
const GROUP_ORDER = fromHex('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010');

const big = bytes => BigInt(hex0x(bytes));
const bigBytes = value => fromHex(value.toString(16).padStart(64, '0'));
const flip = (bytes, at, mask = 1) => {
  const copy = Uint8Array.from(bytes);
  copy[at] ^= mask;
  return copy;
};

/** Rows: {name, make(bed) -> extrinsic, expect: result of apply, validate: result of validate_transaction if another} */
export const validityRows = bed => {
  const { client, alice, bob, ecdsa, edward, nobody } = bed;
  const remark = client.call('system', 'remark', '0x01');
  const plain = (key, options) => bed.signed(remark, key, options);
  /** The same extrinsic with its signature changed. */
  const resigned = (key, change) => {
    return bed.signed(remark, { ...key, sign: message => change(key.sign(message)) }, { nonce: bed.nonces.get(key) });
  };
  const nonce = bed.nonces.get(alice);
  const era = (period, current) => client.registry.createType('ExtrinsicEra', { period, current }).toHex();
  const now = bed.author.number;
  return [
    { name: 'nonce too low', make: () => plain(alice, { nonce: nonce - 1 }), expect: '0x010003' },
    { name: 'nonce 0 when more were used', make: () => plain(alice, { nonce: 0 }), expect: '0x010003' },
    { name: 'nonce too high', make: () => plain(alice, { nonce: nonce + 1 }), expect: '0x010002', validate: requires(alice, nonce) },
    { name: 'nonce at its largest', make: () => plain(alice, { nonce: 0xffffffff }), expect: '0x010002', validate: requires(alice, 0xfffffffe) },
    { name: 'account without providers', make: () => plain(nobody), expect: '0x010001' },
    { name: 'signature of zeros', make: () => plain(alice, { signature: new Uint8Array(64) }), expect: '0x010004' },
    { name: 'signature with its first bit flipped', make: () => resigned(alice, s => flip(s, 0)), expect: '0x010004' },
    { name: 'signature with its last bit flipped', make: () => resigned(alice, s => flip(s, 62, 1)), expect: '0x010004' },
    { name: 'signature of another account', make: () => plain(alice, { address: concat([0], bob.account) }), expect: '0x010004' },
    { name: 'signature for another genesis', make: () => plain(alice, { genesisHash: new Uint8Array(32), blockHash: bed.author.genesisHash }), expect: '0x010004' },
    { name: 'signature for another spec version', make: () => plain(alice, { specVersion: bed.author.facts.specVersion + 1 }), expect: '0x010004' },
    { name: 'signature for another transaction version', make: () => plain(alice, { transactionVersion: bed.author.facts.transactionVersion + 1 }), expect: '0x010004' },
    { name: 'signature for another metadata hash', make: () => plain(alice, { metadataHash: new Uint8Array(32).fill(7) }), expect: '0x010004', frame: '0x010100' },
    { name: 'signature for the metadata hash of the chain (control)', make: () => plain(alice, { metadataHash: metadataDigest(bed) }), expect: '0x0000', frame: '0x010100' },
    { name: 'metadata hash of the chain, signed without it', make: () => bed.signed(remark, alice, { nonce, raw: { CheckMetadataHash: Uint8Array.of(1) } }), expect: '0x010004', frame: '0x010100' },
    { name: 'mortal era signed for another block', make: () => plain(alice, { era: era(64, now), blockHash: new Uint8Array(32) }), expect: '0x010004' },
    { name: 'expired mortal era', make: () => plain(alice, { era: era(4, 1), blockHash: bed.author.hashes[1] }), expect: '0x010004' },
    { name: 'mortal era that holds (control)', make: () => plain(alice, { era: era(64, now), blockHash: bed.author.hashes[now] }), expect: '0x0000' },
    { name: 'era of period 2', make: () => plain(alice, { raw: { CheckMortality: Uint8Array.of(0x10, 0x00) } }), expect: UNDECODABLE },
    { name: 'era with phase beyond its period', make: () => plain(alice, { raw: { CheckMortality: Uint8Array.of(0x41, 0x00) } }), expect: UNDECODABLE },
    { name: 'era whose birth block is forgotten', make: () => plain(alice, { era: era(64, now), blockHash: bed.author.hashes[now] }), expect: '0x010005',
      prepare: state => forgetHash(bed, state, now) },
    { name: 'unpayable tip', make: () => plain(alice, { tip: bed.account(bed.open.state, alice).free }), expect: '0x010001' },
    { name: 'tip of 2^128 - 1', make: () => plain(alice, { tip: (1n << 128n) - 1n }), expect: '0x010001' },
    { name: 'account that cannot pay the fee', make: () => plain(alice), expect: '0x010001', prepare: state => leave(bed, state, alice, bed.deposit) },
    { name: 'account that no longer decodes', make: () => plain(alice), expect: '0x010001', prepare: state => garble(bed, state, alice) },

    { name: 'ecdsa signature (control)', make: () => plain(ecdsa), expect: '0x0000' },
    { name: 'ecdsa with v of 27 or 28', make: () => resigned(ecdsa, s => concat(s.slice(0, 64), [s[64] + 27])), expect: '0x0000' },
    { name: 'ecdsa with high s', make: () => resigned(ecdsa, s => concat(s.slice(0, 32), bigBytes(CURVE_ORDER - big(s.slice(32, 64))), [s[64] ^ 1])), expect: '0x0000' },
    { name: 'ecdsa with v of 4', make: () => resigned(ecdsa, s => concat(s.slice(0, 64), [4])), expect: '0x010004' },
    { name: 'ecdsa with v of 31', make: () => resigned(ecdsa, s => concat(s.slice(0, 64), [31])), expect: '0x010004' },
    { name: 'ecdsa with v of 255', make: () => resigned(ecdsa, s => concat(s.slice(0, 64), [255])), expect: '0x010004' },
    { name: 'ecdsa with r of 0', make: () => resigned(ecdsa, s => concat(new Uint8Array(32), s.slice(32))), expect: '0x010004' },
    { name: 'ecdsa with s of 0', make: () => resigned(ecdsa, s => concat(s.slice(0, 32), new Uint8Array(32), s.slice(64))), expect: '0x010004' },
    { name: 'ecdsa with r beyond the order', make: () => resigned(ecdsa, s => concat(new Uint8Array(32).fill(255), s.slice(32))), expect: '0x010004' },
    { name: 'ecdsa with s beyond the order', make: () => resigned(ecdsa, s => concat(s.slice(0, 32), bigBytes(CURVE_ORDER), s.slice(64))), expect: '0x010004' },
    { name: 'ecdsa with the other v', make: () => resigned(ecdsa, s => concat(s.slice(0, 64), [s[64] ^ 1])), expect: '0x010004' },

    { name: 'sr25519 without its marker bit', make: () => resigned(alice, s => flip(s, 63, 0x80)), expect: '0x010004' },
    { name: 'sr25519 with s of the group order', make: () => resigned(alice, s => concat(s.slice(0, 32), marked(GROUP_ORDER))), expect: '0x010004' },
    { name: 'sr25519 with s beyond 2^255', make: () => resigned(alice, s => concat(s.slice(0, 32), new Uint8Array(32).fill(255))), expect: '0x010004' },
    { name: 'sr25519 sent as ed25519', make: () => plain(alice, { tag: 0 }), expect: '0x010004' },
    { name: 'sr25519 identity key and signature: the zero account may not send', make: () => plain(bed.zero), expect: '0x01000a' },
    { name: 'ed25519 signature (control)', make: () => plain(edward), expect: '0x0000' },
    { name: 'ed25519 sent as sr25519', make: () => plain(edward, { tag: 1 }), expect: '0x010004' },
    { name: 'ed25519 with s of the group order', make: () => resigned(edward, s => concat(s.slice(0, 32), GROUP_ORDER)), expect: '0x010004' },
    { name: 'ed25519 with its signature flipped', make: () => resigned(edward, s => flip(s, 5)), expect: '0x010004' },
    { name: 'ed25519 key of small order (accepted by ZIP-215)', make: () => plain(bed.identityEd25519), expect: '0x0000' },
  ];
};

/** RFC-78 digest of the chain's metadata, as a wallet finds it. */
function metadataDigest(bed) {
  const { specName, specVersion } = bed.author.facts, base58Prefix = bed.client.consts.system.ss58Prefix.toNumber();
  return merkleizeMetadata(bed.client.bytes, { base58Prefix, decimals: 12, tokenSymbol: 'NLR', specName, specVersion }).digest();
}

const marked = bytes => flip(bytes, 31, 0x80);

/** What validate_transaction says of a nonce to come: valid, and it needs the one before. */
function requires(key, before) {
  const tag = toHex(concat(key.account, Uint8Array.from([0, 8, 16, 24].map(shift => (before >>> shift) & 255))));
  return { text: `valid, requires nonce ${before}`, holds: hex => hex.startsWith('0x00') && hex.slice(20).startsWith(`0490${tag}`) };
}

/** Takes the hash of a block out of the state, as when it is older than the chain remembers. */
function forgetHash(bed, state, number) { state.delete(bed.client.key('system', 'blockHash', number)); }

/** Sets the free balance of an account. */
function leave(bed, state, key, free) {
  const name = bed.client.key('system', 'account', hex0x(key.account)), raw = Uint8Array.from(state.get(name));
  raw.set(fromHex(free.toString(16).padStart(32, '0')).reverse(), 16);
  state.set(name, raw);
}

/** Puts a value into the state that is no AccountInfo. */
function garble(bed, state, key) {
  state.set(bed.client.key('system', 'account', hex0x(key.account)), concat(compact(1), Uint8Array.of(1, 2, 3)));
}

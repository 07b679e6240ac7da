// Signature functions of a Substrate host, and the development keys that tests sign with.
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { ed25519, ristretto255 } from '@noble/curves/ed25519.js';
import * as sr25519 from '@scure/sr25519';
import { concat, equal, fromHex, toHex, utf8, withLength } from './bytes.mjs';
import { blake2_256 } from './hashes.mjs';

const bigEndian = bytes => BigInt(`0x${toHex(bytes)}`);

/** Signatures are checked again and again (author, importer, altered blocks): a host may remember a pure function. */
const remembered = new Map();
function memo(kind, parts, work) {
  const id = kind + parts.map(toHex).join('/');
  let answer = remembered.get(id);
  if (answer === undefined) {
    try { answer = work(); } catch { answer = false; }
    if (remembered.size > 100000) remembered.clear();
    remembered.set(id, answer);
  }
  return answer;
}

const L = ed25519.Point.Fn.ORDER;

/**
 * The key of the neutral element, which this library refuses and schnorrkel takes: what is left of the equation is R = s B.
 */
function verifyNeutral(signature) {
  const s = Uint8Array.from(signature.subarray(32));
  if ((s[31] & 0x80) === 0) return false;
  s[31] &= 0x7f;
  const scalar = bigEndian(Uint8Array.from(s).reverse());
  if (scalar >= L) return false;
  const point = scalar === 0n ? ristretto255.Point.ZERO : ristretto255.Point.BASE.multiply(scalar);
  return equal(point.toBytes(), signature.subarray(0, 32));
}

/** Strict verification, context "substrate" (sr25519_verify_version_2). */
export const sr25519Verify = (signature, message, key) => memo('sr', [signature, message, key],
  () => (key.every(byte => byte === 0) ? verifyNeutral(signature) : sr25519.verify(message, signature, key)));

/** ZIP-215 rules, as the node's ed25519-zebra. */
export const ed25519Verify = (signature, message, key) =>
  memo('ed', [signature, message, key], () => ed25519.verify(signature, message, key, { zip215: true }));

export const RECOVER_BAD_RS = 0, RECOVER_BAD_V = 1, RECOVER_BAD_SIGNATURE = 2;
const ORDER = secp256k1.Point.Fn.ORDER;

/**
 * Recovers an ECDSA key. polkadot-sdk stable2609 substrate/primitives/io/src/lib.rs#secp256k1_ecdsa_recover
 * @param lenient version 1 of the host functions: r and s beyond the group order are reduced
 * @returns {{key: Uint8Array}} 33 bytes, or {{error: number}}
 */
export function ecdsaRecover(signature, hash, { lenient = false, map27 = true } = {}) {
  let id = signature[64];
  if (map27 && id > 26) id -= 27;
  if (id > 3) return { error: RECOVER_BAD_V };
  let r = bigEndian(signature.subarray(0, 32)), s = bigEndian(signature.subarray(32, 64));
  if (r >= ORDER || s >= ORDER) {
    if (!lenient) return { error: RECOVER_BAD_RS };
    r %= ORDER;
    s %= ORDER;
  }
  try {
    return { key: new secp256k1.Signature(r, s, id).recoverPublicKey(hash).toBytes(true) };
  } catch {
    return { error: RECOVER_BAD_SIGNATURE };
  }
}

/** The 64 bytes of a key without compression and without its leading 04. */
export const uncompressed = key => secp256k1.Point.fromBytes(key).toBytes(false).slice(1);

/** Verification of a hash against a compressed key, by recovery as sp-core does it. */
export function ecdsaVerifyHash(signature, hash, key) {
  const recovered = ecdsaRecover(signature, hash, { map27: false });
  return recovered.key !== undefined && equal(recovered.key, key);
}

// ---- development keys -------------------------------------------------------------------------------------------------

/** Mini secret of the well-known development phrase. */
const DEV_SEED = fromHex('fac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479e');
const NO_RANDOMNESS = new Uint8Array(32);

/** Chain code of a text junction ("//Alice"). */
function chainCode(name) {
  const encoded = withLength(utf8(name)), code = new Uint8Array(32);
  code.set(encoded.length > 32 ? blake2_256(encoded) : encoded);
  return code;
}

const hardSeed = (label, name) => blake2_256(concat(withLength(utf8(label)), DEV_SEED, chainCode(name)));

/** The account of "//name" in one of the schemes; signatures are deterministic so that a run can be repeated. */
export function devKey(name, scheme = 'sr25519') {
  if (scheme === 'sr25519') {
    const secret = sr25519.HDKD.secretHard(sr25519.secretFromSeed(DEV_SEED), chainCode(name));
    const publicKey = sr25519.getPublicKey(secret);
    return { name, scheme, tag: 1, publicKey, account: publicKey, sign: message => sr25519.sign(secret, message, NO_RANDOMNESS) };
  }
  if (scheme === 'ed25519') {
    const secret = hardSeed('Ed25519HDKD', name), publicKey = ed25519.getPublicKey(secret);
    return { name, scheme, tag: 0, publicKey, account: publicKey, sign: message => ed25519.sign(message, secret) };
  }
  const secret = hardSeed('Secp256k1HDKD', name), publicKey = secp256k1.getPublicKey(secret, true);
  return {
    name, scheme, tag: 2, publicKey, account: blake2_256(publicKey), secret,
    sign(message) {
      const made = secp256k1.sign(blake2_256(message), secret, { prehash: false, format: 'recovered' });
      return concat(made.subarray(1), made.subarray(0, 1));
    },
  };
}

/** An sr25519 key from 32 bytes of seed (mock relay-chain authorities). */
export function seedKey(seed) {
  const secret = sr25519.secretFromSeed(seed);
  return { publicKey: sr25519.getPublicKey(secret), sign: message => sr25519.sign(secret, message, NO_RANDOMNESS) };
}

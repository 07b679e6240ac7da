// Byte strings: hexadecimal text, joining, and SCALE compact lengths.
// Everything richer than that is encoded from the blob's own metadata (see client.mjs).

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Lower-case hexadecimal without a prefix: the order of such texts is the order of the bytes. */
export function toHex(bytes) {
  let text = '';
  for (let i = 0; i < bytes.length; i++) text += HEX[bytes[i]];
  return text;
}

/** Hexadecimal with the 0x prefix. */
export const hex0x = bytes => `0x${toHex(bytes)}`;

/** Reads hexadecimal text, with or without 0x. Throws on anything else. */
export function fromHex(text) {
  const digits = text.startsWith('0x') ? text.slice(2) : text;
  if (digits.length % 2 !== 0 || /[^0-9a-fA-F]/.test(digits)) throw new Error(`not hexadecimal: ${text.slice(0, 40)}`);
  return Uint8Array.from(Buffer.from(digits, 'hex'));
}

export function concat(...parts) {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export function equal(a, b) {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

export const utf8 = text => new TextEncoder().encode(text);

/** `size` bytes, little-endian, of a number or bigint that fits. */
export function le(value, size) {
  const out = new Uint8Array(size);
  let rest = BigInt(value);
  for (let i = 0; i < size; i++, rest >>= 8n) out[i] = Number(rest & 255n);
  return out;
}

export const u32le = value => le(value >>> 0, 4);

/** Reads a little-endian u32 at `at`. */
export const readU32 = (bytes, at = 0) =>
  (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;

/** SCALE compact form of an unsigned number below 2^30, or of a bigint of up to 67 bytes. */
export function compact(value) {
  const v = BigInt(value);
  if (v < 1n << 6n) return le(v << 2n, 1);
  if (v < 1n << 14n) return le((v << 2n) | 1n, 2);
  if (v < 1n << 30n) return le((v << 2n) | 2n, 4);
  let size = 4;
  while (v >> BigInt(8 * size) > 0n) size++;
  return concat(Uint8Array.of(((size - 4) << 2) | 3), le(v, size));
}

/** A length-prefixed byte string. */
export const withLength = bytes => concat(compact(bytes.length), bytes);

/** A SCALE vector of already encoded items. */
export const vector = items => concat(compact(items.length), ...items);

/**
 * Reads a canonical compact u32 at `at`.
 * @returns {{value: number, size: number} | null} null when the bytes are no canonical compact u32
 */
export function readCompact(bytes, at = 0) {
  if (at >= bytes.length) return null;
  const mode = bytes[at] & 3;
  if (mode === 0) return { value: bytes[at] >> 2, size: 1 };
  if (mode === 1) {
    if (at + 2 > bytes.length) return null;
    const value = (bytes[at] | (bytes[at + 1] << 8)) >> 2;
    return value < 64 ? null : { value, size: 2 };
  }
  if (mode === 2) {
    if (at + 4 > bytes.length) return null;
    const value = readU32(bytes, at) >>> 2;
    return value < 1 << 14 ? null : { value, size: 4 };
  }
  if (bytes[at] !== 3 || at + 5 > bytes.length) return null;
  const value = readU32(bytes, at + 1);
  return value < 1 << 30 ? null : { value, size: 5 };
}

/** Splits a SCALE vector of byte strings. Throws when the bytes are not one. */
export function splitVector(bytes) {
  const count = readCompact(bytes);
  if (!count) throw new Error('not a vector');
  const items = [];
  let at = count.size;
  for (let i = 0; i < count.value; i++) {
    const length = readCompact(bytes, at);
    if (!length || at + length.size + length.value > bytes.length) throw new Error('vector cut short');
    at += length.size;
    items.push(bytes.slice(at, at + length.value));
    at += length.value;
  }
  return items;
}

// Hashes that an operator and the chain must compute alike: docs/PROTOCOL.md 4.2, pallets/jobs/jobs.def.
import { blake2b } from '@noble/hashes/blake2.js'

export const blake2 = (bytes) => blake2b(bytes, { dkLen: 32 })
export const toHex = (bytes) => `0x${Buffer.from(bytes).toString('hex')}`
export const fromHex = (text) => new Uint8Array(Buffer.from(text.slice(2), 'hex'))
export const ZEROS = `0x${'00'.repeat(32)}`

export function u32(value) {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
export function u64(value) {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}

/** blake2b-256 of the tag's length (one byte), the tag, and the fields. */
export function tagged(tag, ...fields) {
  return blake2(Buffer.concat([Buffer.from([tag.length]), Buffer.from(tag), ...fields]))
}

/** SCALE bytes of pallet_jobs::Reveal, 156 of them. Hashes and salt are 0x strings, trace_len a bigint, units a number. */
export function encodeReveal(reveal) {
  return Buffer.concat([
    fromHex(reveal.result_root), fromHex(reveal.trace_root), u64(reveal.trace_len), fromHex(reveal.fp_hash), u32(reveal.units),
    fromHex(reveal.out_cipher_hash), fromHex(reveal.salt),
  ])
}

/** What `Jobs.commit` names: bound to job, seat and provider, so that a copy of it is worth nothing. */
export function commitHash(job, seat, provider, reveal) {
  return toHex(tagged('deai/job/c/1', u64(job), Buffer.from([seat]), provider, encodeReveal(reveal)))
}

/** The book's price class of a price of at least 1: four to an octave (runtime/market/price_tick.h). */
export function priceClass(price) {
  const exponent = price.toString(2).length - 1
  return 4 * exponent + Number(((price << 2n) >> BigInt(exponent)) & 3n)
}

// Fetching a job's input. What a job names (pallet_jobs::Input), for inputs that are not sealed:
//   commit       artifact.mjs's root of the bytes; cipher_hash  blake2b-256 of the same bytes; len  how many there are
//   locator      "cas:"  look in the stores by the commitment: STORE/<commit as 64 hex digits>; or an address to fetch
// Whatever comes is checked against length and both hashes, so it does not matter who serves it.
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { artifact } from '../artifact.mjs'
import { blake2, toHex } from './hashes.mjs'

const TRIES = 3
const PATIENCE_MS = 20_000

/** The input cannot be had; `reason` is a pallet_jobs::DeclineReason. */
export class InputError extends Error {
  constructor(reason, message) {
    super(message)
    this.reason = reason
  }
}

/** What a client puts into a job's spec for bytes that lie in a store. */
export function describe(bytes) {
  return { commit: toHex(artifact(bytes).root), cipher_hash: toHex(blake2(bytes)), len: BigInt(bytes.length), locator: new TextEncoder().encode('cas:') }
}

// fetch's own signal is not enough: it holds on to the request weakly, and once that is collected a body that never ends is waited
// for without end. So a timer of our own ends the wait, and the reader is closed by hand.
async function download(url, most, patience) {
  const stop = new AbortController()
  let timer
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`${url}: took longer than ${patience} ms`)), patience)
  })
  let reader
  try {
    // A redirect could lead where --allow-url does not.
    const answer = await Promise.race([fetch(url, { redirect: 'error', signal: stop.signal }), late])
    if (!answer.ok) throw new Error(`${url}: status ${answer.status}`)
    reader = answer.body.getReader()
    const parts = []
    for (let size = 0; ; ) {
      const { done, value } = await Promise.race([reader.read(), late])
      if (done) return Buffer.concat(parts)
      size += value.length
      if (size > most) throw new Error(`${url}: longer than the ${most} bytes that the job names`)
      parts.push(value)
    }
  } finally {
    clearTimeout(timer)
    reader?.cancel().catch(() => {})
    stop.abort()
  }
}

/** The size is known before the file is read: nothing large is read in vain. */
async function readStore(file, length) {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK) // does not wait for the writer of a pipe
  try {
    const found = await handle.stat()
    if (!found.isFile()) throw new Error(`${file} is no file`)
    if (found.size !== length) throw new Error(`${file} has ${found.size} bytes instead of ${length}`)
    return await handle.readFile()
  } finally {
    await handle.close()
  }
}

function places(input, { stores, allowed }) {
  const locator = Buffer.from(input.locator).toString('utf8')
  const name = input.commit.slice(2)
  if (locator === 'cas:') {
    return stores.map((store) => (/^https?:/.test(store) ? { url: `${store.replace(/\/$/, '')}/${name}` } : { file: join(store, name) }))
  }
  if (!allowed.some((prefix) => locator.startsWith(prefix))) throw new InputError('Policy', `the locator ${JSON.stringify(locator)} is not one that may be fetched`)
  return [{ url: locator }]
}

function mismatch(bytes, input) {
  if (BigInt(bytes.length) !== input.len) return `${bytes.length} bytes instead of ${input.len}`
  if (toHex(blake2(bytes)) !== input.cipher_hash) return 'other bytes than cipher_hash names'
  if (toHex(artifact(bytes).root) !== input.commit) return 'other bytes than the commitment names'
  return undefined
}

/** The bytes of a job's input. Throws an InputError when they cannot be had, at the latest when `within` milliseconds are over. */
export async function fetchInput(input, options, within = PATIENCE_MS) {
  const end = Date.now() + within
  if (input.len > BigInt(options.maxInput)) throw new InputError('Policy', `the input has ${input.len} bytes, at most ${options.maxInput} are taken`)
  if (input.len === 0n) throw new InputError('InputUnavailable', 'the input is empty')
  const where = places(input, options)
  let problem = 'no store is given'
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    if (attempt > 0) await pause(500 * attempt)
    for (const [index, { url, file }] of where.entries()) {
      // A store that hangs leaves time for those behind it.
      const patience = Math.floor((end - Date.now()) / (where.length - index))
      if (patience <= 0) throw new InputError('InputUnavailable', problem)
      try {
        const bytes = url ? await download(url, Number(input.len), patience) : await readStore(file, Number(input.len))
        const wrong = mismatch(bytes, input)
        if (!wrong) return bytes
        problem = `${url ?? file} has ${wrong}`
      } catch (error) {
        problem = error.cause?.message ?? error.message
      }
    }
  }
  throw new InputError('InputUnavailable', problem)
}

// What the parts of the upgrade suite share: counted checks, both blobs, a chain's whole state, and its invariants.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { blake2AsHex, xxhashAsHex } from '@polkadot/util-crypto'
import { UserError, buildDir, rpc, workDir } from '../e2e/chain.mjs'
import { equal } from '../e2e/checks.mjs'

export const count = { passed: 0, failed: 0 }

/** One line for each check: `ok NAME`, or `FAIL NAME: reason` when `body` throws. True when it held. */
export async function check(name, body) {
  try {
    const note = await body()
    count.passed += 1
    console.log(`ok ${name}${note ? ` (${note})` : ''}`)
    return true
  } catch (error) {
    count.failed += 1
    console.log(`FAIL ${name}: ${String(error?.message ?? error).split('\n')[0]}`)
    return false
  }
}

const read = (name) => {
  const file = join(buildDir, name)
  if (!existsSync(file)) throw new UserError(`no ${file}: run 'make blob blob-b' first`)
  return file
}
const blob = (file) => {
  const bytes = readFileSync(read(file))
  return { file: read(file), bytes, hex: `0x${bytes.toString('hex')}`, hash: blake2AsHex(bytes) }
}
/** Both blobs as chains store them: { file, bytes, hex, hash }. */
export const blobs = () => ({ a: blob('nalar.compact.compressed.wasm'), b: blob('nalar-b.compact.compressed.wasm') })

const hashed = (text) => xxhashAsHex(text, 128).slice(2)
export const prefix = (pallet, item) => `0x${hashed(pallet)}${hashed(item)}`
export const CLOCK_VERSION = prefix('Clock', ':__STORAGE_VERSION__:')
export const RAND = prefix('Clock', 'Rand')
export const TIME = prefix('Clock', 'Time')
export const CURSOR = `0x${Buffer.from(':nalar_migration').toString('hex')}`

/** Every key and value of the state at a block. */
export async function wholeState(url, at) {
  const keys = []
  for (;;) {
    const page = await rpc(url, 'state_getKeysPaged', ['0x', 500, keys.at(-1) ?? null, at])
    keys.push(...page)
    if (page.length < 500) break
  }
  const top = {}
  for (let from = 0; from < keys.length; from += 50) {
    const values = await Promise.all(keys.slice(from, from + 50).map((key) => rpc(url, 'state_getStorage', [key, at])))
    values.forEach((value, i) => { top[keys[from + i]] = value })
  }
  return top
}

/** Runs the native invariants of one blob's code (`a` or `b`) on a state. Returns how many keys it looked at. */
export function tryState(which, top, name) {
  mkdirSync(workDir, { recursive: true })
  const file = join(workDir, `${name}.state.json`)
  writeFileSync(file, JSON.stringify(top))
  const program = read(which === 'a' ? 'try-state' : 'b/try-state')
  const { status, stdout, stderr } = spawnSync(program, [file], { encoding: 'utf8' })
  equal(status, 0, `try-state says: ${(stdout + stderr).trim()}; exit code`)
  return Object.keys(top).length
}

// Starts a chain from a raw chain specification for the demonstration and the tests, in Chopsticks or in polkadot-omni-node, and
// stops it again. Whatever happens to this process, the chain's process ends with it.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import WebSocket from 'ws'

export const here = dirname(fileURLToPath(import.meta.url))
export const root = resolve(here, '../..')
export const buildDir = join(root, 'build')
export const workDir = join(buildDir, 'e2e')

/** An error that the user can act upon: printed as one line, without a stack. */
export class UserError extends Error {}

/** The raw specification of `preset`. `NALAR_SPEC` names another one: a way to try this code on any chain. */
export function rawSpec(preset = 'development') {
  const file = process.env.NALAR_SPEC ?? join(buildDir, 'chain-spec', `${preset}.raw.json`)
  if (!existsSync(file)) throw new UserError(`no chain specification at ${file}: run 'make chain-spec' first`)
  return file
}

/** Full path of a program on the PATH, or undefined. */
export function onPath(name) {
  for (const folder of (process.env.PATH ?? '').split(':')) {
    if (folder && existsSync(join(folder, name))) return join(folder, name)
  }
  return undefined
}

let toolFolder
/** Full path of a chain tool: on the PATH, or in the folder that ../shared/tools/install prints. Undefined if it is nowhere. */
export function findTool(name) {
  const found = onPath(name)
  if (found) return found
  if (toolFolder === undefined) {
    const install = resolve(root, '../shared/tools/install')
    const run = existsSync(install) ? spawnSync(install, { encoding: 'utf8' }) : { status: 1 }
    toolFolder = run.status === 0 ? run.stdout.trim() : null
  }
  return toolFolder && existsSync(join(toolFolder, name)) ? join(toolFolder, name) : undefined
}

/** True if nothing listens on 127.0.0.1:port. Nodes take another port without a word when theirs is busy, so it is asked before. */
export function portIsFree(port) {
  return new Promise((done) => {
    const server = createServer()
    server.once('error', () => done(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => done(true)))
  })
}

/** A port that was free a moment ago. */
export function freePort() {
  return new Promise((done, fail) => {
    const server = createServer()
    server.once('error', fail)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => done(port))
    })
  })
}

export const sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds))

/** One JSON-RPC request over a WebSocket of its own. Rejects if nothing answers. */
export function rpc(url, method, params = []) {
  return new Promise((done, fail) => {
    const socket = new WebSocket(url)
    socket.on('error', fail)
    socket.on('close', () => fail(new Error(`${method}: connection closed`)))
    socket.on('open', () => socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })))
    socket.on('message', (data) => {
      const answer = JSON.parse(data)
      if (answer.id !== 1) return
      if (answer.error) fail(new Error(`${method}: ${answer.error.message}`))
      else done(answer.result)
      socket.close()
    })
  })
}

/** Storage key of Timestamp.Now: twox128("Timestamp") ++ twox128("Now"). */
const TIMESTAMP_NOW = '0xf0c365c3cf59d671eb72da0e7a4113c49f1f0515f462cdcf84e0f1d6045dfcbb'

/**
 * Writes a copy of the specification that has a genesis time. Without one Chopsticks reads the clock twice for block 1, once for the
 * slot and once for the timestamp, and about one start in twelve falls between two slots.
 */
function specForChopsticks(file, target) {
  const spec = JSON.parse(readFileSync(file, 'utf8'))
  const time = Buffer.alloc(8)
  time.writeBigUInt64LE(BigInt(Math.floor(Date.now() / 60_000)) * 60_000n)
  const top = { ...spec.genesis.raw.top, [TIMESTAMP_NOW]: `0x${time.toString('hex')}` }
  // Chopsticks walks the keys in the order of the file.
  spec.genesis.raw.top = Object.fromEntries(Object.entries(top).sort(([a], [b]) => (a < b ? -1 : 1)))
  spec.properties ??= {}
  spec.genesis.raw.childrenDefault ??= {}
  writeFileSync(target, JSON.stringify(spec))
}

/** Ends the child when this process ends, even by a signal that cannot be caught. */
export function withParentDeath(command, args) {
  const setpriv = onPath('setpriv')
  return setpriv ? [setpriv, ['--pdeathsig', 'KILL', command, ...args]] : [command, args]
}

function command(kind, { port, spec, name, basePath, blockTime, nodeArgs }) {
  if (kind === 'chopsticks') {
    const copy = join(workDir, `${name}.chopsticks.json`)
    specForChopsticks(spec, copy)
    return [process.execPath, [join(here, 'chopsticks-server.mjs'), copy, String(port)]]
  }
  const node = findTool('polkadot-omni-node')
  if (!node) throw new UserError('no polkadot-omni-node on the PATH')
  return withParentDeath(node, [
    '--chain', spec, '--dev', '--dev-block-time', String(blockTime), '--rpc-port', String(port), '--port', '0', '--no-prometheus',
    '--no-hardware-benchmarks', '--no-telemetry', '--disable-log-color', ...(basePath ? ['--base-path', basePath] : ['--tmp']), ...nodeArgs,
  ])
}

/**
 * Starts a chain and waits until it answers and has its first block.
 * kind 'chopsticks' | 'omni'; spec: raw specification; port: 0 for any; name: of its files in build/e2e.
 * Returns { kind, url, port, log, running(), ended, stop() }: `log` is the file with the node's output, `ended` resolves at its end.
 */
export async function startChain(kind, { spec = rawSpec(), port = 0, name = kind, basePath, blockTime = 1000, nodeArgs = [] } = {}) {
  mkdirSync(workDir, { recursive: true })
  if (port !== 0 && !(await portIsFree(port))) {
    throw new UserError(`port ${port} is in use: stop the program that listens there, or choose another with PORT=<number>`)
  }
  const chosen = port || (await freePort())
  const [program, args] = command(kind, { port: chosen, spec: resolve(spec), name, basePath, blockTime, nodeArgs })
  const log = join(workDir, `${name}.log`)
  rmSync(log, { force: true })
  const output = openSync(log, 'a')
  const child = spawn(program, args, { stdio: ['pipe', output, output], env: { ...process.env, LOG_LEVEL: 'info', CI: '1' } })
  closeSync(output)
  let ended = false
  const end = new Promise((done) => {
    child.once('exit', () => { ended = true; done() })
    child.once('error', () => { ended = true; done() })
  })
  const killed = () => child.kill('SIGKILL')
  process.once('exit', killed)

  const chain = {
    kind,
    port: chosen,
    url: `ws://127.0.0.1:${chosen}`,
    log,
    running: () => !ended,
    ended: end,
    /** Lets the node close its database; it is killed only if it does not end. */
    async stop() {
      process.removeListener('exit', killed)
      child.stdin.end()
      if (!ended && kind === 'omni') child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), 20_000)
      await end
      clearTimeout(timer)
    },
  }
  for (;;) {
    if (ended) {
      const text = readFileSync(log, 'utf8').trim().split('\n')
      throw new UserError(`${kind} did not start: ${text.at(-1)} (log: ${log})`)
    }
    const header = await rpc(chain.url, 'chain_getHeader').catch(() => undefined)
    if (header && Number(header.number) >= 1) return chain
    await sleep(200)
  }
}

// A relay chain of two validators with a collator of ours, as the script `relay-network` sets it up; the collator alone can be stopped
// and started again. Whatever happens to this process, the network's processes end with it.
import { spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { UserError, onPath, portIsFree, root, rpc, sleep } from '../e2e/chain.mjs'

const RELAY = 'ws://127.0.0.1:9955'
const COLLATOR = 'ws://127.0.0.1:9988'
const PORTS = [9955, 9956, 9988]
/** Levels in the log, and no colours; the way of authoring is what the test chooses. */
const LOG_FLAGS = ['--detailed-log-output', '--disable-log-color']
/** So many relay blocks finalised while nothing that is waited for came: the parachain stands. In relay blocks and not in seconds,
 * because a slow machine makes both chains slow. */
const PATIENCE = 120
/** The script's own limit, in seconds; the above comes first. */
const SCRIPT_LIMIT = 36_000

/** The script `relay-network`: on the PATH, or beside the project. Undefined if it is nowhere. */
export function findScript() {
  const beside = resolve(root, '../shared/tools/relay-network')
  return onPath('relay-network') ?? (existsSync(beside) ? beside : undefined)
}

/** Heights { best, finalised } of a chain. */
export async function heights(url) {
  const best = Number((await rpc(url, 'chain_getHeader')).number)
  const hash = await rpc(url, 'chain_getFinalizedHead')
  return { best, finalised: Number((await rpc(url, 'chain_getHeader', [hash])).number), hash }
}

const words = (pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1)
function lives(pid) {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** A program that ends when this one does. */
function bound(program, args, signal, options) {
  const setpriv = onPath('setpriv')
  return setpriv ? spawn(setpriv, ['--pdeathsig', signal, program, ...args], options) : spawn(program, args, options)
}

export class Network {
  /** @param dir folder for its state and logs; what is in it goes. @param flags of the collator */
  constructor({ script, spec, para, dir, blocks, flags = [] }) {
    Object.assign(this, { spec, para, dir, logs: [], url: COLLATOR })
    rmSync(dir, { recursive: true, force: true })
    mkdirSync(dir, { recursive: true })
    this.said = join(dir, 'network.log')
    const output = openSync(this.said, 'a')
    this.child = bound(script, ['-n', String(blocks), spec], 'TERM', {
      stdio: ['ignore', output, output],
      env: { ...process.env, RELAY_DIR: dir, KEEP: '1', LIMIT: String(SCRIPT_LIMIT), COLLATOR_FLAGS: [...LOG_FLAGS, ...flags].join(' ') },
    })
    closeSync(output)
    this.ended = false
    this.child.once('exit', () => { this.ended = true })
    this.child.once('error', () => { this.ended = true })
    this.logs.push(join(dir, `collator-${para}.log`))
  }

  static async start(options) {
    // A node whose port is taken listens at another one without a word.
    for (const port of PORTS) if (!(await portIsFree(port))) throw new UserError(`port ${port} is in use: is another relay network running?`)
    return new Network(options)
  }

  text() { return readFileSync(this.said, 'utf8') }

  /** Throws when the network, or the collator that was started again, has ended. */
  check() {
    if (this.ended) throw new Error(`the network ended: ${this.text().trim().split('\n').slice(-1)[0]} (logs in ${this.dir})`)
    if (this.collator && this.collator.exitCode !== null) throw new Error(`the collator ended (log: ${this.logs.at(-1)})`)
  }

  /** Waits until `done()` gives something; it may throw while a node does not answer yet. Fails when the relay chain goes on without it. */
  async until(what, done) {
    let start
    for (;;) {
      this.check()
      const found = await Promise.resolve().then(done).catch(() => undefined)
      if (found) return found
      const relay = await heights(RELAY).catch(() => undefined)
      start ??= relay?.finalised
      if (relay && relay.finalised - start > PATIENCE) {
        const para = await heights(this.url).catch(() => ({ best: '?', finalised: '?' }))
        throw new Error(`${what}: not within ${PATIENCE} relay blocks; the parachain is at block ${para.best}, finalised ${para.finalised} (logs in ${this.dir})`)
      }
      await sleep(1000)
    }
  }

  answers() { return this.until('the collator answers', async () => (await heights(this.url)) && true) }

  /** The script's own verdict: it has seen its blocks finalised. */
  verdict() { return this.until('relay-network is content', () => /^\d+ passed, 0 failed$/m.test(this.text())) }

  /** Heights once block `number` is finalised. */
  finalised(number) {
    return this.until(`block ${number} is finalised`, async () => {
      const now = await heights(this.url)
      return now.finalised >= number && now
    })
  }

  collatorPid() {
    if (this.collator) return this.collator.pid
    const { pid } = this.child
    const found = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)
      .find((child) => words(child).includes(join(this.dir, `collator-${this.para}`)))
    if (!found) throw new Error('the collator is not among the processes of the network')
    return Number(found)
  }

  /** Stops the collator as a service manager does, and starts it again with the same command. To be called after verdict(). */
  async restart() {
    const pid = this.collatorPid()
    const [program, ...args] = words(pid)
    process.kill(pid, 'SIGTERM')
    while (lives(pid)) await sleep(200)
    const log = join(this.dir, `collator-${this.para}-${this.logs.length + 1}.log`)
    const output = openSync(log, 'a')
    this.collator = bound(program, args, 'KILL', { stdio: ['ignore', output, output] })
    closeSync(output)
    this.logs.push(log)
    await this.answers()
  }

  async stop() {
    const end = (child, signal) => new Promise((done) => {
      if (child.exitCode !== null || child.signalCode !== null) done()
      else {
        child.once('exit', done)
        child.kill(signal)
      }
    })
    if (this.collator) await end(this.collator, 'SIGTERM')
    await end(this.child, 'SIGTERM')
    // The logs stay.
    for (const name of ['alice', 'bob', `collator-${this.para}`]) rmSync(join(this.dir, name), { recursive: true, force: true })
  }
}

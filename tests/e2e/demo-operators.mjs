// The demonstration's operators, each a process of its own, and the store from which they fetch inputs.
import { spawn } from 'node:child_process'
import { createWriteStream, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { UserError, here, withParentDeath, workDir } from './chain.mjs'
import { detail } from './demo-steps.mjs'

const TOLD = /ran the model|MISBEHAVES|has the input|declines|won with|unpaid|silent:|ended by|did not succeed/

/** Serves files by their hash, and nothing else. Returns { url, put(bytes, name), close() }. */
export async function openStore() {
  const files = new Map()
  const server = createServer((request, response) => {
    const bytes = files.get(request.url.slice(1))
    response.writeHead(bytes ? 200 : 404).end(bytes)
  })
  await new Promise((done, fail) => server.once('error', fail).listen(0, '127.0.0.1', done))
  server.unref()
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    put: (bytes, name) => files.set(name, bytes),
    close: () => server.close(),
  }
}

export class Operators {
  constructor(chain, options) {
    Object.assign(this, { chain, options })
    this.running = new Map()
    this.folder = join(workDir, `operators-${chain.kind}`)
    rmSync(this.folder, { recursive: true, force: true })
    mkdirSync(this.folder, { recursive: true })
    process.once('exit', () => this.kill())
  }

  state(name) {
    return join(this.folder, name)
  }

  /** The command line that a person would type. */
  args(name, extra) {
    const { model, file, store, price } = this.options
    return ['--ws', this.chain.url, '--key-file', join(this.folder, `${name}.key`), '--model', file, '--model-id', String(model),
      '--price', price[name], '--store', store, '--state', this.state(name), ...extra]
  }

  start(name, extra = []) {
    // The development keys are known to all; an operator's own would be as little welcome in a list of processes.
    writeFileSync(join(this.folder, `${name}.key`), `//${name}\n`, { mode: 0o600 })
    const args = this.args(name, extra)
    detail(`${name} starts the operator program: --price ${this.options.price[name]} ${extra.join(' ')}`)
    const child = spawn(...withParentDeath(process.execPath, [join(here, 'operator/operator.mjs'), ...args]), { stdio: ['ignore', 'pipe', 'pipe'] })
    const log = createWriteStream(join(this.folder, `${name}.log`), { flags: 'a' })
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        log.write(`${line}\n`)
        if (TOLD.test(line)) detail(`${name.padEnd(8)} | ${line.replace(/^\S+ +(block \d+ tick \d+ +)?/, '').replace(/, \/\S+$/, '')}`)
      })
    }
    const operator = { child, ended: new Promise((done) => child.once('exit', (code, signal) => done(signal ?? code)).once('error', done)) }
    operator.ended.then((how) => { operator.how = how })
    this.running.set(name, operator)
  }

  /** How an operator's process ended. */
  async ended(name) {
    const how = await this.running.get(name).ended
    this.running.delete(name)
    return how
  }

  async stop(name) {
    this.running.get(name).child.kill('SIGTERM')
    const how = await this.ended(name)
    if (how !== 0) throw new UserError(`the operator ${name} ended with ${how} instead of 0 (log: ${join(this.folder, `${name}.log`)})`)
  }

  async stopAll() {
    for (const name of [...this.running.keys()]) await this.stop(name)
  }

  /** Throws if one has ended that should be running; `but`: one that may. */
  check(but) {
    for (const [name, { how }] of this.running) {
      if (how !== undefined && name !== but) {
        const log = join(this.folder, `${name}.log`)
        throw new UserError(`the operator ${name} ended with ${how}: ${readFileSync(log, 'utf8').trim().split('\n').at(-1)} (log: ${log})`)
      }
    }
  }

  /** A result that an operator offers, by its hash. */
  result(name, address, genesis, hash) {
    return readFileSync(join(this.state(name), `${genesis.slice(2, 10)}-${address}`, 'results', hash.slice(2)))
  }

  kill() {
    for (const { child } of this.running.values()) child.kill('SIGKILL')
  }
}

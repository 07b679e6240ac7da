// The real collator on our blob: authoring, finality, restart, a clean log, the genesis of its own chain-spec builder, and the
// tools that look at a blob as validators and benchmarks do. The last line is `node: N passed, N failed`.
import { spawn, spawnSync } from 'node:child_process'
import { createReadStream, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { ApiPromise, Keyring, WsProvider } from '@polkadot/api'
import { UserError, buildDir, findTool, freePort, here, rawSpec, rpc, sleep, startChain, workDir } from './chain.mjs'
import { ensure, equal } from './checks.mjs'

const count = { passed: 0, failed: 0 }
async function check(name, body) {
  try {
    const note = await body()
    count.passed += 1
    console.log(`ok ${name}${note ? ` (${note})` : ''}`)
  } catch (error) {
    count.failed += 1
    console.log(`FAIL ${name}: ${String(error?.message ?? error).split('\n')[0]}`)
  }
}
function finish() {
  console.log(`node: ${count.passed} passed, ${count.failed} failed`)
  process.exit(count.failed === 0 ? 0 : 1)
}

/** A tool's run: { code, output } with both streams, without colours. */
function run(tool, args) {
  const result = spawnSync(findTool(tool), args, { encoding: 'utf8', maxBuffer: 1 << 28 })
  return { code: result.status, stdout: result.stdout, output: (result.stdout + result.stderr).replace(/\x1b\[\d+m/g, '') }
}
const lastLine = (text) => text.trim().split('\n').at(-1)
const complaint = (text) => text.split('\n').find((line) => /error|fail|panick/i.test(line)) ?? lastLine(text)

// ---- the log ----

// Lines at WARN or ERROR that are the node's own: FRAME's penpal runtime, started and stopped the same way, has each of them too.
const allowed = [
  [/Using default protocol ID "sup" because none is configured/, 'the specification names no protocol id; the node then takes this one'],
  [/Essential task `txpool-background` failed\. Shutting down service\./, 'the pool ends before the node does when it is told to stop'],
]

/** Every WARN and ERROR of a detailed log that is not on the list above; panics and traps of the runtime have these levels as well. */
async function complaints(file) {
  const found = []
  let lines = 0
  for await (const line of createInterface({ input: createReadStream(file) })) {
    lines += 1
    if (!/\s(WARN|ERROR)\s/.test(line) && !/panicked|wasm trap|wasm backtrace/.test(line)) continue
    if (!allowed.some(([pattern]) => pattern.test(line))) found.push(line)
  }
  ensure(lines > 20, `the log has ${lines} lines only`)
  return found
}

async function heights(url) {
  const best = Number((await rpc(url, 'chain_getHeader')).number)
  const hash = await rpc(url, 'chain_getFinalizedHead')
  return { best, finalised: Number((await rpc(url, 'chain_getHeader', [hash])).number) }
}

/** Waits until the finalised block is at least `height`; fails if the node ends. */
async function finalisedAt(chain, height) {
  for (;;) {
    ensure(chain.running(), 'the node ended')
    const now = await heights(chain.url)
    if (now.finalised >= height) return now
    await sleep(300)
  }
}

async function withApi(url, body) {
  const api = await ApiPromise.create({ provider: new WsProvider(url), noInitWarn: true })
  try {
    return await body(api)
  } finally {
    await api.disconnect()
  }
}

async function collator() {
  const basePath = join(workDir, 'node-db')
  rmSync(basePath, { recursive: true, force: true })
  const options = { basePath, blockTime: 1000, nodeArgs: ['--detailed-log-output'] }
  const logs = []
  let before
  let chain
  const receiver = new Keyring({ type: 'sr25519' }).addFromUri('//Restart').address
  const amount = 7_000_000_000_000n

  const session = async (name, body) => {
    await check(`collator: ${name}`, async () => {
      chain = await startChain('omni', { ...options, name: `node-${logs.length + 1}` })
      logs.push(chain.log)
    })
    if (!chain) return
    try {
      await body()
    } finally {
      await chain.stop()
      chain = undefined
    }
  }

  await session('starts from the raw specification', async () => {
    await check('collator: authors and finalises blocks', async () => {
      const { best, finalised } = await finalisedAt(chain, 4)
      return `block ${best}, finalised ${finalised}`
    })
    await check('collator: serves a wallet', () => withApi(chain.url, async (api) => {
      const alice = new Keyring({ type: 'sr25519' }).addFromUri('//Alice')
      await new Promise((done, fail) => {
        api.tx.balances.transferKeepAlive(receiver, amount).signAndSend(alice, ({ status, dispatchError }) => {
          if (dispatchError) fail(new Error(`dispatch failed: ${dispatchError}`))
          else if (status.isFinalized) done()
        }).catch(fail)
      })
      equal((await api.query.system.account(receiver)).data.free.toBigInt(), amount, 'balance of the receiver')
    }))
    await check('collator: its blocks are those of one chain', async () => {
      before = await finalisedAt(chain, 6)
      let hash = await rpc(chain.url, 'chain_getBlockHash', [before.finalised])
      before.hash = hash
      for (let number = before.finalised; number > 0; number -= 1) {
        const header = await rpc(chain.url, 'chain_getHeader', [hash])
        equal(Number(header.number), number, 'number of an ancestor')
        hash = header.parentHash
      }
      equal(hash, await rpc(chain.url, 'chain_getBlockHash', [0]), 'genesis hash')
    })
  })

  await session('starts again from its database', async () => {
    await check('collator: goes on after the restart', async () => {
      ensure(before, 'the first session brought no blocks')
      equal(await rpc(chain.url, 'chain_getBlockHash', [before.finalised]), before.hash, 'block of the first session')
      const now = await finalisedAt(chain, before.best + 3)
      return `from block ${before.best} to ${now.best}`
    })
    await check('collator: keeps its state over the restart', () => withApi(chain.url, async (api) => {
      equal((await api.query.system.account(receiver)).data.free.toBigInt(), amount, 'balance of the receiver')
    }))
  })

  for (const [index, log] of logs.entries()) {
    await check(`collator: no warning or error in the log of session ${index + 1}`, async () => {
      const found = await complaints(log)
      ensure(found.length === 0, `${found.length} lines, the first: ${found[0]?.slice(0, 200)} (log: ${log})`)
    })
  }
  rmSync(basePath, { recursive: true, force: true })
}

/** `make run ONCE=1 NODE=omni`: registration to pay with three operators, on this collator. */
async function walkthrough() {
  await check('collator: the walkthrough of the market plays to its end', async () => {
    const log = join(workDir, 'node-walkthrough.log')
    const port = await freePort()
    const { status, stdout, stderr } = await new Promise((done) => {
      const child = spawn(process.execPath, [join(here, 'demo.mjs'), '--once=1', '--node=omni', `--port=${port}`], { stdio: ['ignore', 'pipe', 'pipe'] })
      const said = { stdout: '', stderr: '' }
      for (const stream of ['stdout', 'stderr']) child[stream].on('data', (text) => { said[stream] += text })
      child.once('close', (status) => done({ status, ...said }))
    })
    writeFileSync(log, stdout + stderr)
    equal(status, 0, `exit code, ${lastLine(stderr || stdout)} (log: ${log})`)
    ensure(/every unit is accounted for/.test(stdout), `no last line (log: ${log})`)
    return `${stdout.match(/^ ?\d+  /gm).length} steps`
  })
}

// ---- the genesis ----

const CODE = '0x3a636f6465'

async function genesis(preset) {
  const file = rawSpec(preset)
  const ours = JSON.parse(readFileSync(file, 'utf8'))
  const top = ours.genesis.raw.top
  mkdirSync(workDir, { recursive: true })
  const blob = join(workDir, `genesis-${preset}.wasm`)
  const theirs = join(workDir, `genesis-${preset}.json`)
  writeFileSync(blob, Buffer.from(top[CODE].slice(2), 'hex'))

  await check(`genesis ${preset}: chain-spec-builder builds it from the blob's preset`, () => {
    const { code, output } = run('polkadot-omni-node', ['chain-spec-builder', '-c', theirs, 'create', '-n', ours.name, '-i', ours.id,
      '-t', 'development', '-p', String(ours.para_id ?? 2000), '-c', ours.relay_chain ?? 'rococo-local',
      '--raw-storage', '-r', blob, 'named-preset', preset])
    equal(code, 0, `exit code, ${complaint(output)}`)
  })
  await check(`genesis ${preset}: the same keys and values in both`, () => {
    const other = JSON.parse(readFileSync(theirs, 'utf8')).genesis.raw.top
    for (const key of new Set([...Object.keys(top), ...Object.keys(other)])) {
      ensure(top[key] === other[key], `key ${key}: ours ${String(top[key]).slice(0, 80)}, builder's ${String(other[key]).slice(0, 80)}`)
    }
    return `${Object.keys(top).length} keys`
  })
  await check(`genesis ${preset}: the same state root in both`, () => {
    const [a, b] = [file, theirs].map((spec) => {
      const { code, stdout, output } = run('polkadot-omni-node', ['export-genesis-head', '--chain', spec])
      equal(code, 0, `exit code, ${complaint(output)}`)
      return stdout.trim()
    })
    // parent hash (32 bytes), number 0 (one byte), state root (32 bytes)
    ensure(/^0x(00){33}[0-9a-f]{64}/.test(a), `not a genesis header: ${a.slice(0, 80)}`)
    equal(a, b, 'genesis header')
    return `state root 0x${a.slice(2 + 66, 2 + 130)}`
  })
}

// ---- the blob ----

function blobs() {
  if (process.env.NALAR_SPEC) return [join(workDir, 'genesis-development.wasm')]
  return ['nalar.wasm', 'nalar.compact.compressed.wasm'].map((name) => join(buildDir, name))
}

async function blob() {
  for (const file of blobs()) {
    await check(`blob: validators' code accepts ${file.split('/').at(-1)}`, () => {
      if (!existsSync(file)) throw new UserError(`no ${file}: run 'make blob' first`)
      const { code, output } = run('pvf-check', ['inspect', file])
      equal(code, 0, `exit code, ${complaint(output)}`)
    })
  }
  await check('blob: frame-omni-bencher measures an empty block and a remark', () => {
    const weights = join(workDir, 'weights')
    rmSync(weights, { recursive: true, force: true })
    mkdirSync(weights, { recursive: true })
    const { code, output } = run('frame-omni-bencher', ['v1', 'benchmark', 'overhead', '--runtime', blobs().at(-1), '--genesis-builder', 'runtime',
      '--genesis-builder-preset', 'development', '--warmup', '1', '--repeat', '2', '--weight-path', weights])
    equal(code, 0, `exit code, ${complaint(output)}`)
    equal(readdirSync(weights).sort().join(' '), 'block_weights.rs extrinsic_weights.rs', 'files written')
    const [block, extrinsic] = [...output.matchAll(/Average: (\d+)/g)].map((match) => Number(match[1]))
    ensure(block > 0 && extrinsic > 0, 'no time was measured')
    return `empty block ${Math.round(block / 1000)} us, extrinsic ${Math.round(extrinsic / 1000)} us`
  })
}

const missing = ['polkadot-omni-node', 'pvf-check', 'frame-omni-bencher'].filter((tool) => !findTool(tool))
if (missing.includes('polkadot-omni-node')) console.log('skipped: no node binary (polkadot-omni-node is neither on the PATH nor in ../shared/tools)')
try {
  if (!missing.includes('polkadot-omni-node')) {
    for (const preset of ['development', 'local_testnet']) await genesis(preset)
    await collator()
    await walkthrough()
  }
  if (missing.length > 0) console.log(`skipped: no ${missing.join(', ')}: what needs them`)
  else await blob()
} catch (error) {
  count.failed += 1
  console.log(`FAIL node: ${error instanceof UserError ? error.message : error.stack}`)
}
finish()

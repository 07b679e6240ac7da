// The client tests: every client program against Chopsticks and against the real collator, the market's with the operator program;
// before them the operator's parts without a chain. One line for each check.
// `node clients.mjs [chopsticks] [omni]`, both by default. The last line is `clients: N passed, N failed`.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { UserError, buildDir, findTool, here, startChain } from './chain.mjs'

const python = process.env.NALAR_PYTHON ?? join(buildDir, 'venv/bin/python')
const clients = [
  ['@polkadot/api', process.execPath, 'client-pjs.mjs'],
  ['polkadot-api', process.execPath, 'client-papi.mjs'],
  ['dedot', process.execPath, 'client-dedot.mjs'],
  ['substrate-interface', python, 'client.py'],
  ['market', process.execPath, 'client-market.mjs'],
]
const count = { passed: 0, failed: 0 }
const report = (passed, line) => {
  count[passed ? 'passed' : 'failed'] += 1
  console.log(line)
}

/** Runs a client's program and passes its lines on; one that ends badly without saying why is a failed check. */
async function runClient([name, program, script], kind, url) {
  const child = spawn(program, [join(here, script), url, kind], { stdio: ['ignore', 'pipe', 'pipe'] })
  const noise = []
  const tallies = { ok: 0, FAIL: 0 }
  const read = (stream, each) => new Promise((done) => createInterface({ input: stream }).on('line', each).on('close', done))
  const [code] = await Promise.all([
    new Promise((done) => child.once('close', done).once('error', (error) => { noise.push(error.message); done(1) })),
    read(child.stdout, (line) => {
      const verdict = line.match(/^(ok|FAIL) /)?.[1]
      if (verdict === undefined) noise.push(line)
      else {
        tallies[verdict] += 1
        report(verdict === 'ok', line)
      }
    }),
    read(child.stderr, (line) => noise.push(line)),
  ])
  if (tallies.ok + tallies.FAIL === 0 || (code !== 0 && tallies.FAIL === 0)) {
    report(false, `FAIL ${kind}: ${name}: ended with code ${code} and said: ${noise.find((line) => /error/i.test(line)) ?? noise[0] ?? 'nothing'}`)
  }
}

async function against(kind) {
  if (kind === 'omni' && !findTool('polkadot-omni-node')) {
    console.log('skipped: no node binary (polkadot-omni-node is neither on the PATH nor in ../shared/tools): clients against it')
    return
  }
  let chain
  try {
    chain = await startChain(kind, { name: `clients-${kind}` })
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    report(false, `FAIL ${kind}: starts: ${error.message}`)
    return
  }
  for (const client of clients) await runClient(client, kind, chain.url)
  report(chain.running(), `${chain.running() ? 'ok' : 'FAIL'} ${kind}: the node is still running after all clients (log: ${chain.log})`)
  await chain.stop()
}

if (!existsSync(python)) {
  console.error("clients: no Python client: run '.ci/setup test' first")
  process.exit(1)
}
await runClient(['operator', process.execPath, 'operator-test.mjs'], 'no chain', '')
const kinds = process.argv.slice(2)
for (const kind of kinds.length > 0 ? kinds : ['chopsticks', 'omni']) await against(kind)
console.log(`clients: ${count.passed} passed, ${count.failed} failed`)
process.exit(count.failed === 0 ? 0 : 1)

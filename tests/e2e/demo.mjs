// `make run`: starts the chain and plays its main job: a real AI model is registered with its licence, royalty split and version, a
// second one is derived from it; operators, each a process of its own, serve it for money. Then it keeps all running until Ctrl-C.
// `node demo.mjs [--once=1] [--node=omni|chopsticks] [--port=9944]`
import { parseArgs } from 'node:util'
import { rmSync } from 'node:fs'
import { Keyring } from '@polkadot/api'
import { join } from 'node:path'
import { UserError, onPath, rawSpec, startChain, workDir } from './chain.mjs'
import { connect } from './demo-steps.mjs'
import { Ledger } from './demo-ledger.mjs'
import { playMarket } from './demo-market.mjs'
import { playModels } from './demo-play.mjs'

let chain
let api
let demo
let leaving = false
let basePath

/** The only way out: the chain's process first, then this one. */
async function leave(code) {
  if (leaving) return
  leaving = true
  await demo?.operators?.stopAll().catch(() => {})
  await api?.disconnect().catch(() => {})
  await chain?.stop()
  if (basePath) rmSync(basePath, { recursive: true, force: true })
  process.exit(code)
}

function options() {
  let values
  try {
    values = parseArgs({ options: { once: { type: 'string' }, node: { type: 'string' }, port: { type: 'string' } } }).values
  } catch (error) {
    throw new UserError(error.message)
  }
  const port = Number(values.port || 9944)
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new UserError(`PORT=${values.port} is not a port: give a number from 1 to 65535`)
  const kind = values.node || (onPath('polkadot-omni-node') ? 'omni' : 'chopsticks')
  if (!['omni', 'chopsticks'].includes(kind)) throw new UserError(`NODE=${values.node} is unknown: give omni or chopsticks`)
  return { kind, port, once: !['', '0', undefined].includes(values.once) }
}

/** What to do with the running chain. */
function farewell(url) {
  console.log(`
The chain runs at ${url}

  polkadot.js Apps   https://polkadot.js.org/apps/?rpc=${encodeURIComponent(url)}
  PAPI               import { createClient } from 'polkadot-api'
                     import { getWsProvider } from 'polkadot-api/ws'
                     const client = createClient(getWsProvider('${url}'))
                     const alice = '5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY'
                     console.log(await client.getUnsafeApi().query.System.Account.getValue(alice))
  an operator        make operator ARGS='--help'
  accounts           //Alice, //Bob and the other development accounts hold NLR; //Alice is sudo

Ctrl-C stops it.`)
}

async function main() {
  const { kind, port, once } = options()
  console.log(`nalar: starting the chain in ${kind === 'omni' ? 'polkadot-omni-node' : 'Chopsticks'}`)
  // Names of the kind: both may run at once.
  basePath = join(workDir, `demo-${kind}-db`)
  rmSync(basePath, { recursive: true, force: true })
  chain = await startChain(kind, { spec: rawSpec(), port, name: `demo-${kind}`, ...(kind === 'omni' ? { basePath } : {}) })
  api = await connect(chain)
  const keyring = new Keyring({ type: 'sr25519', ss58Format: api.registry.chainSS58 })
  const names = ['Alice', 'Bob', 'Charlie', 'Dave', 'Eve', 'Ferdie'].flatMap((name) => [name, `${name}//stash`])
  const people = Object.fromEntries(names.map((name) => [name, keyring.addFromUri(`//${name}`, { name })]))
  demo = { api, chain, people, ledger: await Ledger.open(api, names.map((name) => [people[name].address, name])) }
  await playMarket(demo, await playModels(demo))
  if (once) return leave(0)
  farewell(chain.url)
  await chain.ended
  throw new UserError(`the chain's process ended (log: ${chain.log})`)
}

for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]]) {
  process.on(signal, () => {
    console.log('\nnalar: stopped')
    leave(code)
  })
}
// Under make: when make is killed without a word to its children, nobody waits for this process any more.
const parent = process.ppid
if (process.env.MAKELEVEL) setInterval(() => process.ppid !== parent && leave(143), 500).unref()

main().catch((error) => {
  if (leaving) return
  console.error(`nalar: ${String(error?.message ?? error).split('\n')[0]}`)
  leave(1)
})

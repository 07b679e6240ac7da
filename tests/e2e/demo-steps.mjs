// What the demonstration's steps are made of: signed calls, waiting for events and for the chain's clock.
import { ApiPromise, WsProvider } from '@polkadot/api'
import { u8aToHex } from '@polkadot/util'
import { UserError, rpc, sleep } from './chain.mjs'

const UNIT = 1_000_000_000_000n

export async function connect(chain) {
  const api = await ApiPromise.create({ provider: new WsProvider(chain.url), noInitWarn: true })
  const version = api.runtimeVersion
  console.log(`nalar: ${version.specName} ${version.specVersion}, genesis ${api.genesisHash.toHex()}, at ${chain.url}\n`)
  return api
}

/** A balance as `12.5 NLR`; fees are small, so all twelve decimals can show. */
export function nlr(amount) {
  const [sign, size] = amount < 0n ? ['-', -amount] : ['', amount]
  const fraction = String(size % UNIT).padStart(12, '0').replace(/0+$/, '')
  return `${sign}${size / UNIT}${fraction ? `.${fraction}` : ''} NLR`
}

let number = 0
/** A progress line: what is done, and below it what came of it. */
export function step(text) {
  number += 1
  console.log(`${String(number).padStart(2)}  ${text}`)
}
export const detail = (text) => console.log(`      ${text}`)

/**
 * Sends one signed call and waits until its block is final. `wanted` is the event, `pallet.Event`, without which the step has not
 * happened. Returns the event's fields by name. `demo`: { api, chain, ledger }.
 */
export async function send(demo, what, call, signer, wanted) {
  const { api, ledger } = demo
  step(what)
  await ledger.catchUp()
  const events = await new Promise((done, fail) => {
    call.signAndSend(signer, ({ status, events: records, dispatchError }) => {
      if (dispatchError) fail(new UserError(`${what}: ${explain(api, dispatchError)}`))
      else if (status.isFinalized) done(records.map(({ event }) => event))
      else if (status.isInvalid || status.isDropped || status.isUsurped) fail(new UserError(`${what}: the transaction is ${status.type}`))
    }).catch((error) => fail(new UserError(`${what}: ${error.message}`)))
  })
  const failed = events.find((event) => `${event.section}.${event.method}` === 'sudo.Sudid' && event.data[0].isErr)
  if (failed) throw new UserError(`${what}: ${explain(api, failed.data[0].asErr)}`)
  const fee = events.find((event) => event.method === 'TransactionFeePaid')?.data.actualFee.toBigInt()
  const event = events.find((one) => `${one.section}.${one.method}` === wanted)
  if (!event) throw new UserError(`${what}: no event ${wanted}, but ${events.map((one) => `${one.section}.${one.method}`).join(', ')}`)
  await ledger.catchUp()
  detail(`event ${wanted}, fee ${fee === undefined ? 'none' : nlr(fee)}`)
  return Object.fromEntries(event.data.names?.map((name, index) => [name, event.data[index]]) ?? [])
}

function explain(api, error) {
  if (!error.isModule) return error.toString()
  const { section, name, docs } = api.registry.findMetaError(error.asModule)
  return `${section}.${name}${docs.length ? `: ${docs.join(' ')}` : ''}`
}

/** Lets time go on: Chopsticks makes blocks when it is asked to, a node makes them by itself. */
export async function nextBlock({ chain }) {
  if (!chain.running()) throw new UserError(`the chain's process ended (log: ${chain.log})`)
  if (chain.kind === 'chopsticks') await rpc(chain.url, 'dev_newBlock', [{ count: 1 }])
  await sleep(300)
}

/** Goes on until the events since `from` (a length of ledger.seen) satisfy `met`, which gets all of them. Returns what `met` returns. */
export async function until(demo, from, met) {
  for (;;) {
    await demo.ledger.catchUp()
    const found = met(demo.ledger.seen.slice(from))
    if (found) return found
    demo.alive?.()
    await nextBlock(demo)
  }
}

/** The chain's clock, in ticks: one for each step of the relay chain. */
export const tick = async (api) => (await api.query.clock.time()).now.toNumber()

/** Waits until the clock stands at `due`. */
export async function waitForTick(demo, due) {
  const start = await tick(demo.api)
  while ((await tick(demo.api)) < due) await nextBlock(demo)
  await demo.ledger.catchUp()
  detail(`the clock went from tick ${start} to ${await tick(demo.api)}`)
}

/** Sets the clock forward, which only sudo on a development chain can, and lets a block cross the boundary behind `tick`. */
export async function moveClock(demo, why, target, sudo) {
  const { api } = demo
  const { now, relay, lastRand } = await api.query.clock.time()
  const value = Buffer.alloc(12) // pallet_clock::Time
  ;[target, relay.toNumber(), lastRand.toNumber()].forEach((field, index) => value.writeUInt32LE(field, index * 4))
  const call = api.tx.system.setStorage([[api.query.clock.time.key(), u8aToHex(value)]])
  await send(demo, `${why}: sudo sets the clock from tick ${now} to ${target}, which is possible on development chains only`, api.tx.sudo.sudo(call), sudo, 'sudo.Sudid')
}

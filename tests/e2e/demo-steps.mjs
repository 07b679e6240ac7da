// What the demonstration's steps are made of: signed calls shown with block, event and fee, and waiting for the chain's clock.
import { ApiPromise, WsProvider } from '@polkadot/api'
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
  const whole = amount / UNIT
  const fraction = String(amount % UNIT).padStart(12, '0').replace(/0+$/, '')
  return `${whole}${fraction ? `.${fraction}` : ''} NLR`
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
 * happened. Returns the event's fields by name.
 */
export async function send(api, what, call, signer, wanted) {
  step(what)
  const { block, events } = await new Promise((done, fail) => {
    call.signAndSend(signer, ({ status, events: records, dispatchError }) => {
      if (dispatchError) fail(new UserError(`${what}: ${explain(api, dispatchError)}`))
      else if (status.isFinalized) done({ block: status.asFinalized, events: records.map(({ event }) => event) })
      else if (status.isInvalid || status.isDropped || status.isUsurped) fail(new UserError(`${what}: the transaction is ${status.type}`))
    }).catch((error) => fail(new UserError(`${what}: ${error.message}`)))
  })
  const header = await api.rpc.chain.getHeader(block)
  const fee = events.find((event) => event.method === 'TransactionFeePaid')?.data.actualFee.toBigInt()
  const event = events.find((one) => `${one.section}.${one.method}` === wanted)
  if (!event) throw new UserError(`${what}: no event ${wanted}, but ${events.map((one) => `${one.section}.${one.method}`).join(', ')}`)
  detail(`block ${header.number}   event ${wanted}   fee ${fee === undefined ? 'none' : nlr(fee)}`)
  return Object.fromEntries(event.data.names?.map((name, index) => [name, event.data[index]]) ?? [])
}

function explain(api, error) {
  if (!error.isModule) return error.toString()
  const { section, name, docs } = api.registry.findMetaError(error.asModule)
  return `${section}.${name}${docs.length ? `: ${docs.join(' ')}` : ''}`
}

/** The chain's clock, in ticks: one for each step of the relay chain. */
export const tick = async (api) => (await api.query.clock.time()).now.toNumber()

/** Waits until the clock stands at `due`. Chopsticks makes blocks when it is asked to, a node makes them by itself. */
export async function waitForTick(api, chain, due) {
  const start = await tick(api)
  for (let now = start; now < due; now = await tick(api)) {
    if (chain.kind === 'chopsticks') await rpc(chain.url, 'dev_newBlock', [{ count: 1 }])
    else await sleep(300)
  }
  detail(`the clock went from tick ${start} to ${await tick(api)}`)
}

// dedot against a running chain: `node client-dedot.mjs URL KIND`.
// Chopsticks: only dedot's legacy client connects, and its transaction watch waits for a status that Chopsticks does not send in the
// form dedot 1.3.0 decodes. There the transaction is sent without a watch and found in its block, with its events.
import { LegacyClient, DedotClient, WsProvider } from 'dedot'
import { Keyring } from '@polkadot/keyring'
import { cryptoWaitReady } from '@polkadot/util-crypto'
import { check, ensure, equal, finish } from './checks.mjs'

const [url, kind] = process.argv.slice(2)
const label = (what) => `${kind}: dedot: ${what}`
const AMOUNT = 3_456_789_012_345n
const legacy = kind === 'chopsticks'

await cryptoWaitReady()
const keyring = new Keyring({ type: 'sr25519' })
const [alice, bob] = ['//Alice', '//Bob'].map((uri) => keyring.addFromUri(uri))
const client = await (legacy ? LegacyClient : DedotClient).new(new WsProvider(url))
const sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds))

/** Events of the extrinsic with these bytes, looked for in every block from `from` on until it is found. */
async function eventsInBlocks(hex, from) {
  for (let number = from; ;) {
    const hash = await client.rpc.chain_getBlockHash(number)
    if (!hash) {
      await sleep(200)
      continue
    }
    const { block } = await client.rpc.chain_getBlock(hash)
    const index = block.extrinsics.findIndex((bytes) => bytes.toString() === hex)
    if (index >= 0) {
      const records = await (await client.at(hash)).query.system.events()
      return records.filter(({ phase }) => phase.type === 'ApplyExtrinsic' && phase.value === index).map(({ event }) => event)
    }
    number += 1
  }
}

async function submit(call, signer) {
  if (!legacy) {
    const { events, dispatchError } = await call.signAndSend(signer).untilFinalized()
    return { events: events.map(({ event }) => event), error: dispatchError }
  }
  const head = await client.rpc.chain_getHeader()
  await call.sign(signer)
  const hex = call.toHex()
  await client.rpc.author_submitExtrinsic(hex)
  const events = await eventsInBlocks(hex, head.number + 1)
  const failed = events.find(({ pallet, palletEvent }) => pallet === 'System' && palletEvent.name === 'ExtrinsicFailed')
  return { events, error: failed?.palletEvent.data.dispatchError }
}

await check(label('decodes the metadata'), () => {
  ensure(client.metadata.latest.pallets.some(({ name }) => name === 'Balances'), 'pallet Balances is missing')
  ensure(client.consts.balances.existentialDeposit > 0n, 'no existential deposit')
  return `${client.metadata.latest.pallets.length} pallets`
})

const free = async (pair) => (await client.query.system.account(pair.address)).data.free
await check(label('reads an account'), async () => ensure((await free(alice)) > AMOUNT, 'Alice has nothing to send'))

let estimate = 0n
await check(label('dry-runs the fee'), async () => {
  const info = await client.tx.balances.transferKeepAlive(bob.address, AMOUNT).paymentInfo(alice)
  estimate = info.partialFee
  ensure(estimate > 0n, 'the fee is 0')
  return `${estimate}`
})

let sent
const end = legacy ? 'finds it in its block: no watch here' : 'watches it to finality'
await check(label(`sends a transfer and ${end}`), async () => {
  const before = await free(bob)
  sent = await submit(client.tx.balances.transferKeepAlive(bob.address, AMOUNT), alice)
  ensure(!sent.error, `dispatch failed: ${sent.error?.type}`)
  equal((await free(bob)) - before, AMOUNT, 'what Bob received')
})

await check(label('reads the events'), () => {
  const found = (pallet, name) => sent.events.find((event) => event.pallet === pallet && (event.palletEvent.name ?? event.palletEvent) === name)
  const transfer = found('Balances', 'Transfer')
  ensure(transfer, 'no Transfer')
  equal(transfer.palletEvent.data.amount, AMOUNT, 'amount of Transfer')
  ensure(found('System', 'ExtrinsicSuccess'), 'no ExtrinsicSuccess')
  const paid = found('TransactionPayment', 'TransactionFeePaid').palletEvent.data.actualFee
  ensure(paid > 0n && paid <= estimate, `paid ${paid}, estimated ${estimate}`)
})

async function failing(what, call, expected) {
  await check(label(`decodes an error: ${what}`), async () => {
    const { error } = await submit(call, bob)
    ensure(error?.type === 'Module', 'the call did not fail in a pallet')
    const { pallet, name } = client.registry.findErrorMeta(error)
    equal(`${pallet}.${name}`, expected, 'error')
  })
}
await failing('of a pallet', client.tx.sudo.sudo(client.tx.system.remark('0x00').call), 'Sudo.RequireSudo')
await failing('of the model registry', client.tx.models.deprecate(4_000_000_000n), 'Models.UnknownModel')

await check(label('decodes an error: of the token'), async () => {
  const { error } = await submit(client.tx.balances.transferKeepAlive(alice.address, (await free(bob)) + 1n), bob)
  equal(`${error?.type}.${error?.value}`, 'Token.FundsUnavailable', 'error')
})

finish()

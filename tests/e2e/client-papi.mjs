// polkadot-api (PAPI), untyped, against a running chain: `node client-papi.mjs URL KIND`.
import { Binary, createClient } from 'polkadot-api'
import { getWsProvider } from 'polkadot-api/ws'
import { getPolkadotSigner } from 'polkadot-api/signer'
import { Keyring } from '@polkadot/keyring'
import { cryptoWaitReady } from '@polkadot/util-crypto'
import { WebSocket } from 'ws'
import { check, ensure, equal, finish } from './checks.mjs'

const [url, kind] = process.argv.slice(2)
const label = (what) => `${kind}: polkadot-api: ${what}`
const AMOUNT = 2_345_678_901_234n

await cryptoWaitReady()
const keyring = new Keyring({ type: 'sr25519' })
const account = (uri) => {
  const pair = keyring.addFromUri(uri)
  return { address: pair.address, signer: getPolkadotSigner(pair.publicKey, 'Sr25519', (message) => pair.sign(message)) }
}
const [bob, charlie] = ['//Bob', '//Charlie'].map(account)

const client = createClient(getWsProvider(url, { websocketClass: WebSocket }))
const api = client.getUnsafeApi()
const name = (value) => (value && typeof value === 'object' && 'type' in value ? [value.type, ...name(value.value)] : [])

await check(label('decodes the metadata'), async () => {
  ensure((await api.constants.Balances.ExistentialDeposit()) > 0n, 'no existential deposit')
  equal(await api.constants.System.SS58Prefix(), 42, 'SS58 prefix')
})

await check(label('reads chain data and an account'), async () => {
  ensure((await client.getChainSpecData()).name.length > 0, 'no chain name')
  ensure((await api.query.System.Account.getValue(bob.address)).data.free > AMOUNT, 'Bob has nothing to send')
  // Chopsticks answers a walk over a map with a null among the entries, which PAPI 2.2.2 takes apart without looking.
  if (kind !== 'chopsticks') ensure((await api.query.System.Account.getEntries()).length >= 2, 'accounts do not iterate')
})

await check(label('calls a runtime API'), async () => {
  const nonce = await api.apis.AccountNonceApi.account_nonce(bob.address)
  ensure(Number.isInteger(nonce), `nonce is ${nonce}`)
})

const transfer = api.tx.Balances.transfer_keep_alive({ dest: { type: 'Id', value: charlie.address }, value: AMOUNT })

let estimate = 0n
await check(label('dry-runs the fee'), async () => {
  estimate = await transfer.getEstimatedFees(bob.address)
  ensure(estimate > 0n, 'the fee is 0')
  return `${estimate}`
})

let sent
await check(label('sends a transfer and watches it to finality'), async () => {
  const before = (await api.query.System.Account.getValue(charlie.address)).data.free
  sent = await transfer.signAndSubmit(bob.signer)
  ensure(sent.ok, `dispatch failed: ${name(sent.dispatchError).join('.')}`)
  const after = (await api.query.System.Account.getValue(charlie.address)).data.free
  equal(after - before, AMOUNT, 'what Charlie received')
})

await check(label('reads the events'), () => {
  const found = Object.fromEntries(sent.events.map(({ type, value }) => [`${type}.${value.type}`, value.value]))
  for (const wanted of ['Balances.Transfer', 'TransactionPayment.TransactionFeePaid', 'System.ExtrinsicSuccess']) {
    ensure(found[wanted], `no ${wanted} among ${Object.keys(found).join(', ')}`)
  }
  equal(found['Balances.Transfer'].amount, AMOUNT, 'amount of Transfer')
  equal(found['Balances.Transfer'].to, charlie.address, 'receiver of Transfer')
  const paid = found['TransactionPayment.TransactionFeePaid'].actual_fee
  ensure(paid > 0n && paid <= estimate, `paid ${paid}, estimated ${estimate}`)
})

async function failing(what, call, signer, expected) {
  await check(label(`decodes an error: ${what}`), async () => {
    const result = await call.signAndSubmit(signer)
    ensure(!result.ok, 'the call did not fail')
    equal(name(result.dispatchError).join('.'), expected, 'error')
  })
}
const remark = api.tx.System.remark({ remark: Binary.fromHex('0x00') })
await failing('of a pallet', api.tx.Sudo.sudo({ call: remark.decodedCall }), charlie.signer, 'Module.Sudo.RequireSudo')
await failing('of the model registry', api.tx.Models.deprecate({ model: 4_000_000_000n }), charlie.signer, 'Module.Models.UnknownModel')
const { data } = await api.query.System.Account.getValue(charlie.address)
await failing('of the token', api.tx.Balances.transfer_keep_alive({ dest: { type: 'Id', value: bob.address }, value: data.free + 1n }),
  charlie.signer, 'Token.FundsUnavailable')

await check(label('sends a mortal transaction with a tip'), async () => {
  const result = await transfer.signAndSubmit(bob.signer, { mortality: { mortal: true, period: 64 }, tip: 1000n })
  ensure(result.ok, 'dispatch failed')
  const paid = result.events.find(({ value }) => value.type === 'TransactionFeePaid').value.value
  equal(paid.tip, 1000n, 'tip')
})

finish()

// @polkadot/api against a running chain: `node client-pjs.mjs URL KIND`.
import { ApiPromise, Keyring, WsProvider } from '@polkadot/api'
import { merkleizeMetadata } from '@polkadot-api/merkleize-metadata'
import { u8aToHex } from '@polkadot/util'
import { check, ensure, equal, finish } from './checks.mjs'

const [url, kind] = process.argv.slice(2)
const label = (what) => `${kind}: @polkadot/api: ${what}`
const AMOUNT = 1_234_567_890_123n

const api = await ApiPromise.create({ provider: new WsProvider(url), noInitWarn: true })
const keyring = new Keyring({ type: 'sr25519' })
const [alice, bob] = ['//Alice', '//Bob'].map((uri) => keyring.addFromUri(uri))

/** Signs, sends and waits for finality: resolves to { events, error } of the extrinsic. */
function submit(call, signer, options = {}) {
  return new Promise((done, fail) => {
    call.signAndSend(signer, options, ({ status, events, dispatchError }) => {
      if (status.isFinalized) done({ block: status.asFinalized, events: events.map(({ event }) => event), error: dispatchError })
      else if (status.isInvalid || status.isDropped || status.isUsurped) fail(new Error(`transaction is ${status.type}`))
    }).catch(fail)
  })
}

await check(label('decodes the metadata'), () => {
  for (const pallet of ['system', 'parachainSystem', 'timestamp', 'balances', 'sudo', 'utility', 'aura', 'clock', 'models']) {
    ensure(api.tx[pallet] || api.query[pallet], `pallet ${pallet} is missing`)
  }
  ensure(api.consts.balances.existentialDeposit.toBigInt() > 0n, 'no existential deposit')
  return `${api.runtimeMetadata.asLatest.pallets.length} pallets`
})

await check(label('reads runtime version and account'), async () => {
  ensure(api.runtimeVersion.specName.toString().length > 0, 'no spec name')
  const { data } = await api.query.system.account(alice.address)
  ensure(data.free.toBigInt() > AMOUNT, 'Alice has nothing to send')
})

let estimate = 0n
await check(label('dry-runs the fee'), async () => {
  const info = await api.tx.balances.transferKeepAlive(bob.address, AMOUNT).paymentInfo(alice)
  estimate = info.partialFee.toBigInt()
  ensure(estimate > 0n, 'the fee is 0')
  ensure(info.weight.refTime.toBigInt() > 0n, 'the weight is 0')
  return `${estimate}`
})

let sent
await check(label('sends a transfer and watches it to finality'), async () => {
  const before = (await api.query.system.account(bob.address)).data.free.toBigInt()
  sent = await submit(api.tx.balances.transferKeepAlive(bob.address, AMOUNT), alice)
  ensure(!sent.error, `dispatch failed: ${sent.error}`)
  const after = (await api.query.system.account(bob.address)).data.free.toBigInt()
  equal(after - before, AMOUNT, 'what Bob received')
})

await check(label('reads the events'), () => {
  const names = sent.events.map((event) => `${event.section}.${event.method}`)
  for (const name of ['balances.Transfer', 'transactionPayment.TransactionFeePaid', 'system.ExtrinsicSuccess']) {
    ensure(names.includes(name), `no ${name} among ${names.join(', ')}`)
  }
  const transfer = sent.events.find((event) => event.method === 'Transfer')
  equal(transfer.data.amount.toBigInt(), AMOUNT, 'amount of Transfer')
  equal(transfer.data.to.toString(), bob.address, 'receiver of Transfer')
  const paid = sent.events.find((event) => event.method === 'TransactionFeePaid').data.actualFee.toBigInt()
  ensure(paid > 0n && paid <= estimate, `paid ${paid}, estimated ${estimate}`)
})

await check(label('reads the storage of a past block'), async () => {
  const at = await api.at(sent.block)
  ensure((await at.query.system.events()).length >= 3, 'events of the finalised block are gone')
})

async function failing(name, call, signer, expected) {
  await check(label(`decodes an error: ${name}`), async () => {
    const { error, events } = await submit(call, signer)
    ensure(error, 'the call did not fail')
    const shown = error.isModule ? (({ section, name: variant }) => `${section}.${variant}`)(api.registry.findMetaError(error.asModule))
      : `${error.type}.${error.value.type}`
    equal(shown, expected, 'error')
    ensure(events.some((event) => event.method === 'ExtrinsicFailed'), 'no ExtrinsicFailed')
  })
}
await failing('of a pallet', api.tx.sudo.sudo(api.tx.system.remark('0x00')), bob, 'sudo.RequireSudo')
const bobHas = (await api.query.system.account(bob.address)).data.free.toBigInt()
await failing('of the token', api.tx.balances.transferKeepAlive(alice.address, bobHas + 1n), bob, 'Token.FundsUnavailable')
await failing('of arithmetic', api.tx.balances.transferKeepAlive(alice.address, 10n ** 36n), bob, 'Arithmetic.Underflow')
await failing('of the model registry', api.tx.models.deprecate(4_000_000_000), bob, 'models.UnknownModel')

await check(label('signs over the metadata digest that another program computes'), async () => {
  const metadata = (await api.call.metadata.metadataAtVersion(15)).unwrap()
  const { tokenDecimals, tokenSymbol } = await api.rpc.system.properties()
  const digest = merkleizeMetadata(metadata.toU8a(true), {
    decimals: tokenDecimals.unwrap()[0].toNumber(), tokenSymbol: tokenSymbol.unwrap()[0].toString(),
  }).digest()
  const transfer = api.tx.balances.transferKeepAlive(bob.address, 1n)
  const { error } = await submit(transfer, alice, { mode: 1, metadataHash: u8aToHex(digest) })
  ensure(!error, `dispatch failed: ${error}`)
  const altered = digest.slice()
  altered[0] ^= 1
  await transfer.signAsync(alice, { mode: 1, metadataHash: u8aToHex(altered) })
  const answer = await api.rpc.author.submitExtrinsic(transfer).then(() => 'accepted', (refusal) => refusal.message)
  ensure(/1010/.test(answer), `an altered digest is ${answer}`)
})

await check(label('is refused with a bad signature'), async () => {
  const call = api.tx.balances.transferKeepAlive(bob.address, 1n)
  await call.signAsync(alice)
  const bytes = call.toU8a()
  bytes[2 + 1 + 33 + 1 + 8] ^= 1 // length, version, address, kind of signature: a byte of the signature itself
  const answer = await api.rpc.author.submitExtrinsic(bytes).then(() => 'accepted', (error) => error.message)
  ensure(/1010/.test(answer), `answer: ${answer}`)
})

finish()

// Signed calls through the collator's RPC, with @polkadot/api.
import { readFileSync } from 'node:fs'
import { ApiPromise, Keyring, WsProvider } from '@polkadot/api'
import { blake2AsHex } from '@polkadot/util-crypto'
import { ensure, equal } from '../e2e/checks.mjs'

const PPB = 1_000_000_000
const keyring = () => new Keyring({ type: 'sr25519' })
export const account = (uri) => keyring().addFromUri(uri)

export async function withApi(url, body) {
  const api = await ApiPromise.create({ provider: new WsProvider(url), noInitWarn: true })
  try {
    return await body(api)
  } finally {
    await api.disconnect()
  }
}

function explain(api, error) {
  if (!error.isModule) return error.toString()
  const { section, name } = api.registry.findMetaError(error.asModule)
  return `${section}.${name}`
}

/** Signs, sends and waits until the block is final; resolves to { number, events, find(name) }; throws when the call failed. */
export async function submit(api, call, signer, options = {}) {
  const { hash, records, error } = await new Promise((done, fail) => {
    call.signAndSend(signer, options, ({ status, events, dispatchError }) => {
      if (status.isFinalized) done({ hash: status.asFinalized, records: events, error: dispatchError })
      else if (status.isInvalid || status.isDropped || status.isUsurped) fail(new Error(`the transaction is ${status.type}`))
    }).catch(fail)
  })
  ensure(!error, error && `dispatch failed: ${explain(api, error)}`)
  const events = records.map(({ event }) => event)
  return {
    number: (await api.rpc.chain.getHeader(hash)).number.toNumber(),
    find(name) {
      const event = events.find((one) => `${one.section}.${one.method}` === name)
      ensure(event, `no event ${name} among ${events.map((one) => `${one.section}.${one.method}`).join(', ')}`)
      return event.data
    },
  }
}

/** One account pays another, that has nothing before. */
export async function transfer(api, to, amount) {
  const before = (await api.query.system.account(to)).data.free.toBigInt()
  const { number, find } = await submit(api, api.tx.balances.transferKeepAlive(to, amount), account('//Alice'))
  find('balances.Transfer')
  equal((await api.query.system.account(to)).data.free.toBigInt() - before, amount, 'what was received')
  return number
}

/** A licence and a model under it, by one who is not the sudo key. */
export async function registerModel(api, name) {
  const owner = account('//Bob')
  const licence = (await submit(api, api.tx.models.createLicence({
    textHash: blake2AsHex('a licence', 256), flags: 0b11, derivativeRoyaltyPpb: 0.05 * PPB, minPrice: 0, expires: 0, acceptRequired: false,
  }), owner)).find('models.LicenceCreated').licence
  const { number, find } = await submit(api, api.tx.models.registerModel('Weights', blake2AsHex(name, 256), licence, PPB,
    [{ account: owner.address, ppb: PPB }], 'Open'), owner)
  const { model } = find('models.ModelRegistered')
  ensure((await api.query.models.models(model)).isSome, 'the model is not in the state')
  return { number, model: model.toNumber() }
}

/** Authorizes the blob's code by sudo and has anyone's account hand it in; returns the block that scheduled it. */
export async function upgrade(api, file) {
  const code = new Uint8Array(readFileSync(file))
  const authorize = api.tx.system.authorizeUpgrade(blake2AsHex(code, 256))
  const { find } = await submit(api, api.tx.sudo.sudo(authorize), account('//Alice'))
  ensure(find('sudo.Sudid')[0].isOk, 'sudo: the call failed')
  find('system.UpgradeAuthorized')
  const applied = await submit(api, api.tx.system.applyAuthorizedUpgrade(`0x${Buffer.from(code).toString('hex')}`), account('//Charlie'))
  applied.find('parachainSystem.ValidationFunctionStored')
  return applied.number
}

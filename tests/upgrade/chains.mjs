// The upgrade on whole chains: what is refused before it, the upgrade itself under a wallet that stays connected, the migration over
// several blocks that hold inherents alone, and what goes on afterwards.
import { createReadStream, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { ApiPromise, Keyring, WsProvider } from '@polkadot/api'
import { findTool, rpc, sleep, startChain, workDir } from '../e2e/chain.mjs'
import { ensure, equal } from '../e2e/checks.mjs'
import { CLOCK_VERSION, CURSOR, RAND, TIME, blobs, check, tryState, wholeState } from './common.mjs'

const AMOUNT = 3_000_000_000_000n
const keyring = new Keyring({ type: 'sr25519' })
const [alice, bob] = ['//Alice', '//Bob'].map((uri) => keyring.addFromUri(uri))

/** Sends (signed when there is a signer) and waits for finality: { block, events, error }. */
function submit(call, signer) {
  return new Promise((done, fail) => {
    const told = ({ status, events, dispatchError }) => {
      if (status.isFinalized) done({ block: status.asFinalized.toHex(), events: events.map(({ event }) => event), error: dispatchError })
      else if (status.isInvalid || status.isDropped || status.isUsurped) fail(new Error(`transaction is ${status.type}`))
    }
    ;(signer ? call.signAndSend(signer, told) : call.send(told)).catch(fail)
  })
}
const named = (events, name) => events.find((event) => `${event.section}.${event.method}` === name)
const height = async (url, hash) => Number((await rpc(url, 'chain_getHeader', hash ? [hash] : [])).number)
const at = (url, number) => rpc(url, 'chain_getBlockHash', [number])
const storageVersion = async (url, hash) => {
  const value = await rpc(url, 'state_getStorage', [CLOCK_VERSION, hash])
  return Buffer.from(value.slice(2), 'hex').readUInt16LE()
}

/** Blocks come by themselves on the collator; Chopsticks makes one when it is asked. */
async function nextBlock(chain) {
  const now = await height(chain.url)
  if (chain.kind === 'chopsticks') await rpc(chain.url, 'dev_newBlock', [{ count: 1 }])
  while ((await height(chain.url)) <= now) {
    ensure(chain.running(), 'the node ended')
    await sleep(100)
  }
}

/** The error inside Sudo's own answer. */
function sudid(api, events) {
  const result = named(events, 'sudo.Sudid')?.data.sudoResult
  ensure(result, 'no Sudid')
  if (result.isOk) return 'Ok'
  const { isModule, asModule, type } = result.asErr
  return isModule ? api.registry.findMetaError(asModule).name : type
}

async function refusals(chain, api, a) {
  const { system, sudo } = api.tx
  const root = async (call) => sudid(api, (await submit(sudo.sudo(call), alice)).events)
  await check(`${chain.kind}: set_code refuses the version that runs, and what has none`, async () => {
    equal(await root(system.setCode(a.hex)), 'SpecVersionNeedsToIncrease', 'the running blob')
    equal(await root(system.setCode('0x0061736d01000000')), 'FailedToExtractRuntimeVersion', 'an empty module')
  })
  await check(`${chain.kind}: nobody applies code that nobody authorised`, async () => {
    const answer = await rpc(chain.url, 'author_submitExtrinsic', [system.applyAuthorizedUpgrade(a.hex).toHex()])
      .then(() => 'accepted', (error) => error.message)
    ensure(answer !== 'accepted', 'the pool took it')
    return answer.slice(0, 60)
  })
  await check(`${chain.kind}: a wrong version, authorised, is taken off the list for no fee`, async () => {
    equal(await root(system.authorizeUpgrade(a.hash)), 'Ok', 'authorize_upgrade')
    const before = (await api.query.system.account(bob.address)).data.free.toBigInt()
    const { events, error } = await submit(system.applyAuthorizedUpgrade(a.hex), bob)
    ensure(!error, `dispatch failed: ${error}`)
    const rejected = named(events, 'system.RejectedInvalidAuthorizedUpgrade')
    ensure(rejected, 'no RejectedInvalidAuthorizedUpgrade')
    equal(api.registry.findMetaError(rejected.data.error.asModule).name, 'SpecVersionNeedsToIncrease', 'its error')
    equal((await api.query.system.account(bob.address)).data.free.toBigInt(), before, 'balance of who tried')
    ensure((await api.query.system.authorizedUpgrade()).isNone, 'the authorisation is still there')
  })
}

/** Sends the upgrade: by Root at once, or authorised by Root and carried in by an unsigned extrinsic. */
async function send(chain, api, b, authorised) {
  const { system, sudo } = api.tx
  if (!authorised) return submit(sudo.sudo(system.setCode(b.hex)), alice)
  const { events } = await submit(sudo.sudo(system.authorizeUpgrade(b.hash)), alice)
  equal(named(events, 'system.UpgradeAuthorized')?.data.codeHash.toHex(), b.hash, 'authorised hash')
  return submit(system.applyAuthorizedUpgrade(b.hex))
}

async function eventsAt(api, hash) {
  const then = await api.at(hash)
  return (await then.query.system.events()).map(({ event }) => event)
}

async function upgrade(chain, api, b, authorised) {
  const from = {}
  await check(`${chain.kind}: the upgrade is stored and shown to the relay chain`, async () => {
    const { block, events, error } = await send(chain, api, b, authorised)
    ensure(!error, `dispatch failed: ${error}`)
    ensure(named(events, 'parachainSystem.ValidationFunctionStored'), 'no ValidationFunctionStored')
    from.stored = await height(chain.url, block)
    equal(Number((await rpc(chain.url, 'state_getRuntimeVersion', [block])).specVersion), 1, 'spec version still')
  })
  if (!from.stored) return undefined
  await check(`${chain.kind}: the block after has the go-ahead and the code`, async () => {
    if ((await height(chain.url)) === from.stored) await nextBlock(chain)
    const hash = await at(chain.url, from.stored + 1)
    const events = await eventsAt(api, hash)
    ensure(named(events, 'parachainSystem.ValidationFunctionApplied'), 'no ValidationFunctionApplied')
    equal(named(events, 'system.CodeUpdated')?.data[0]?.toHex(), b.hash, 'hash of CodeUpdated')
    equal(await rpc(chain.url, 'state_getStorage', ['0x3a636f6465', hash]) === b.hex, true, ':code is blob B')
    // Chopsticks shows a header with its own digest.
    const { digest } = await rpc(chain.url, 'chain_getHeader', [hash])
    ensure(chain.kind === 'chopsticks' || digest.logs.includes('0x08'), 'no RuntimeEnvironmentUpdated in the digest')
    equal(Number((await rpc(chain.url, 'state_getRuntimeVersion', [hash])).specVersion), 2, 'spec version')
  })
  return from.stored + 2
}

/** A transfer that is sent as soon as the wallet knows the new version: { sent, included }, both block numbers. */
async function earlyTransfer(chain, api) {
  while (api.runtimeVersion.specVersion.toNumber() !== 2) await sleep(50)
  const sent = await height(chain.url)
  const { block, error } = await submit(api.tx.balances.transferKeepAlive(alice.address, AMOUNT), bob)
  ensure(!error, `dispatch failed: ${error}`)
  return { sent, included: await height(chain.url, block) }
}

async function migration(chain, api, first, entries) {
  // Chopsticks puts transactions into any block, whatever the runtime says of it.
  const early = chain.kind === 'omni' ? earlyTransfer(chain, api).catch((error) => error) : undefined
  let last
  await check(`${chain.kind}: the first block of the new code migrates what the inherent reads`, async () => {
    while ((await height(chain.url)) < first) await nextBlock(chain)
    const hash = await at(chain.url, first)
    equal(((await rpc(chain.url, 'state_getStorage', [TIME, hash])).length - 2) / 2, 20, 'bytes of Time')
    equal(await storageVersion(chain.url, hash), 1, 'storage version of Clock')
    ensure(await rpc(chain.url, 'state_getStorage', [CURSOR, hash]), 'no cursor: the second migration took one block only')
  })
  await check(`${chain.kind}: the rest takes several blocks, which hold inherents alone`, async () => {
    let number = first
    for (; ; number += 1) {
      while ((await height(chain.url)) < number) await nextBlock(chain)
      const hash = await at(chain.url, number)
      if ((await storageVersion(chain.url, hash)) === 2) break
      const { block } = await rpc(chain.url, 'chain_getBlock', [hash])
      if (chain.kind === 'omni') equal(block.extrinsics.length, 2, `extrinsics of block ${number}`)
      ensure(number - first < 4 * entries, 'it does not end')
    }
    last = number
    const hash = await at(chain.url, number)
    equal(await rpc(chain.url, 'state_getStorage', [CURSOR, hash]), null, 'cursor')
    const keys = await rpc(chain.url, 'state_getKeysPaged', [RAND, 1000, null, hash])
    ensure(keys.length >= entries, 'entries are gone')
    for (const key of keys) {
      equal(((await rpc(chain.url, 'state_getStorage', [key, hash])).length - 2) / 2, 44, 'bytes of an entry of Rand')
    }
    return `${keys.length} entries in ${number - first + 1} blocks`
  })
  if (!early) return
  await check(`${chain.kind}: a transfer that is sent meanwhile waits for its end`, async () => {
    const answer = await early
    if (answer instanceof Error) throw answer
    ensure(answer.included >= last, `it is in block ${answer.included}, the migration ends in ${last}`)
    return `sent at block ${answer.sent}, in block ${answer.included}, the migration's blocks are ${first} to ${last}`
  })
}

async function walletAcross(chain, api) {
  await check(`${chain.kind}: the wallet that stayed connected sees the new version and metadata`, async () => {
    while (api.runtimeVersion.specVersion.toNumber() !== 2 || !api.query.clock?.time) {
      ensure(chain.running(), 'the node ended')
      if (chain.kind === 'chopsticks') await nextBlock(chain)
      await sleep(200)
    }
    const time = (await api.query.clock.time()).toJSON()
    ensure('skipped' in time, `Time is ${JSON.stringify(time)}`)
    equal((await api.query.system.lastRuntimeUpgrade()).unwrap().specVersion.toNumber(), 2, 'LastRuntimeUpgrade')
  })
  await check(`${chain.kind}: a transfer after the upgrade`, async () => {
    const before = (await api.query.system.account(bob.address)).data.free.toBigInt()
    const { error } = await submit(api.tx.balances.transferKeepAlive(bob.address, AMOUNT), alice)
    ensure(!error, `dispatch failed: ${error}`)
    equal((await api.query.system.account(bob.address)).data.free.toBigInt() - before, AMOUNT, 'what Bob received')
  })
}

async function holds(chain, which, name) {
  await check(`${chain.kind}: the invariants of blob ${which.toUpperCase()} hold ${name}`, async () => {
    const hash = await rpc(chain.url, 'chain_getFinalizedHead')
    const keys = tryState(which, await wholeState(chain.url, hash), `upgrade-${chain.kind}-${which}`)
    return `block ${await height(chain.url, hash)}, ${keys} keys`
  })
}

async function wholeUpgrade(chain, authorised) {
  const { a, b } = blobs()
  const api = await ApiPromise.create({ provider: new WsProvider(chain.url), noInitWarn: true })
  try {
    await check(`${chain.kind}: runs the blob`, async () => {
      equal(api.runtimeVersion.specVersion.toNumber(), 1, 'spec version')
      ensure(!('skipped' in (await api.query.clock.time()).toJSON()), 'it is blob B')
    })
    await refusals(chain, api, a)
    while ((await height(chain.url)) < 8) await nextBlock(chain)
    await holds(chain, 'a', 'before')
    const first = await upgrade(chain, api, b, authorised)
    if (!first) return
    const entries = (await rpc(chain.url, 'state_getKeysPaged', [RAND, 1000, null, await at(chain.url, first - 1)])).length
    await migration(chain, api, first, entries)
    await walletAcross(chain, api)
    await holds(chain, 'b', 'after')
  } finally {
    await api.disconnect()
  }
}

export async function onChopsticks() {
  const chain = await startChain('chopsticks', { name: 'upgrade-chopsticks' })
  try {
    await wholeUpgrade(chain, false)
  } finally {
    await chain.stop()
  }
}

const mayComplain = [/Using default protocol ID "sup" because none is configured/, /Essential task `txpool-background` failed/]

export async function onCollator() {
  if (!findTool('polkadot-omni-node')) {
    console.log('skipped: no node binary (polkadot-omni-node is neither on the PATH nor in ../shared/tools): the upgrade on it')
    return
  }
  const basePath = join(workDir, 'upgrade-db')
  rmSync(basePath, { recursive: true, force: true })
  const options = { basePath, blockTime: 1000 }
  let chain = await startChain('omni', { ...options, name: 'upgrade-omni-1' })
  const logs = [chain.log]
  let before
  try {
    await wholeUpgrade(chain, true)
    await check('omni: finalised blocks go on', async () => {
      const now = await height(chain.url)
      for (;;) {
        const head = await rpc(chain.url, 'chain_getFinalizedHead')
        before = { number: await height(chain.url, head), hash: head }
        if (before.number > now + 3) return `block ${before.number}`
        ensure(chain.running(), 'the node ended')
        await sleep(200)
      }
    })
  } finally {
    await chain.stop()
  }
  await check('omni: starts again from its database, with the new code', async () => {
    ensure(before, 'there is nothing to go on from')
    chain = await startChain('omni', { ...options, name: 'upgrade-omni-2' })
    logs.push(chain.log)
    try {
      equal(await at(chain.url, before.number), before.hash, 'hash of an old block')
      while ((await height(chain.url)) < before.number + 3) {
        ensure(chain.running(), 'the node ended')
        await sleep(200)
      }
      equal(Number((await rpc(chain.url, 'state_getRuntimeVersion')).specVersion), 2, 'spec version')
    } finally {
      await chain.stop()
    }
  })
  await check('omni: no warning or error in its logs', async () => {
    for (const log of logs) {
      for await (const line of createInterface({ input: createReadStream(log) })) {
        const bad = /\b(WARN|ERROR)\b|panicked|wasm trap/.test(line) && !mayComplain.some((known) => known.test(line))
        ensure(!bad, `${line.slice(0, 200)} (log: ${log})`)
      }
    }
  })
  rmSync(basePath, { recursive: true, force: true })
}

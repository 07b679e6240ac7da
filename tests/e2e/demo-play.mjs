// The scene that `make run` plays, step by step. Every step that does not happen throws.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Keyring } from '@polkadot/api'
import { u8aConcat, u8aToHex } from '@polkadot/util'
import { blake2AsHex, blake2AsU8a, randomAsU8a } from '@polkadot/util-crypto'
import { artifact } from './artifact.mjs'
import { detail, nlr, send, step, tick, waitForTick } from './demo-steps.mjs'

const UNIT = 1_000_000_000_000n
const PPB = 1_000_000_000
/** Ticks between staging a version and revealing it: a copier who sees the reveal comes this much too late. */
const REVEAL_AFTER = 10

/** A file of npm's @ricky0123/vad-web, which ships the Silero voice-activity models. */
function modelFile(name) {
  const folder = dirname(createRequire(import.meta.url).resolve('@ricky0123/vad-web/package.json'))
  return readFileSync(join(folder, name))
}
const hashText = (text) => blake2AsHex(text, 256)

async function exchange(api, alice, bob) {
  const free = async (who) => (await api.query.system.account(who.address)).data.free.toBigInt()
  const pay = (from, to, amount) => send(api, `${from.meta.name} pays ${to.meta.name} ${nlr(amount)}`,
    api.tx.balances.transferKeepAlive(to.address, amount), from, 'balances.Transfer')
  await pay(alice, bob, 25n * UNIT)
  await pay(bob, alice, 10n * UNIT)
  detail(`Alice holds ${nlr(await free(alice))}, Bob ${nlr(await free(bob))}`)
}

function hash(file) {
  step(`The file ${file} is hashed into its artifact root`)
  const found = artifact(modelFile(`dist/${file}`))
  detail(`${found.length} bytes in ${found.parts} parts of 1 MiB, root ${u8aToHex(found.root)}`)
  return found
}

/** Stages a version of `model` behind a commitment, waits, and reveals it. */
async function publish(api, chain, { owner, name, model, file }) {
  const found = hash(file)
  const call = api.tx.models.activateVersion
  const type = api.registry.lookup.getTypeDef(call.meta.args[2].type).type
  const version = api.registry.createType(type, {
    artifactRoot: found.root,
    artifactLen: found.length,
    manifestHash: hashText(JSON.stringify({ name, file, format: 'onnx' })),
    profile: 1, // exact-float: the same program on the same kind of machine gives the same bits
    unitRule: 0, // paid by the call
  })
  const salt = randomAsU8a(16)
  const tag = new TextEncoder().encode('deai/models/stage/1')
  const id = api.registry.createType('u64', model)
  const commit = blake2AsU8a(u8aConcat(new Uint8Array([tag.length]), tag, owner.publicKey, id.toU8a(), version.toU8a(), salt), 256)
  const staged = await send(api, `${owner.meta.name} stages a version of ${name}, showing only a commitment`,
    api.tx.models.stageVersion(model, commit), owner, 'models.VersionStaged')
  const no = (staged.no ?? staged.version).toNumber()
  await waitForTick(api, chain, (await tick(api)) + REVEAL_AFTER)
  await send(api, `${owner.meta.name} reveals version ${no} of ${name}, and the model goes live`,
    call(model, no, version, salt), owner, 'models.VersionActivated')
  return no
}

export async function play(api, chain) {
  const keyring = new Keyring({ type: 'sr25519', ss58Format: api.registry.chainSS58 })
  const [alice, bob] = ['Alice', 'Bob'].map((name) => keyring.addFromUri(`//${name}`, { name }))
  await exchange(api, alice, bob)

  const licence = await send(api, 'Alice writes a licence: derivatives allowed, with 5 % of their income', api.tx.models.createLicence({
    textHash: u8aToHex(blake2AsU8a(modelFile('LICENSE'), 256)),
    flags: 0b01011, // commercial use, derivatives, attribution
    derivativeRoyaltyPpb: 0.05 * PPB,
    minPrice: 0,
    expires: 0,
    acceptRequired: false,
  }), alice, 'models.LicenceCreated')
  const licenceId = (licence.licence ?? licence.id).toNumber()

  const split = [[alice, 0.7 * PPB], [bob, 0.3 * PPB]]
    .sort(([a], [b]) => Buffer.compare(a.publicKey, b.publicKey))
    .map(([who, ppb]) => [who.address, ppb])
  const base = await send(api, 'Alice registers the Silero voice-activity model; its income is split 70 % to her, 30 % to Bob',
    api.tx.models.registerModel(0, hashText('silero-vad'), licenceId, split, 'Open'), alice, 'models.ModelRegistered')
  const baseId = base.model.toNumber()
  const baseVersion = await publish(api, chain, { owner: alice, name: 'silero-vad', model: baseId, file: 'silero_vad_v5.onnx' })

  const child = await send(api, 'Bob registers a second model', api.tx.models.registerModel(0, hashText('silero-vad-next'), licenceId,
    [[bob.address, PPB]], 'Open'), bob, 'models.ModelRegistered')
  const childId = child.model.toNumber()
  await send(api, `Bob declares that it derives from model ${baseId}, version ${baseVersion}, which gets 5 % of its income`,
    api.tx.models.setParents(childId, [{ model: baseId, version: baseVersion, ppb: 0.05 * PPB }]), bob, 'models.ParentsSet')
  await publish(api, chain, { owner: bob, name: 'silero-vad-next', model: childId, file: 'silero_vad_v6.onnx' })

  step('The chain knows the family')
  for (const id of [baseId, childId]) {
    const model = (await api.query.models.models(id)).unwrap()
    if (model.state.toString() !== '1' && model.state.toString() !== 'Active') throw new Error(`model ${id} is not active`)
    const ancestors = [...await api.query.models.ancestors(id)].map((one) => one.toHuman())
    detail(`model ${id}: active, latest version ${model.latest}, ancestors ${ancestors.length ? JSON.stringify(ancestors) : 'none'}`)
  }
}

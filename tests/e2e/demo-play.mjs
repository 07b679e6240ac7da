// The first half of what `make run` plays, step by step: models. Every step that does not happen throws.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { u8aConcat, u8aToHex } from '@polkadot/util'
import { blake2AsHex, blake2AsU8a, randomAsU8a } from '@polkadot/util-crypto'
import { artifact } from './artifact.mjs'
import { detail, nlr, send, step, tick, waitForTick } from './demo-steps.mjs'

const UNIT = 1_000_000_000_000n
const PPB = 1_000_000_000

/** Path of a file of npm's @ricky0123/vad-web, which ships the Silero voice-activity models. */
export function modelFile(name) {
  const folder = dirname(createRequire(import.meta.url).resolve('@ricky0123/vad-web/package.json'))
  return join(folder, 'dist', name)
}
const hashText = (text) => blake2AsHex(text, 256)

async function exchange(demo, alice, bob) {
  const { api } = demo
  const free = async (who) => (await api.query.system.account(who.address)).data.free.toBigInt()
  const pay = (from, to, amount) => send(demo, `${from.meta.name} pays ${to.meta.name} ${nlr(amount)}`,
    api.tx.balances.transferKeepAlive(to.address, amount), from, 'balances.Transfer')
  await pay(alice, bob, 25n * UNIT)
  await pay(bob, alice, 10n * UNIT)
  detail(`Alice holds ${nlr(await free(alice))}, Bob ${nlr(await free(bob))}`)
}

function hash(file) {
  step(`The file ${file} is hashed into its artifact root`)
  const found = artifact(readFileSync(modelFile(file)))
  detail(`${found.length} bytes in ${found.parts} parts of 1 MiB, root ${u8aToHex(found.root)}`)
  return found
}

/** Stages a version of `model` behind a commitment, waits, and reveals it. */
async function publish(demo, { owner, name, model, file }) {
  const { api } = demo
  const found = hash(file)
  const call = api.tx.models.activateVersion
  const version = api.registry.createType(call.meta.args[2].type.toString(), {
    artifactRoot: found.root,
    artifactLen: found.length,
    manifestHash: hashText(JSON.stringify({ name, file, format: 'onnx' })),
    profile: 'ExactFloat', // the same program on the same kind of machine gives the same bits
    unitRule: 'Step', // a unit is a frame of 32 ms
  })
  const salt = randomAsU8a(16)
  const tag = new TextEncoder().encode('deai/models/stage/1')
  const id = api.registry.createType('u64', model)
  const commit = blake2AsU8a(u8aConcat(new Uint8Array([tag.length]), tag, owner.publicKey, id.toU8a(), version.toU8a(), salt), 256)
  const staged = await send(demo, `${owner.meta.name} stages a version of ${name}, showing only a commitment`,
    api.tx.models.stageVersion(model, commit), owner, 'models.VersionStaged')
  const no = staged.number.toNumber()
  // A copier sees the bytes' root at the reveal only, and would have to wait as long again: too late.
  step(`The reveal waits for ${api.consts.models.stageDelay} ticks of the relay chain`)
  await waitForTick(demo, (await tick(api)) + api.consts.models.stageDelay.toNumber())
  const shown = await send(demo, `${owner.meta.name} reveals version ${no} of ${name}, and the model goes live`,
    call(model, no, version, salt), owner, 'models.VersionActivated')
  if (shown.artifactRoot.toHex() !== u8aToHex(found.root)) throw new Error('the event names another artifact root')
  return no
}

/** Plays it; returns the numbers { base, child } of the models. */
export async function playModels(demo) {
  const { api, people } = demo
  const { Alice: alice, Bob: bob } = people
  await exchange(demo, alice, bob)

  const licence = await send(demo, 'Alice writes a licence: derivatives allowed, with 5 % of their income', api.tx.models.createLicence({
    textHash: hashText('SPDX-License-Identifier: MIT'), // what Silero's models are under
    flags: 0b01011, // commercial use, derivatives, attribution
    derivativeRoyaltyPpb: 0.05 * PPB,
    minPrice: 0,
    expires: 0,
    acceptRequired: false,
  }), alice, 'models.LicenceCreated')
  const licenceId = licence.licence.toNumber()

  const split = [[alice, 0.7 * PPB], [bob, 0.3 * PPB]]
    .sort(([a], [b]) => Buffer.compare(a.publicKey, b.publicKey))
    .map(([who, ppb]) => ({ account: who.address, ppb }))
  const base = await send(demo, 'Alice registers the Silero voice-activity model; its income is split 70 % to her, 30 % to Bob',
    api.tx.models.registerModel('Weights', hashText('silero-vad'), licenceId, PPB, split, 'Open'), alice, 'models.ModelRegistered')
  const baseId = base.model.toNumber()
  const baseVersion = await publish(demo, { owner: alice, name: 'silero-vad', model: baseId, file: 'silero_vad_v5.onnx' })

  const child = await send(demo, 'Bob registers a second model', api.tx.models.registerModel('Weights', hashText('silero-vad-next'),
    licenceId, PPB, [{ account: bob.address, ppb: PPB }], 'Open'), bob, 'models.ModelRegistered')
  const childId = child.model.toNumber()
  await send(demo, `Bob declares that it derives from model ${baseId}, version ${baseVersion}, which gets 5 % of its income`,
    api.tx.models.setParents(childId, [{ model: baseId, version: baseVersion, ppb: 0.05 * PPB }]), bob, 'models.ParentsSet')
  await publish(demo, { owner: bob, name: 'silero-vad-next', model: childId, file: 'silero_vad_v6.onnx' })

  step('The chain knows the family')
  for (const id of [baseId, childId]) {
    const model = (await api.query.models.models(id)).unwrap()
    const ancestors = [...await api.query.models.ancestors(id)]
    if (model.state.type !== 'Active') throw new Error(`model ${id} is ${model.state.type}, not Active`)
    if (ancestors.length !== (id === childId ? 1 : 0)) throw new Error(`model ${id} has ${ancestors.length} ancestors`)
    const earns = ancestors.map((one) => `; model ${one.model} earns ${one.ppb.toNumber() / 1e7} % of its revenue`).join('')
    detail(`model ${id}: ${model.state.type}, latest version ${model.latest}, ${nlr(model.deposit.amount.toBigInt())} deposit${earns}`)
  }
  return { base: baseId, child: childId }
}

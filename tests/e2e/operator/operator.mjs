// The operator of a provider: a program that serves a model on a Nalar chain. `node operator.mjs --help` has the usage.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { decodeAddress } from '@polkadot/util-crypto'
import { artifact } from '../artifact.mjs'
import { Chain } from './chain.mjs'
import { Duties } from './duties.mjs'
import { toHex } from './hashes.mjs'
import { Journal } from './journal.mjs'
import { at, log } from './log.mjs'
import { faults } from './misbehave.mjs'
import { UsageError, help, readOptions } from './options.mjs'
import { Hopeless, Standing } from './standing.mjs'
import { VoiceModel } from './voice-model.mjs'

let chain
let journal
let duties
let standing
let leaving = false

/** The only way out. What is on disk is enough to go on from: nothing has to be finished first. */
function leave(code) {
  if (leaving) return
  leaving = true
  for (const part of [duties, standing]) if (part) part.ended = true
  chain?.close()
  journal?.close()
  process.exit(code)
}

async function loadModels(files) {
  const models = new Map()
  for (const file of files) {
    let bytes
    try {
      bytes = readFileSync(file)
    } catch (error) {
      throw new Hopeless(`--model: ${error.message}`)
    }
    const root = toHex(artifact(bytes).root)
    const model = await VoiceModel.load(bytes).catch((error) => { throw new Hopeless(`--model ${file}: ${error.message.split('\n')[0]}`) })
    models.set(root, model)
    log(`model file ${file}, ${bytes.length} bytes, root ${root}`)
  }
  return models
}

/** Live versions of the model whose bytes are among the files: number -> { model, unitRule }. */
async function findVersions(models, id) {
  const record = await chain.api.query.Models.Models.getValue(id)
  if (!record) throw new Hopeless(`the chain has no model ${id}`)
  const versions = new Map()
  for (let number = 1; number <= record.last_number; number += 1) {
    const version = await chain.api.query.Models.Versions.getValue(id, number)
    const model = version && models.get(version.spec.artifact_root)
    if (!model || version.status.type !== 'Live') continue
    versions.set(number, { model, unitRule: version.spec.unit_rule.type })
    log(`serves model ${id} version ${number}, counted by ${version.spec.unit_rule.type}`)
  }
  if (versions.size === 0) throw new Hopeless(`no live version of model ${id} has the bytes of a file given with --model`)
  return versions
}

/** The chain answers once it is up; until then the client tries again by itself. */
async function genesisOf() {
  const { genesisHash } = await chain.client.getChainSpecData()
  return genesisHash
}

async function main() {
  const options = readOptions(process.argv.slice(2))
  if (options.help) {
    console.log(help)
    process.exit(0)
  }
  const models = await loadModels(options.models)
  chain = await Chain.connect(options.ws, options.key).catch((error) => { throw new UsageError(`the key is none: ${error.message}`) })
  const genesis = await genesisOf()
  journal = new Journal(join(options.state, `${genesis.slice(2, 10)}-${chain.address}`))
  log(`operator ${chain.address}, chain ${genesis}, state in ${journal.folder}`)
  options.versions = await findVersions(models, options.modelId)
  duties = new Duties({ chain, journal, models, options })
  standing = new Standing({ chain, options })
  await standing.constants()
  if (options.misbehave) {
    log(`MISBEHAVES on purpose: ${options.misbehave}`)
    faults[options.misbehave]({ chain, models })
  }

  let newest
  let wake
  chain.watch((block) => {
    newest = block
    wake?.()
  })
  for (let done; ; done = newest) {
    while (!newest || newest === done) await new Promise((resolve) => { wake = resolve })
    const block = newest
    try {
      const time = await chain.api.query.Clock.Time.getValue({ at: block.hash })
      at(block.number, time.now)
      const provider = await standing.look(block, time)
      if (!provider) continue
      duties.setOwner(toHex(decodeAddress(provider.owner)))
      await duties.look(block, time, provider)
    } catch (error) {
      if (error instanceof Hopeless) throw error
      // The block is gone, by a newer one or with the connection: the next one tells as much.
      log(`block ${block.number} could not be read (${String(error.message).split('\n')[0]})`)
      await pause(500)
    }
  }
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    log(`ended by ${signal}`)
    leave(0)
  })
}
// polkadot-api rejects what was under way when a connection breaks, also where nobody waits for it any more.
process.on('unhandledRejection', (error) => log(`a request was not answered: ${String(error?.message ?? error).split('\n')[0]}`))

main().catch((error) => {
  if (leaving) return
  const usage = error instanceof UsageError
  const known = usage || error instanceof Hopeless || /is in use by process/.test(error.message)
  console.error(`operator: ${known ? error.message : error.stack}${usage ? "\noperator: '--help' shows the usage" : ''}`)
  leave(usage ? 2 : 1)
})

// Our chain behind real validators, as `relay-network` sets them up. The last line is `relay: N passed, N failed`.
//   node relay-test.mjs --build=build [--form=full|short] [--spec=RAW.json]
// short: 3 blocks finalised with the collator's default flags, a signed transfer and Models calls among them, a clean log. full: also a
// restart of the collator, session keys made by it, a code upgrade on the live relay chain, and a network with `--authoring=slot-based`.
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { u8aToHex } from '@polkadot/util'
import { UserError, findTool, rpc } from '../e2e/chain.mjs'
import { ensure, equal } from '../e2e/checks.mjs'
import { account, registerModel, submit, transfer, upgrade, withApi } from './calls.mjs'
import { genesisChecks } from './genesis.mjs'
import { complaints, refusals } from './log.mjs'
import { Network, findScript } from './network.mjs'

const options = Object.fromEntries(process.argv.slice(2).map((word) => word.match(/^--(\w+)=(.*)$/)?.slice(1)).filter(Boolean))
const build = resolve(options.build || 'build')
const full = options.form !== 'short'
const spec = resolve(options.spec || join(build, 'chain-spec/local_testnet.raw.json'))
const AMOUNT = 3_000_000_000_000n

const count = { passed: 0, failed: 0 }
const began = Date.now()
/** Runs one check; what it returns is printed beside its name. Resolves to whether it held. */
async function check(name, body) {
  const since = () => `${Math.round((Date.now() - began) / 1000)} s`
  try {
    const note = await body()
    count.passed += 1
    console.log(`ok ${name} (${note ? `${note}; ` : ''}at ${since()})`)
    return true
  } catch (error) {
    count.failed += 1
    console.log(`FAIL ${name}: ${String(error?.message ?? error).split('\n')[0]} (at ${since()})`)
    return false
  }
}

/** A digest item of kind PreRuntime of the collator that chooses its core: only the slot-based one puts it there. */
async function choosesCore(url, number) {
  const { digest } = await rpc(url, 'chain_getHeader', [await rpc(url, 'chain_getBlockHash', [number])])
  return digest.logs.some((item) => item.startsWith('0x06434d4c53'))
}

/** A network from genesis to its end: what is tried on it is the same whatever its collator's flags; `scene` adds to it. */
async function network(name, { flags, blocks, slotBased }, scene) {
  const say = (what) => `${name}: ${what}`
  const { para_id: para } = JSON.parse(readFileSync(spec, 'utf8'))
  let net
  try {
    net = await Network.start({ script: findScript(), spec, para, blocks, flags, dir: join(build, 'relay', name.replaceAll(' ', '-')) })
    if (!(await check(say('the collator starts from the raw specification'), () => net.answers().then(() => {})))) return
    // Signed while the first blocks are made, so that they are among them.
    const calls = withApi(net.url, async (api) => {
      const paid = await transfer(api, account('//Relay').address, AMOUNT)
      return { paid, model: await registerModel(api, `model of ${name}`) }
    })
    let outcome
    calls.then((value) => { outcome = { value } }, (error) => { outcome = { error } })
    const alive = await check(say(`${blocks} blocks backed, included and finalised by the validators`), async () => {
      await net.verdict()
      const now = await net.finalised(blocks)
      return `block ${now.best}, finalised ${now.finalised}`
    })
    if (!alive) return
    await check(say('a signed transfer and two calls of Models are in finalised blocks'), async () => {
      const { value, error } = await net.until('the calls are final', () => outcome)
      if (error) throw error
      const { paid, model } = value
      equal(await choosesCore(net.url, paid), slotBased, 'a core is chosen in the block')
      return `transfer in block ${paid}, model ${model.model} in block ${model.number}`
    })
    await scene?.(net, say)
  } catch (error) {
    await check(say('runs'), () => { throw error })
  } finally {
    await net?.stop()
  }
  await check(say('the validators refused no candidate'), async () => {
    for (const who of ['alice', 'bob']) {
      const found = await refusals(join(net.dir, `${who}.log`))
      ensure(found.length === 0, `${found.length} lines of ${who}, the first: ${found[0]?.slice(0, 240)}`)
    }
  })
  for (const [index, log] of net.logs.entries()) {
    await check(say(`no warning or error of ours in the collator's log, run ${index + 1}`), async () => {
      const found = await complaints(log)
      ensure(found.length === 0, `${found.length} lines, the first: ${found[0]?.slice(0, 240)} (log: ${log})`)
    })
  }
}

async function restart(net, say) {
  await check(say('goes on after a restart of the collator'), async () => {
    const before = await net.finalised(1)
    await net.restart()
    equal(await rpc(net.url, 'chain_getBlockHash', [before.finalised]), before.hash, 'a block from before')
    const now = await net.finalised(before.best + 2)
    return `from block ${before.best} to ${now.best}, finalised ${now.finalised}`
  })
}

async function newKeys(net, say) {
  await check(say('session keys that the collator makes are registered with their proof'), () => withApi(net.url, async (api) => {
    const owner = account('//Charlie')
    const { keys, proof } = await rpc(net.url, 'author_rotateKeysWithOwner', [u8aToHex(owner.publicKey)])
    equal(await rpc(net.url, 'author_hasSessionKeys', [keys]), true, 'the collator holds them')
    await submit(api, api.tx.session.setKeys(keys, proof), owner)
    equal((await api.query.session.nextKeys(owner.address)).unwrap().aura.toHex(), keys, 'registered key')
  }))
}

async function liveUpgrade(net, say) {
  const blob = join(build, 'nalar-b.compact.compressed.wasm')
  const version = async () => (await rpc(net.url, 'state_getRuntimeVersion', [(await net.finalised(1)).hash])).specVersion
  let old
  const scheduled = await check(say('a code upgrade is authorized and handed in'), async () => {
    if (!existsSync(blob)) throw new UserError(`no ${blob}: run 'make blob-b' first`)
    old = await version()
    return `scheduled in block ${await withApi(net.url, (api) => upgrade(api, blob))}`
  })
  if (!scheduled) return
  await check(say('the validators check the new code and let it go ahead'), async () => {
    const now = await net.until('the new code is taken over', async () => (await version()) > old && net.finalised(1))
    return `version ${old} to ${await version()}, finalised block ${now.finalised}`
  })
  // Blob B has a migration of several blocks; until it is done the state counts as that of the old code.
  await check(say('the migrations come to their end, and nothing of the upgrade is left over'), () => withApi(net.url, async (api) => {
    const wanted = await version()
    const done = await net.until('the migrations are done', async () => {
      const at = await api.at(await api.rpc.chain.getFinalizedHead())
      return (await at.query.system.lastRuntimeUpgrade()).unwrap().specVersion.toNumber() === wanted && at
    })
    equal((await done.query.parachainSystem.pendingValidationCode()).length, 0, 'bytes of pending code')
    return `at block ${await done.query.system.number()}`
  }))
  await check(say('blocks of the new code are finalised, a signed transfer among them'), async () => {
    const number = await withApi(net.url, (api) => transfer(api, account('//Upgraded').address, AMOUNT))
    await withApi(net.url, (api) => submit(api, api.tx.system.remark('0x00'), account('//Charlie')))
    const now = await net.finalised(number + 2)
    return `transfer in block ${number}, finalised ${now.finalised}`
  })
}

const missing = ['polkadot-omni-node', 'polkadot'].filter((tool) => !findTool(tool))
if (missing.includes('polkadot-omni-node')) console.log('skipped: no node binary (polkadot-omni-node is neither on the PATH nor in ../shared/tools): everything')
else {
  if (!options.spec) await genesisChecks(check, build)
  if (!findScript() || missing.length > 0) console.log('skipped: no relay-network (neither on the PATH nor in ../shared/tools): the live relay chain')
  else {
    await network('default flags', { blocks: 3, slotBased: false }, full ? async (net, say) => {
      await restart(net, say)
      await newKeys(net, say)
      await liveUpgrade(net, say)
    } : undefined)
    if (full) await network('slot-based', { blocks: 5, slotBased: true, flags: ['--authoring=slot-based'] })
  }
}
console.log(`relay: ${count.passed} passed, ${count.failed} failed`)
process.exit(count.failed === 0 ? 0 : 1)

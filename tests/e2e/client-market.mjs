// The market through polkadot-api, end to end, against a running chain: `node client-market.mjs URL KIND`. A model is published, an
// operator's program serves it, jobs are posted and end: done, declined, and after the operator was killed between commitment and reveal.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Keyring } from '@polkadot/keyring'
import { cryptoWaitReady } from '@polkadot/util-crypto'
import { createClient } from 'polkadot-api'
import { getPolkadotSigner } from 'polkadot-api/signer'
import { getWsProvider } from 'polkadot-api/ws'
import { WebSocket } from 'ws'
import { artifact } from './artifact.mjs'
import { here, rpc, sleep, withParentDeath } from './chain.mjs'
import { check, ensure, equal, finish } from './checks.mjs'
import { modelFile } from './demo-play.mjs'
import { speak } from './operator/clip.mjs'
import { ZEROS, tagged, toHex, u32, u64 } from './operator/hashes.mjs'
import { describe } from './operator/input.mjs'
import { VoiceModel } from './operator/voice-model.mjs'

const [url, kind] = process.argv.slice(2)
const label = (what) => `${kind}: market: ${what}`
const FILE = modelFile('silero_vad_v5.onnx')
const PRICE = 10_000_000_000n
const unit = (type) => ({ type, value: undefined })

await cryptoWaitReady()
const keyring = new Keyring({ type: 'sr25519' })
const account = (uri) => {
  const pair = keyring.addFromUri(uri)
  return { uri, address: pair.address, publicKey: pair.publicKey, signer: getPolkadotSigner(pair.publicKey, 'Sr25519', (message) => pair.sign(message)) }
}
const [owner, client, serving, delegator] = ['//Alice', '//Ferdie//stash', '//Eve//stash', '//Dave//stash'].map(account)
const papi = createClient(getWsProvider(url, { websocketClass: WebSocket, heartbeatTimeout: 600_000 }))
const api = papi.getUnsafeApi()
const folder = mkdtempSync(join(tmpdir(), 'nalar-market-'))
const names = (value) => (value && typeof value === 'object' && 'type' in value ? [value.type, ...names(value.value)] : [])

/** Sends a call; returns the fields of the event `wanted`. */
async function send(call, who, wanted) {
  const { ok, events, dispatchError } = await call.signAndSubmit(who.signer)
  ensure(ok, `dispatch failed: ${names(dispatchError).join('.')}`)
  const found = events.find(({ type, value }) => `${type}.${value.type}` === wanted)
  ensure(found, `no ${wanted} among ${events.map(({ type, value }) => `${type}.${value.type}`).join(', ')}`)
  return found.value.value
}
const time = () => api.query.Clock.Time.getValue()
const view = (job) => api.apis.DeaiApi.job_view(job)

/** Lets the chain go on until `met` answers something. An operator that ends where it should not is an error. */
async function until(met) {
  for (;;) {
    const found = await met()
    if (found) return found
    ensure(!operator || operator.how === undefined || operator.may, `the operator ended with ${operator?.how}: ${operator?.said.at(-1)}`)
    if (kind === 'chopsticks') await rpc(url, 'dev_newBlock', [{ count: 1 }])
    await sleep(300)
  }
}

async function jump(now) {
  const { relay, last_rand } = await time()
  const value = Buffer.concat([u32(now), u32(relay), u32(last_rand)])
  const key = await api.query.Clock.Time.getKey()
  const call = api.tx.System.set_storage({ items: [[Buffer.from(key.slice(2), 'hex'), value]] })
  await send(api.tx.Sudo.sudo({ call: call.decodedCall }), owner, 'Sudo.Sudid')
}

let operator
function start(...extra) {
  const args = ['--ws', url, '--key', serving.uri, '--model', FILE, '--model-id', String(model), '--price', '0.01', '--state', join(folder, 'state'), '--store', folder, ...extra]
  const child = spawn(...withParentDeath(process.execPath, [join(here, 'operator/operator.mjs'), ...args]), { stdio: ['ignore', 'pipe', 'pipe'] })
  operator = { child, said: [], how: undefined, may: false }
  const mine = operator
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', (line) => mine.said.push(line))
  operator.ended = new Promise((done) => child.once('exit', (code, signal) => { mine.how = signal ?? code; done(mine.how) }))
  process.once('exit', () => child.kill('SIGKILL'))
}

let model
await check(label('publishes a model'), async () => {
  const { licence } = await send(api.tx.Models.create_licence({
    licence: { text_hash: toHex(tagged('test')), flags: 1, derivative_royalty_ppb: 0, min_price: 0n, expires: 0, accept_required: false },
  }), owner, 'Models.LicenceCreated')
  model = (await send(api.tx.Models.register_model({
    kind: unit('Weights'), name_hash: ZEROS, licence, royalty_ppb: 1_000_000_000, split: [{ account: owner.address, ppb: 1_000_000_000 }], policy: unit('Open'),
  }), owner, 'Models.ModelRegistered')).model
  const found = artifact(readFileSync(FILE))
  const version = {
    artifact_root: toHex(found.root), artifact_len: BigInt(found.length), manifest_hash: ZEROS, program_root: ZEROS, profile: unit('ExactFloat'),
    fp_params: { topk: 0, max_exp_miss: 0, mean_mantissa: 0, min_overlap: 0 }, unit_rule: unit('Step'), knowledge: [], eval_root: ZEROS, sbom_hash: ZEROS,
  }
  const salt = `0x${'5a'.repeat(16)}`
  // SCALE by hand: what an owner without this chain's types would do.
  const encoded = Buffer.concat([found.root, u64(found.length), Buffer.alloc(64), Buffer.of(1), Buffer.alloc(8), Buffer.of(3), Buffer.of(0), Buffer.alloc(64)])
  const commit = toHex(tagged('deai/models/stage/1', owner.publicKey, u64(model), encoded, Buffer.from(salt.slice(2), 'hex')))
  const { number } = await send(api.tx.Models.stage_version({ model, commit }), owner, 'Models.VersionStaged')
  await jump((await time()).now + 10)
  await send(api.tx.Models.activate_version({ model, number, version, salt }), owner, 'Models.VersionActivated')
})

const owed = () => api.apis.DeaiApi.provider_view(serving.address)
let pool
await check(label('an operator registers, puts up an ask and becomes Active'), async () => {
  start('--register', '--bond', '2000')
  pool = (await until(owed)).record.pool
  await send(api.tx.Compute.delegate({ pool, amount: 1000n * 10n ** 12n }), delegator, 'Compute.Delegated')
  const epoch = await api.constants.Clock.EpochTicks()
  await jump((Math.floor((await time()).now / epoch) + 1) * epoch - 1)
  await until(async () => {
    const [found, { now }] = [await owed(), await time()]
    return found.state.type === 'Active' && now - found.record.last_seen < 300 && now >= epoch && (await api.query.Compute.Ads.getValue(model, serving.address))
  })
  const book = await api.apis.DeaiApi.asks(model, 0)
  equal(book.asks.length, 1, 'asks')
  equal(book.asks[0].price, PRICE, 'price')
})

const clip = await speak('One, two, three.')
const input = describe(clip)
writeFileSync(join(folder, input.commit.slice(2)), clip)
const { output, frames } = await (await VoiceModel.load(readFileSync(FILE))).run(clip)
const root = toHex(artifact(output).root)

async function post(changes = {}) {
  const spec = {
    model, version: 1, mode: unit('Redundant'), input, key_wrap_root: ZEROS, units_max: frames + 5, limit: 2n * PRICE, asset: 0, n: 1, q: 1,
    windows: { accept: 200, commit: 200, reveal: 200, challenge: 0 }, min_rep_ppm: 0, min_stake: 0n, region_mask: 0n, allow: [], tip: 0n,
    decode: { temperature_q: 0, top_k: 0, seed: 0n }, canary: ZEROS, callback: undefined, agent: undefined, parent_job: undefined, deps: [], ...changes,
  }
  const deposit = BigInt(spec.n) * BigInt(spec.units_max) * spec.limit + spec.tip
  return (await send(api.tx.Jobs.submit_job({ spec, deposit, proofs: [] }), client, 'Jobs.JobSubmitted')).job
}
const over = (job) => until(async () => {
  const found = await view(job)
  return ['Settled', 'Refunded', 'Inconclusive'].includes(found.state.type) && found
})

await check(label('a drawn job is served, paid and shows what the model says'), async () => {
  const job = await post()
  const done = await over(job)
  equal(done.state.type, 'Settled', 'state')
  equal(done.outcome.result_root, root, 'result')
  equal(done.outcome.units, frames, 'units')
  equal(done.escrow.held, 0n, 'money left in the job')
  equal(done.escrow.paid, BigInt(frames) * PRICE, 'what was paid')
  const due = await api.apis.DeaiApi.claimable(client.address, [])
  ensure(due.jobs >= BigInt(frames + 5) * PRICE * 2n - done.escrow.paid, `the client is due ${due.jobs} only`)
})

await check(label('a direct job whose input is nowhere is declined, and all comes back'), async () => {
  const before = (await api.apis.DeaiApi.claimable(client.address, [])).jobs
  const job = await post({ mode: unit('Direct'), allow: [serving.address], input: { ...input, commit: root } })
  const done = await over(job)
  equal(done.state.type, 'Refunded', 'state')
  equal((await api.apis.DeaiApi.claimable(client.address, [])).jobs - before, BigInt(frames + 5) * PRICE * 2n, 'what came back')
  ensure(operator.said.some((line) => /declines, InputUnavailable: .*commitment names|declines, InputUnavailable/.test(line)), 'the operator did not say why')
  equal((await owed()).record.strikes, 0, 'strikes')
})

await check(label('an operator that is stopped ends with 0, one that is killed goes on where it was'), async () => {
  operator.may = true
  operator.child.kill('SIGTERM')
  equal(await operator.ended, 0, 'exit code')
  start()
  await until(() => operator.said.some((line) => /serves model/.test(line)))
  // A paused ask is not drawn: a direct job needs no draw.
  const job = await post({ mode: unit('Direct'), allow: [serving.address] })
  await until(async () => operator.said.some((line) => /accept: sent/.test(line)) || (await view(job)).state.type !== 'Offered')
  operator.may = true
  operator.child.kill('SIGKILL')
  await operator.ended
  start()
  const done = await over(job)
  equal(done.state.type, 'Settled', 'state')
  equal(done.outcome.result_root, root, 'result')
  const state = join(folder, 'state', readdirSync(join(folder, 'state'))[0])
  const entry = JSON.parse(readFileSync(join(state, `seat-${job}-0.json`), 'utf8'))
  equal(entry.reveal.result_root, root, 'result in the journal')
  ensure(readFileSync(join(state, 'results', entry.reveal.out_cipher_hash.slice(2))).equals(output), 'the result that is offered is another')
})

await check(label('an operator that goes silent loses its bond and is to be slashed'), async () => {
  operator.may = true
  operator.child.kill('SIGTERM')
  await operator.ended
  start('--misbehave', 'no-reveal')
  const job = await post({ mode: unit('Direct'), allow: [serving.address] })
  await until(async () => operator.said.some((line) => /MISBEHAVES: reveal is not sent/.test(line)))
  await jump((await view(job)).job.deadline)
  const done = await over(job)
  equal(done.state.type, 'Inconclusive', 'state')
  equal(done.seats[0].state.type, 'Silent', 'seat')
  const { slashes } = await owed()
  equal(slashes.length, 1, 'slashes that wait')
  equal((await api.apis.DeaiApi.slash_reason(slashes[0].id)).offence.type, 'NoCommit', 'offence')
})

await check(label('everyone pulls what is due after the epoch, and the invariants hold'), async () => {
  const epoch = await api.constants.Clock.EpochTicks()
  const current = Math.floor((await time()).now / epoch)
  await jump((current + 1) * epoch - 1)
  await until(async () => (await time()).now >= (current + 1) * epoch)
  const { lines } = await api.apis.DeaiApi.claimable(serving.address, [])
  equal(lines.length, 1, 'lines of the provider')
  equal((await send(api.tx.Rewards.settle({ epoch: current, who: serving.address, stream: lines[0].stream }), delegator, 'Rewards.Settled')).amount, lines[0].amount, 'what was minted')
  const { delegations: [earned] } = await api.apis.DeaiApi.claimable(delegator.address, [pool])
  ensure(earned.due > 0n, 'the delegation earned nothing')
  equal((await send(api.tx.Compute.claim({ pool }), delegator, 'Compute.Claimed')).amount, earned.due, 'what the delegator got')
  for (const [pallet, who] of [['Compute', serving], ['Jobs', client]]) {
    const due = (await api.apis.DeaiApi.claimable(who.address, []))[pallet.toLowerCase()]
    equal((await send(api.tx[pallet].claim_due({ who: who.address }), delegator, `${pallet}.DuePaid`)).amount, due, `what ${pallet} paid`)
  }
  for (let page = 0, more = true; more; page += 1) {
    const report = await api.apis.DeaiApi.invariant_report(page)
    for (const { number, holds, object } of report.checks) ensure(holds, `invariant ${number} broken by ${object}`)
    more = report.more
  }
})

if (operator) {
  operator.may = true
  operator.child.kill('SIGTERM')
  await operator.ended
}
rmSync(folder, { recursive: true, force: true })
finish()

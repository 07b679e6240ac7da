// The second half of what `make run` plays: operators and delegators put up stake, a client posts jobs, results agree or do not, fees are
// split, an epoch closes, everyone takes what is due. Every step that does not happen throws.
import { readFileSync } from 'node:fs'
import { artifact } from './artifact.mjs'
import { Operators, openStore } from './demo-operators.mjs'
import { modelKey } from './demo-ledger.mjs'
import { modelFile } from './demo-play.mjs'
import { detail, moveClock, nextBlock, nlr, send, step, tick, until } from './demo-steps.mjs'
import { speak } from './operator/clip.mjs'
import { describe } from './operator/input.mjs'
import { VoiceModel, readResult } from './operator/voice-model.mjs'

const UNIT = 1_000_000_000_000n
const FILE = 'silero_vad_v6.onnx'
const TEXT = 'Three machines listen to this sentence. Two of them tell what they hear. One of them does not.'
const SERVING = ['Charlie', 'Dave', 'Eve']
const WINDOWS = { accept: 60, commit: 60, reveal: 60, challenge: 0 }
const ZEROS = `0x${'00'.repeat(32)}`

const count = (events, name, job) => events.filter((event) => event.name === name && (job === undefined || event.data.job?.eq(job))).length

/** What the client will compare with: the recording, and what the model says of it on this machine. */
async function record(demo) {
  step('A recording is made: espeak-ng speaks, the file goes into a store from which it is fetched by its hash')
  const clip = await speak(TEXT)
  const input = describe(clip)
  demo.store.put(clip, input.commit.slice(2))
  const model = await VoiceModel.load(readFileSync(modelFile(FILE)))
  const runs = [await model.run(clip), await model.run(clip)]
  const [root, again] = runs.map(({ output }) => `0x${Buffer.from(artifact(output).root).toString('hex')}`)
  if (root !== again) throw new Error('the model gave two results for one recording')
  detail(`"${TEXT}"`)
  detail(`${clip.length} bytes, ${runs[0].frames} frames of 32 ms, commitment ${input.commit}`)
  return { input, frames: runs[0].frames, root }
}

async function startOperators(demo) {
  const { ledger, operators } = demo
  const from = ledger.seen.length
  step('Three operators start, each a process of its own; they register with a bond and put up asks')
  for (const name of SERVING) operators.start(name, ['--register', '--bond', '2500', ...(name === 'Eve' ? ['--misbehave', 'wrong-result'] : [])])
  await until(demo, from, (events) => count(events, 'compute.ProviderRegistered') === 3 && count(events, 'compute.Advertised') >= 3)
}

async function delegate(demo) {
  const { api, people } = demo
  demo.pools = {}
  for (const name of SERVING) demo.pools[name] = (await api.query.compute.providers(people[name].address)).unwrap().pool.toNumber()
  for (const [who, name, amount] of [['Alice//stash', 'Charlie', 1500n], ['Bob//stash', 'Dave', 900n]]) {
    await send(demo, `${who} delegates ${amount} NLR to ${name}`, api.tx.compute.delegate(demo.pools[name], amount * UNIT), people[who], 'compute.Delegated')
  }
}

/** To the first tick of the next epoch. */
async function nextEpoch(demo, why) {
  const { api, ledger, people } = demo
  const length = api.consts.clock.epochTicks.toNumber()
  const epoch = Math.floor((await tick(api)) / length)
  const from = ledger.seen.length
  await moveClock(demo, why, (epoch + 1) * length - 1, people.Alice)
  await until(demo, from, (events) => count(events, 'clock.EpochStarted') === 1)
  return epoch
}

/** Until all operators are Active, have given a heartbeat, and their asks count. */
async function ready(demo) {
  const { api, people } = demo
  const model = demo.models.child
  step('The operators give heartbeats and weigh their asks anew')
  for (;;) {
    await demo.ledger.catchUp()
    const { now } = await api.query.clock.time()
    const views = await Promise.all(SERVING.map(async (name) => (await api.call.deaiApi.providerView(people[name].address)).unwrap()))
    const asks = new Map()
    for (let at = 0; at < 256; ) {
      const found = await api.call.deaiApi.asks(model, at)
      if (found.isNone) break
      for (const ask of found.unwrap().asks) asks.set(ask.provider.toString(), ask)
      at = found.unwrap().class.toNumber() + 1
    }
    const fit = views.every((view) => {
      const ask = asks.get(view.owner.toString())
      return view.state.isActive && now.toNumber() - view.record.lastSeen.toNumber() < 300 && ask?.weight.eq(view.weight) && ask.liveFrom.lte(now)
    })
    if (fit) {
      for (const [index, view] of views.entries()) {
        const ask = asks.get(view.owner.toString())
        detail(`${SERVING[index]}: ${view.state.type}, stake ${nlr(view.stake.toBigInt())}, reputation ${view.repPpm.toNumber() / 10_000} %, asks ${nlr(ask.price.toBigInt())} a unit, weight ${ask.weight}`)
      }
      return
    }
    demo.alive()
    await nextBlock(demo)
  }
}

/** Ferdie posts a job for the recording. */
async function post(demo, what) {
  const { api, people, clip } = demo
  const limit = 30_000_000_000n
  const unitsMax = clip.frames + 10
  const tip = UNIT
  const spec = {
    model: demo.models.child, version: 1, mode: 'Redundant', input: { ...clip.input, locator: `0x${Buffer.from(clip.input.locator).toString('hex')}` }, keyWrapRoot: ZEROS,
    unitsMax, limit, asset: 0, n: 3, q: 2, windows: WINDOWS, minRepPpm: 0, minStake: 0, regionMask: 0, allow: [], tip,
    decode: { temperatureQ: 0, topK: 0, seed: 0 }, canary: ZEROS, callback: null, agent: null, parentJob: null, deps: [],
  }
  const need = 3n * BigInt(unitsMax) * limit + tip
  const { job } = await send(demo, `${what}: 3 seats, 2 must agree, at most ${unitsMax} units at ${nlr(limit)}, tip ${nlr(tip)}; ${nlr(need)} in escrow`,
    api.tx.jobs.submitJob(spec, need, []), people.Ferdie, 'jobs.JobSubmitted')
  return job
}

/** The outcome as Ferdie gets it: the agreed root, and the bytes from an operator who won. */
async function collect(demo, job) {
  const { api, people, clip, operators, ledger } = demo
  const view = (await api.call.deaiApi.jobView(job)).unwrap()
  const outcome = view.outcome.unwrap()
  const nameOf = (seat) => ledger.names.get(seat.provider.toString())
  const winners = view.seats.filter((seat) => seat.state.isWon)
  step(`Ferdie fetches the result of job ${job} from ${nameOf(winners[0])}`)
  const bytes = operators.result(nameOf(winners[0]), winners[0].provider.toString(), api.genesisHash.toHex(), winners[0].outCipherHash.toHex())
  const root = `0x${Buffer.from(artifact(bytes).root).toString('hex')}`
  if (root !== outcome.resultRoot.toHex()) throw new Error('the bytes are not the ones that were agreed on')
  if (root !== clip.root) throw new Error('the operators agreed on something else than the model says')
  const heard = readResult(bytes)
  const first = heard.findIndex((p) => p > 0.5)
  const last = heard.findLastIndex((p) => p > 0.5)
  detail(`root ${root}, as agreed and as the model says on this machine: speech from ${(first * 0.032).toFixed(2)} s to ${((last + 1) * 0.032).toFixed(2)} s`)
  detail(`seats: ${view.seats.map((seat) => `${nameOf(seat)} ${seat.state.type}`).join(', ')}`)
  return view
}

/** Plays a job to its end. */
async function play(demo, job, from) {
  step(`The relay chain's later randomness draws the seats of job ${job}`)
  await until(demo, from, (events) => count(events, 'jobs.SeatOffered', job) >= 3)
  step('Operators take their seats with a bond, fetch the recording, run the model, commit and reveal')
  await until(demo, from, (events) => count(events, 'jobs.Ended', job) === 1)
  const ended = demo.ledger.seen.slice(from).find((event) => event.name === 'jobs.Ended' && event.data.job.eq(job))
  if (!ended.data.state.isSettled) throw new Error(`job ${job} is ${ended.data.state.type}, not Settled`)
}

async function firstJob(demo) {
  const from = demo.ledger.seen.length
  const job = await post(demo, 'Ferdie posts a job')
  await play(demo, job, from)
  const view = await collect(demo, job)
  const loser = view.seats.find((seat) => !seat.state.isWon)
  if (demo.ledger.names.get(loser.provider.toString()) !== 'Eve' || !loser.state.isLost) throw new Error('Eve, who lied, was not the one who lost')
  const lost = (await demo.api.call.deaiApi.providerView(loser.provider)).unwrap()
  detail(`Eve, whose result was another, goes unpaid; her reputation falls from 50 % to ${lost.repPpm.toNumber() / 10_000} %`)
  return job
}

/** Eve is honest from now on; Dave will not reveal; Charlie's machine dies after its commitment, and is started again. */
async function secondJob(demo) {
  const { ledger, operators, people } = demo
  step('The operators are stopped and started again: Eve is honest now, Dave will not reveal, Charlie\'s machine will die')
  await operators.stopAll()
  for (const [name, fault] of [['Charlie', 'die-after-commit'], ['Dave', 'no-reveal'], ['Eve']]) operators.start(name, fault ? ['--misbehave', fault] : [])
  demo.mayEnd = 'Charlie'
  await ready(demo)
  const from = ledger.seen.length
  const job = await post(demo, 'Ferdie posts a second job')
  const revealed = () => count(ledger.seen.slice(from), 'jobs.Revealed', job)
  let again = false
  let late = false
  const during = async () => {
    if (!again && operators.running.get('Charlie').how !== undefined) {
      again = true
      step(`Charlie's machine died (${await operators.ended('Charlie')}) after the commitment; it starts again and knows what to reveal`)
      operators.start('Charlie')
      demo.mayEnd = undefined
    }
    if (!late && revealed() === 2) {
      late = true
      const { deadline } = (await demo.api.query.jobs.jobs(job)).unwrap()
      await moveClock(demo, 'Dave stays silent until the time for it is over', deadline.toNumber(), people.Alice)
    }
  }
  step(`The relay chain's later randomness draws the seats of job ${job}`)
  for (;;) {
    await ledger.catchUp()
    await during()
    if (count(ledger.seen.slice(from), 'jobs.Ended', job) === 1) break
    demo.alive()
    await nextBlock(demo)
  }
  await collect(demo, job)
  const events = ledger.seen.slice(from)
  const lost = events.find((event) => event.name === 'jobs.BondLost')
  const slash = events.find((event) => event.name === 'compute.SlashReported')
  if (!lost || !slash || ledger.names.get(slash.data.provider.toString()) !== 'Dave') throw new Error('Dave, who was silent, lost nothing')
  detail(`Dave lost the bond of ${nlr(lost.data.amount.toBigInt())}; ${slash.data.ppb.toNumber() / 1e7} % of his stake will be slashed in epoch ${slash.data.applyEpoch}`)
  return slash.data.id.toNumber()
}

/** Everyone takes what the closed epoch and the jobs have brought. */
async function pull(demo, epoch) {
  const { api, people, models, pools } = demo
  const everyone = Object.keys(people)
  const lines = []
  const keys = [...everyone.map((name) => people[name].publicKey), modelKey(models.child), modelKey(models.base)]
  for (const key of keys) {
    for (const line of (await api.call.deaiApi.claimable(key, [])).lines) if (line.epoch.eq(epoch)) lines.push({ epoch, who: key, stream: line.stream.type })
  }
  await send(demo, `Ferdie settles all ${lines.length} lines of points of epoch ${epoch}; anyone may`, api.tx.rewards.settleMany(lines), people.Ferdie, 'rewards.Settled')

  await send(demo, `Bob passes on what model ${models.child} owes its ancestor`, api.tx.models.claimAncestor(models.child, models.base, 0), people.Bob, 'models.AncestorClaimed')
  for (const [name, model] of [['Bob', models.child], ['Alice', models.base], ['Bob', models.base]]) {
    const { generation } = await api.query.models.splitStates(model)
    await send(demo, `${name} takes the royalty from model ${model}`, api.tx.models.claimRoyalty(model, generation, 0), people[name], 'models.RoyaltyClaimed')
  }
  for (const [name, pool] of [['Alice//stash', pools.Charlie], ['Bob//stash', pools.Dave]]) {
    const [view] = (await api.call.deaiApi.claimable(people[name].address, [pool])).delegations
    if (view.due.isZero()) continue
    await send(demo, `${name} takes what the delegation earned`, api.tx.compute.claim(pool), people[name], 'compute.Claimed')
  }
  for (const name of everyone) {
    const due = await api.call.deaiApi.claimable(people[name].address, [])
    const { address } = people[name]
    if (!due.compute.isZero()) await send(demo, `${name} takes the income of the provider`, api.tx.compute.claimDue(address), people[name], 'compute.DuePaid')
    if (!due.jobs.isZero()) await send(demo, `${name} takes what jobs give back`, api.tx.jobs.claimDue(address), people[name], 'jobs.DuePaid')
    if (!due.rewards.isZero()) await send(demo, `${name} takes the client's part of the emission`, api.tx.rewards.claimDue(address), people[name], 'rewards.DuePaid')
  }
}

async function invariants(demo) {
  step('The chain is asked for its invariants')
  const numbers = new Set()
  for (let page = 0, more = true; more; page += 1) {
    const report = await demo.api.call.deaiApi.invariantReport(page)
    const broken = report.checks.find((one) => one.holds.isFalse)
    if (broken) throw new Error(`invariant ${broken.number} does not hold for object ${broken.object}`)
    for (const one of report.checks) numbers.add(one.number.toNumber())
    more = report.more.isTrue
  }
  detail(`numbers ${[...numbers].sort((a, b) => a - b).join(', ')} of docs/PROTOCOL.md: all hold`)
}

/** Plays it. models: the numbers { base, child }. */
export async function playMarket(demo, models) {
  demo.models = models
  demo.store = await openStore()
  demo.operators = new Operators(demo.chain, {
    model: models.child, file: modelFile(FILE), store: demo.store.url, price: { Charlie: '0.02', Dave: '0.022', Eve: '0.021' },
  })
  demo.alive = () => demo.operators.check(demo.mayEnd)
  demo.clip = await record(demo)
  await startOperators(demo)
  await delegate(demo)
  await nextEpoch(demo, 'Providers become Active after 100 ticks, delegations count from the next epoch on')
  await ready(demo)
  await firstJob(demo)
  const slash = await secondJob(demo)
  const epoch = await nextEpoch(demo, 'The epoch ends')
  await pull(demo, epoch)
  for (let i = 0; i < 2; i += 1) await nextEpoch(demo, 'Another day')
  await send(demo, 'Alice//stash has Dave\'s slash applied: first his own bond, then his pool', demo.api.tx.compute.applySlash(slash), demo.people['Alice//stash'], 'compute.SlashApplied')
  await invariants(demo)
  step('What everybody had and has')
  await demo.ledger.catchUp()
  demo.ledger.table()
}

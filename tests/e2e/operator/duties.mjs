// What an operator does for a job, from what the chain says now: nothing that was done is remembered here except what must be (journal.mjs),
// so a restart or a lost connection changes nothing. Each duty is begun once; it is looked at again only in a block behind the one that
// it ended in.
import { randomBytes } from 'node:crypto'
import { artifact } from '../artifact.mjs'
import { DispatchFailed, Lost } from './chain.mjs'
import { ZEROS, blake2, commitHash, fromHex, toHex } from './hashes.mjs'
import { InputError, fetchInput } from './input.mjs'
import { log, nlr } from './log.mjs'
import { VoiceModel } from './voice-model.mjs'

const OVER = ['Settled', 'Refunded', 'Inconclusive']
const LONGEST_WAIT = 32
const LONGEST_ANSWER_WAIT = 2 // an offer that is neither taken nor declined in time is a strike
const TICK_MS = 6000
// Ticks of an offer that are not for the input but for the answer: an accept that fails, and the decline behind it.
const ANSWER_TICKS = 2

/** Units of a result as the version counts them, or undefined for a rule that does not fit this kind of work. */
export function unitsOf(rule, { input, frames }) {
  return { Call: 1, Step: frames, Byte: input.length }[rule]
}

export class Duties {
  /** models: artifact root -> model; options: see options.mjs. */
  constructor({ chain, journal, models, options }) {
    Object.assign(this, { chain, journal, models, options })
    this.jobs = new Set(journal.jobs())
    this.seen = undefined
    this.begun = new Map() // name of a duty -> block from which it may be begun again, or Infinity
    this.failures = new Map()
    this.shown = new Map()
  }

  /** One look at the chain as it is at a block. `provider`: DeaiApi.provider_view of this operator. */
  async look({ hash, number }, time, provider) {
    this.block = number
    this.time = time
    this.provider = provider
    await this.findJobs(hash)
    const ended = new Set()
    const needed = new Set()
    for (const id of [...this.jobs]) {
      const view = await this.chain.api.apis.DeaiApi.job_view(id, { at: hash })
      if (view) (OVER.includes(view.state.type) ? ended : needed).add(view.spec.input.commit)
      if (view && !(await this.attend(id, view, hash))) continue
      this.jobs.delete(id)
    }
    // Anybody may name an input in a second job and end that: it stays while another job needs it. A later one fetches it again.
    for (const commit of ended) if (!needed.has(commit)) this.journal.drop('inputs', commit.slice(2))
  }

  /** New jobs of the model that is served; after a start the newest 256 as well. */
  async findJobs(at) {
    const next = await this.chain.api.query.Jobs.NextJob.getValue({ at })
    let first = this.seen ?? next - 256n
    if (first < 1n) first = 1n
    for (let id = first; id < next; id += 1n) {
      const job = await this.chain.api.query.Jobs.Jobs.getValue(id, { at })
      if (job?.model !== this.options.modelId || OVER.includes(job.state.type)) continue
      if (!this.jobs.has(id)) log(`${job.mode.type}, ${job.n} seats, quorum ${job.q}, limit ${nlr(job.limit)} a unit, at most ${job.units_max} units`, { job: id })
      this.jobs.add(id)
    }
    this.seen = next
  }

  /** Begins what is due for a job. Returns whether it no longer needs looking at. */
  async attend(id, view, at) {
    const seats = view.seats.map((seat, index) => ({ ...seat, index })).filter((seat) => seat.provider === this.provider.owner)
    this.show(id, view, seats)
    if (OVER.includes(view.state.type)) return true
    for (const seat of seats) this.serve(id, view, seat)
    if (this.options.crank) await this.crank(id, view, seats, at)
    // A seat of this job may still come from a replacement.
    return seats.length === 0 && ['Working', 'Revealing', 'Tally'].includes(view.state.type)
  }

  show(id, view, seats) {
    for (const seat of seats) this.once(`${id}.${seat.index}`, `${seat.state.type} ${seat.replaced}`, () => {
      const text = {
        Offered: `offered at ${nlr(seat.price)} a unit, to be accepted until tick ${seat.deadline}`,
        Won: `won with ${seat.units} units, ${nlr(BigInt(seat.units) * seat.price)} before the split`,
        Lost: 'unpaid: too few others have the same result',
        Silent: 'silent: the bond is lost',
      }[seat.state.type]
      if (text) log(text, { job: id, seat: seat.index })
    })
    this.once(`${id}`, view.state.type, () => log(`is ${view.state.type}`, { job: id }))
  }

  once(name, value, body) {
    if (this.shown.get(name) === value) return
    this.shown.set(name, value)
    body()
  }

  // ---- one seat ----

  serve(id, view, seat) {
    const about = { job: id, seat: seat.index }
    const state = `${view.state.type} ${seat.state.type}`
    if (state === 'Offered Offered' && this.time.now <= seat.deadline) this.begin(`answer ${id}.${seat.index}.${seat.replaced}`, about, () => this.answer(view, about, seat))
    if (state === 'Working Accepted') this.begin(`work ${id}.${seat.index}`, about, () => this.work(view, about))
    if (state === 'Revealing Committed') this.begin(`reveal ${id}.${seat.index}`, about, async () => this.reveal(about, seat.commit))
  }

  /** Starts a duty that nobody is at; after a failure it waits twice as many blocks as the time before. */
  begin(name, about, body) {
    if ((this.begun.get(name) ?? 0) > this.block) return
    this.begun.set(name, Infinity)
    body().then((landed) => {
      this.failures.delete(name)
      this.begun.set(name, (landed?.number ?? this.block) + 1)
    }, (error) => {
      if (this.ended) return
      const count = (this.failures.get(name) ?? 0) + 1
      const wait = error instanceof Lost ? 1 : Math.min(2 ** (count - 1), name.startsWith('answer') ? LONGEST_ANSWER_WAIT : LONGEST_WAIT)
      this.failures.set(name, count)
      this.begun.set(name, this.block + wait)
      // Another's crank was in the same block: nothing is wrong.
      const beaten = error instanceof DispatchFailed && /WrongState|RandomnessMissing|UnknownJob/.test(error.message)
      log(`${name.split(' ')[0]} ${beaten ? `was done by somebody else (${error.message})` : `did not succeed: ${error.message}`}`, about)
    })
  }

  async answer(view, about, seat) {
    const { api } = this.chain
    let refusal = this.unfit(view, seat)
    if (!refusal) {
      try {
        const ticks = Math.max(1, seat.deadline - this.time.now - ANSWER_TICKS)
        const name = view.spec.input.commit.slice(2)
        const bytes = this.journal.kept('inputs', name) ?? (await fetchInput(view.spec.input, this.options, ticks * TICK_MS))
        const units = this.unitsFor(view.job, bytes)
        this.journal.keep('inputs', name, bytes)
        log(`has the input, ${bytes.length} bytes as the commitment says, ${units} units of work`, about)
      } catch (error) {
        if (!(error instanceof InputError)) throw error
        refusal = { reason: error.reason, why: error.message }
      }
    }
    if (!refusal) {
      try {
        return await this.chain.send(api.tx.Jobs.accept(about), 'accept', about)
      } catch (error) {
        // To try again until the offer ends would be silence, which is a strike.
        if (!(error instanceof DispatchFailed) || !/LowFunds|NoSlot|NotActive/.test(error.message)) throw error
        refusal = { reason: 'Busy', why: error.message }
      }
    }
    log(`declines, ${refusal.reason}: ${refusal.why}`, about)
    return this.chain.send(api.tx.Jobs.decline({ ...about, reason: { type: refusal.reason, value: undefined } }), 'decline', about)
  }

  /** Units of the work on an input. An InputError when it cannot be done for this job: who has accepted and then cannot loses the bond. */
  unitsFor(job, bytes) {
    let frames
    try {
      frames = VoiceModel.frames(bytes)
    } catch (error) {
      throw new InputError('Policy', `the input is no recording for this model: ${error.message}`)
    }
    const units = unitsOf(this.options.versions.get(job.version).unitRule, { input: bytes, frames })
    if (units > job.units_max) throw new InputError('Policy', `the work has ${units} units, the job pays for ${job.units_max} at most`)
    return units
  }

  /** Why a seat of this job cannot be served, known without its input. */
  unfit({ job, spec }, seat) {
    const version = this.options.versions.get(job.version)
    if (!version) return { reason: 'Policy', why: `version ${job.version} of the model is not served here` }
    if (!['ExactInt', 'ExactFloat'].includes(job.profile.type)) return { reason: 'Policy', why: `results of profile ${job.profile.type} are not made here` }
    if (unitsOf(version.unitRule, { input: [], frames: 0 }) === undefined) return { reason: 'Policy', why: `units by ${version.unitRule} are not counted here` }
    if (spec.key_wrap_root !== ZEROS) return { reason: 'Policy', why: 'sealed inputs are not opened here' }
    if (seat.price < this.options.price) return { reason: 'Policy', why: `pays ${nlr(seat.price)} a unit, not the ${nlr(this.options.price)} of --price` }
    if (this.provider.record.busy >= this.provider.record.slots) return { reason: 'Busy', why: `all ${this.provider.record.slots} slots are in use` }
    return undefined
  }

  /** The seat's journal entry: read, or made by running the model. It is on disk before anybody hears of it. */
  async prepare({ job, spec }, about) {
    const kept = this.journal.read(about.job, about.seat)
    if (kept && kept.input === spec.input.commit && kept.version === job.version) return kept
    const version = this.options.versions.get(job.version)
    const input = this.journal.kept('inputs', spec.input.commit.slice(2)) ?? (await fetchInput(spec.input, this.options))
    const started = Date.now()
    const found = await version.model.run(input)
    const units = unitsOf(version.unitRule, { input, frames: found.frames })
    if (units > job.units_max) throw new Error(`the result has ${units} units, the job pays for ${job.units_max} at most`)
    const out = toHex(blake2(found.output))
    const reveal = {
      result_root: toHex(artifact(found.output).root), trace_root: ZEROS, trace_len: 0n, fp_hash: ZEROS, units, out_cipher_hash: out,
      salt: toHex(randomBytes(16)),
    }
    const file = this.journal.keep('results', out.slice(2), found.output)
    log(`ran the model in ${Date.now() - started} ms: ${found.frames} frames, speech in ${found.spoken}; ${units} units, root ${reveal.result_root}, ${file}`, about)
    const entry = {
      ...about, model: String(job.model), version: job.version, input: spec.input.commit, reveal,
      commit: commitHash(about.job, about.seat, this.ownerKey, reveal),
    }
    this.journal.write(entry)
    return entry
  }

  async work(view, about) {
    const entry = await this.prepare(view, about)
    if (view.job.n === 1) return this.reveal(about)
    return this.chain.send(this.chain.api.tx.Jobs.commit({ ...about, hash: entry.commit }), 'commit', about)
  }

  /** Shows what was committed to; `commit`: what the chain holds, undefined for a single seat, which does not commit. */
  reveal(about, commit) {
    const entry = this.journal.read(about.job, about.seat)
    if (!entry || (commit && entry.commit !== commit)) throw new Error('what was committed to is not in this state folder')
    return this.chain.send(this.chain.api.tx.Jobs.reveal({ ...about, result: entry.reveal, fingerprint: new Uint8Array(0) }), 'reveal', about)
  }

  // ---- what anyone may do ----

  /** Pushes a job on that waits for somebody, by the calls that anyone may make. */
  async crank(id, view, seats, at) {
    const open = await this.chain.api.apis.DeaiApi.next_deadlines(this.chain.address, [id], { at })
    const due = open.find(({ act, from, until }) => ['Assign', 'Redraw', 'Finalise'].includes(act.type) && from <= this.time.now && this.time.now <= until)
    if (!due) return
    const call = {
      Assign: async () => this.chain.api.tx.Jobs.assign({ job: id, relay: await this.decidingRelay(view, at) }),
      Redraw: async () => this.chain.api.tx.Jobs.redraw({ job: id, seat: due.seat }),
      Finalise: async () => this.chain.api.tx.Jobs.finalise({ job: id }),
    }[due.act.type]
    const name = `${due.act.type.toLowerCase()} ${id} ${due.seat ?? ''} ${view.state.type} ${view.draw?.arm ?? ''} ${view.draw?.cursor ?? ''}`
    if (this.turn(id, name, seats)) this.begin(name, { job: id }, async () => this.chain.send(await call(), name.split(' ')[0], { job: id }))
  }

  /** Operators that see the same job would all send the same call: each waits a number of blocks that is its own. */
  turn(id, name, seats) {
    const first = this.shown.get(`turn ${name}`) ?? this.block
    this.shown.set(`turn ${name}`, first)
    const place = seats.length > 0 ? seats[0].index : 3 + (blake2(Buffer.concat([this.chain.publicKey, Buffer.from(String(id))]))[0] % 4)
    return this.block >= first + place
  }

  /** The relay block whose randomness decides a draw: the first that is kept from the least one on. */
  async decidingRelay({ draw }, at) {
    if (!draw) return 0 // sealed bids
    const { api } = this.chain
    const ring = await api.constants.Clock.RandRing()
    for (let relay = draw.armed_relay + (await api.constants.Clock.SeedDelay()); relay <= this.time.last_rand; relay += 1) {
      const kept = await api.query.Clock.Rand.getValue(relay % ring, { at })
      if (kept?.relay === relay) return relay
    }
    return this.time.last_rand // none is kept any more: assign arms the job anew
  }

  setOwner(hexKey) {
    this.ownerKey = fromHex(hexKey)
  }
}

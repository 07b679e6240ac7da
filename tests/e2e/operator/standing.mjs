// Keeps the provider in business: registers it if asked to, gives heartbeats, puts up the ask and keeps its price, weight and end right.
import { log, nlr } from './log.mjs'
import { ZEROS, priceClass } from './hashes.mjs'

const EXACT = 0b011 // profiles ExactInt and ExactFloat

/** The operator cannot go on. */
export class Hopeless extends Error {}

export class Standing {
  constructor({ chain, options }) {
    Object.assign(this, { chain, options })
    this.busy = false
    this.after = 0
    this.failures = 0
  }

  async constants() {
    const { Compute, Clock } = this.chain.api.constants
    this.every = await Compute.HeartbeatFree()
    this.epoch = await Clock.EpochTicks()
  }

  /** Begins the most urgent step, if there is one. Returns the provider's view, or undefined while it is none. */
  async look({ hash, number }, time) {
    const provider = await this.chain.api.apis.DeaiApi.provider_view(this.chain.address, { at: hash })
    if (!provider && !this.options.register) throw new Hopeless(`${this.chain.address} is no provider's operator: register it, or give --register and --bond`)
    if (provider && provider.state.type !== this.state) {
      this.state = provider.state.type
      const why = { Jailed: ', until somebody calls unjail', Draining: ', takes no more jobs', Idle: ', takes no jobs', Candidate: ', becomes Active by waiting' }[this.state] ?? ''
      log(`provider ${provider.owner}, ${this.state}${why}; own bond ${nlr(provider.record.self_bond)}, stake ${nlr(provider.stake)}, reputation ${provider.rep_ppm / 10_000} %`)
    }
    if (this.busy || number < this.after) return provider
    const step = provider ? await this.next(provider, time, hash) : this.register()
    if (step) this.take(step, number)
    return provider
  }

  take([what, call], number) {
    this.busy = true
    this.chain.send(call, what).then((landed) => {
      this.failures = 0
      this.after = landed.number + 1
    }, (error) => {
      this.failures += 1
      this.after = number + Math.min(2 ** this.failures, 64)
      if (!this.ended) log(`${what} did not succeed: ${error.message}`)
    }).finally(() => { this.busy = false })
  }

  register() {
    const { bond, payout, slots, commissionPpb } = this.options
    return [`register with a bond of ${nlr(bond)}`, this.chain.api.tx.Compute.register_provider({
      operator: this.chain.address, consent: undefined, payout: payout ?? this.chain.address,
      enc_key: ZEROS, // no sealed inputs: this program opens none
      caps_hash: ZEROS, meta_hash: ZEROS, region: 0, slots, bond, commission_ppb: commissionPpb,
    })]
  }

  async next(provider, time, at) {
    const { api } = this.chain
    if (time.now - provider.record.last_seen >= this.every) return ['heartbeat', api.tx.Compute.heartbeat()]
    if (!['Active', 'Candidate'].includes(provider.state.type)) return undefined
    const { modelId: model, price, minUnits, validEpochs } = this.options
    const kept = await api.query.Compute.Ads.getValue(model, provider.owner, { at })
    if (!kept) {
      const ad = { price, min_units: minUnits, profile_mask: EXACT, valid_until: time.now + validEpochs * this.epoch }
      return [`advertise model ${model} at ${nlr(price)} a unit`, api.tx.Compute.advertise({ model, ad, evict: undefined })]
    }
    const { ad } = kept
    const asks = await api.query.Compute.AskTick.getValue(model, 0, priceClass(ad.price), { at })
    const ask = asks.find((one) => one.provider === provider.owner)
    const stale = ad.valid_until < time.now + this.epoch || ad.min_units !== minUnits || ad.profile_mask !== EXACT
    if (stale && ask.paused_until <= time.now) return ['withdraw the old ad', api.tx.Compute.withdraw_ad({ model })]
    if (ad.price !== price) return [`new price ${nlr(price)} a unit`, api.tx.Compute.update_price({ model, price, evict: undefined })]
    // An ask that is an eighth heavier than its provider is passed over by draws; a lighter one wins less than it could.
    const gap = ask.weight > provider.weight ? ask.weight - provider.weight : provider.weight - ask.weight
    if (provider.weight > 0n && gap > ask.weight / 16n) {
      return [`refresh the ask, weight ${ask.weight} -> ${provider.weight}`, api.tx.Compute.refresh_ask({ model })]
    }
    return undefined
  }
}

// The demonstration's account book: walks over every block from the start on, shows what the market did in it and whose balance
// changed, and checks that the changes add up to the change of the issuance.
import { u8aToHex } from '@polkadot/util'
import { encodeAddress } from '@polkadot/util-crypto'
import { detail, nlr } from './demo-steps.mjs'

const SHOWN = new Set(['models', 'compute', 'jobs', 'rewards', 'clock'])
const HIDDEN = new Set(['clock.RandomnessMissing', 'compute.ProviderUpdated', 'models.StateChanged'])

/** The account of a pallet: "modl", its eight letters, zeros. */
export function palletAccount(id) {
  const bytes = new Uint8Array(32)
  bytes.set(new TextEncoder().encode('modl'))
  bytes.set(typeof id === 'string' ? new TextEncoder().encode(id) : id, 4)
  return encodeAddress(bytes, 42)
}

const total = (account) => account.data.free.toBigInt() + account.data.reserved.toBigInt()
const signed = (amount) => `${amount < 0n ? '-' : '+'}${nlr(amount < 0n ? -amount : amount)}`

export class Ledger {
  /** people: names by address. Begins behind the newest block. */
  static async open(api, people) {
    const ledger = new Ledger()
    ledger.api = api
    ledger.names = new Map(people)
    const { models, compute, jobs, rewards } = api.consts
    const pots = [['[Models]', models.palletId], ['[Compute]', compute.palletId], ['[Jobs]', jobs.palletId], ['[Rewards]', rewards.palletId],
      ['[treasury]', rewards.treasuryId], ['[collators\' pot]', 'PotStake']]
    for (const [name, id] of pots) ledger.names.set(palletAccount(typeof id === 'string' ? id : id.toU8a()), name)
    const keys = await api.query.system.account.keys()
    for (const { args: [account] } of keys) if (!ledger.names.has(account.toString())) ledger.names.set(account.toString(), `${account.toString().slice(0, 8)}..`)
    ledger.accounts = [...ledger.names.keys()]
    ledger.seen = []
    ledger.moved = new Map() // why the issuance changed -> how much
    const head = await api.rpc.chain.getFinalizedHead()
    ledger.number = (await api.rpc.chain.getHeader(head)).number.toNumber()
    ledger.before = await ledger.balances(await api.at(head))
    ledger.first = ledger.before
    return ledger
  }

  async balances(at) {
    const [accounts, issuance] = await Promise.all([at.query.system.account.multi(this.accounts), at.query.balances.totalIssuance()])
    return { of: accounts.map(total), issuance: issuance.toBigInt() }
  }

  /** Reads the blocks that are final and were not read yet, and returns their events. */
  async catchUp() {
    const head = await this.api.rpc.chain.getFinalizedHead()
    const last = (await this.api.rpc.chain.getHeader(head)).number.toNumber()
    const found = []
    while (this.number < last) found.push(...(await this.read(this.number + 1)))
    this.seen.push(...found)
    return found
  }

  async read(number) {
    const at = await this.api.at(await this.api.rpc.chain.getBlockHash(number))
    const [records, after] = await Promise.all([at.query.system.events(), this.balances(at)])
    const events = records.map(({ event }) => ({ name: `${event.section}.${event.method}`, section: event.section, data: event.data, number }))
    const shown = events.filter(({ name, section }) => SHOWN.has(section) && !HIDDEN.has(name))
    if (shown.length > 0) {
      const [first, ...others] = shown.map((event) => this.describe(event))
      detail(`block ${number}   ${first}`)
      const indent = ' '.repeat(`block ${number}   `.length)
      for (const line of others) detail(indent + line)
      const changes = this.accounts.map((account, index) => [this.names.get(account), after.of[index] - this.before.of[index]]).filter(([, change]) => change !== 0n)
      const lines = changes.map(([name, change]) => `${name} ${signed(change)}`)
      if (after.issuance !== this.before.issuance) lines.push(`issuance ${signed(after.issuance - this.before.issuance)}`)
      for (let i = 0; i < lines.length; i += 4) detail(`${indent}${i === 0 ? 'balances: ' : '          '}${lines.slice(i, i + 4).join(', ')}`)
    }
    for (const event of events) this.book(event)
    const sum = after.of.reduce((a, b, index) => a + b - this.before.of[index], 0n)
    if (sum !== after.issuance - this.before.issuance) throw new Error(`block ${number}: balances changed by ${nlr(sum)}, the issuance by ${nlr(after.issuance - this.before.issuance)}`)
    this.before = after
    this.number = number
    return events
  }

  /** What an event says about the issuance. */
  book({ name, data }) {
    const move = (why, amount) => amount !== 0n && this.moved.set(why, (this.moved.get(why) ?? 0n) + amount)
    if (name === 'jobs.Ended') move('burned of fees', -data.fees.burned.toBigInt())
    if (name === 'jobs.BondLost') move('burned: bonds of silent seats', -data.amount.toBigInt())
    if (name === 'jobs.Refunded') move('burned: cancelled draws', -data.burned.toBigInt())
    if (name === 'compute.SlashApplied') move('burned: slashes', -(data.own.toBigInt() + data.pool.toBigInt() + data.unbonding.toBigInt()))
    if (name === 'models.Burned') move('burned for records that stay', -data.amount.toBigInt())
    if (name === 'rewards.Settled') move('minted for work', data.amount.toBigInt())
  }

  /** A field as a person reads it. */
  show(value) {
    const text = value.toString()
    if (this.names.has(text)) return this.names.get(text)
    const bytes = Buffer.from(value.toU8a())
    if (bytes.length === 32 && bytes.subarray(0, 24).equals(Buffer.from('model'.padEnd(24, '\0')))) return `model ${bytes.readBigUInt64LE(24)}`
    if (/^0x[0-9a-f]{64}$/.test(text)) return `${text.slice(0, 10)}..`
    return text.length > 60 ? `${text.slice(0, 57)}...` : text
  }

  describe({ name, data }) {
    const money = new Set(['amount', 'bond', 'held', 'deposit', 'fees', 'burned', 'budget', 'capacity', 'payout', 'pool', 'own', 'unbonding', 'returned', 'points', 'price', 'limit'])
    const [section, method] = name.split('.')
    const pallet = section[0].toUpperCase() + section.slice(1)
    const fields = (data.names ?? []).map((field, index) => {
      const value = data[index]
      if (field === 'fees') return ['providers', 'model', 'treasury', 'burned'].map((part) => `${part} ${nlr(value[part].toBigInt())}`).join(', ')
      const amount = money.has(field) && value.toBigInt && value.bitLength?.() >= 64 && !(method === 'ProviderRegistered' && field === 'pool')
      return `${field.replace(/_$/, '')} ${amount ? nlr(value.toBigInt()) : this.show(value)}`
    })
    return `${pallet}.${method}: ${fields.join(', ')}`
  }

  /** The end: every account, and that nothing was lost. Throws if it was. */
  table() {
    const rows = this.accounts.map((account, index) => [this.names.get(account), this.first.of[index], this.before.of[index]])
      .filter(([, start, end]) => start !== end).map(([name, start, end]) => [name, nlr(start), nlr(end), signed(end - start)])
    const change = this.before.issuance - this.first.issuance
    const sum = this.before.of.reduce((a, b, index) => a + b - this.first.of[index], 0n)
    const moved = [...this.moved.values()].reduce((a, b) => a + b, 0n)
    const all = [['account', 'before', 'after', 'change'], ...rows, ['sum of all changes', '', '', signed(sum)],
      ['issuance', nlr(this.first.issuance), nlr(this.before.issuance), signed(change)], ...[...this.moved].map(([why, amount]) => [`  ${why}`, '', '', signed(amount)])]
    const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column].length)))
    for (const row of all) detail(row.map((text, column) => (column === 0 ? text.padEnd(widths[0]) : text.padStart(widths[column]))).join('  '))
    if (sum !== change || moved !== change) throw new Error(`the changes add up to ${nlr(sum)}, burned and minted to ${nlr(moved)}, the issuance changed by ${nlr(change)}`)
    detail('every unit is accounted for: the changes of all accounts are the issuance\'s change, and that is what was minted less what was burned')
  }
}

/** The key under which a model's points stand: "model", 19 zeros, its id. */
export function modelKey(id) {
  const key = new Uint8Array(32)
  key.set(new TextEncoder().encode('model'))
  new DataView(key.buffer).setBigUint64(24, BigInt(id), true)
  return u8aToHex(key)
}

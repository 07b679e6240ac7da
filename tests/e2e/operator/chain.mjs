// The operator's way to the chain: polkadot-api over a WebSocket that connects again by itself, and one transaction at a time.
//
// A transaction is signed with the account's next number in the newest block, and the next one is not signed before it is in a block.
// So a call that is sent anew after a lost connection has the number of the lost one: the chain takes one of the two, never both.
import { Keyring } from '@polkadot/keyring'
import { cryptoWaitReady } from '@polkadot/util-crypto'
import { createClient } from 'polkadot-api'
import { getPolkadotSigner } from 'polkadot-api/signer'
import { getWsProvider } from 'polkadot-api/ws'
import { WebSocket } from 'ws'
import { log } from './log.mjs'

/** A call that was in a block and failed there; `name` as in Jobs.TooLate. */
export class DispatchFailed extends Error {}
/** The connection was lost while a transaction was under way: nobody knows what became of it. */
export class Lost extends Error {}

const errorName = (error) => {
  const names = []
  for (let at = error; at && typeof at === 'object' && 'type' in at; at = at.value) names.push(at.type)
  return names.filter((name) => name !== 'Module').join('.')
}

export class Chain {
  /** Waits until the chain answers. `key`: anything a keyring knows; throws if it knows it not. */
  static async connect(url, key) {
    await cryptoWaitReady()
    const pair = new Keyring({ type: 'sr25519' }).addFromUri(key)
    return new Chain(url, pair)
  }

  constructor(url, pair) {
    this.address = pair.address
    this.publicKey = pair.publicKey
    this.signer = getPolkadotSigner(pair.publicKey, 'Sr25519', (message) => pair.sign(message))
    this.flights = new Set()
    this.last = Promise.resolve()
    let down = false
    this.provider = getWsProvider(url, {
      websocketClass: WebSocket,
      // A chain that makes blocks on demand can be silent for long.
      heartbeatTimeout: 600_000,
      onStatusChanged: ({ type }) => {
        if (type === 'CONNECTED') log(`${down ? 'connected again' : 'connected'} to ${url}`)
        if (type === 'ERROR' || type === 'CLOSE') {
          if (!down && !this.closed) log(`no connection to ${url}, trying again`)
          this.drop()
        }
        down = type === 'ERROR' || type === 'CLOSE' || (down && type !== 'CONNECTED')
      },
    })
    this.client = createClient(this.provider)
    this.api = this.client.getUnsafeApi()
  }

  /** Transactions under way are given up: their subscription ended with the connection. */
  drop() {
    for (const flight of this.flights) flight(new Lost('the connection was lost'))
    this.flights.clear()
  }

  /** Calls back with { hash, number } of each new best block, and again from the start after an interruption. */
  watch(callback) {
    const subscribe = () => {
      this.watching = this.client.bestBlocks$.subscribe({
        next: ([block]) => {
          this.newest = block.hash
          callback(block)
        },
        error: (error) => {
          log(`the stream of blocks broke off (${error.message}), starting it anew`)
          if (!this.closed) setTimeout(subscribe, 1000)
        },
      })
    }
    subscribe()
  }

  /** Sends a call and resolves when it is in a best block and succeeded, with { number, events }. */
  send(call, what, about) {
    const turn = this.last.then(() => this.fly(call, what, about))
    this.last = turn.catch(() => {})
    return turn
  }

  fly(call, what, about) {
    return new Promise((done, fail) => {
      let flight = fail
      const end = (settle, value) => {
        if (!flight) return
        this.flights.delete(flight)
        flight = undefined
        settle(value)
      }
      flight = (error) => end(fail, error)
      this.flights.add(flight)
      call.signSubmitAndWatch(this.signer, { at: this.newest, mortality: { mortal: true, period: 64 } }).subscribe({
        next: (state) => {
          const landed = state.type === 'finalized' || (state.type === 'txBestBlocksState' && state.found)
          if (landed && state.ok) {
            if (flight) log(`${what}: sent, in block ${state.block.number}`, about)
            end(done, { number: state.block.number, events: state.events })
          } else if (landed) {
            end(fail, new DispatchFailed(errorName(state.dispatchError)))
          }
        },
        error: (error) => end(fail, new Error(`the node refused the transaction: ${errorName(error?.error) || error?.message || error}`)),
      })
    })
  }

  close() {
    this.closed = true
    this.watching?.unsubscribe()
    this.client.destroy()
  }
}

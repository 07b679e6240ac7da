// FOR TESTS ONLY: operators that cheat, so that it can be seen what becomes of them. The honest program knows nothing of this; a fault
// is put between it and its model, or between it and the chain.
import { log } from './log.mjs'

/** Swallows the calls of one kind: the honest part believes them sent. */
function silent(chain, method) {
  const send = chain.send.bind(chain)
  chain.send = (call, what, about) => {
    if (call.decodedCall.type !== 'Jobs' || call.decodedCall.value.type !== method) return send(call, what, about)
    log(`MISBEHAVES: ${what} is not sent`, about)
    return new Promise(() => {})
  }
}

export const faults = {
  /** Turns one bit of the result over. */
  'wrong-result': ({ models }) => {
    for (const model of models.values()) {
      const run = model.run.bind(model)
      model.run = async (input) => {
        const found = await run(input)
        found.output[found.output.length - 2] ^= 1
        log('MISBEHAVES: one bit of the result is turned over')
        return found
      }
    }
  },
  'no-accept': ({ chain }) => silent(chain, 'accept'),
  'no-commit': ({ chain }) => silent(chain, 'commit'),
  'no-reveal': ({ chain }) => silent(chain, 'reveal'),
  /** Dies like a machine that loses power, as soon as a commitment is in a block. */
  'die-after-commit': ({ chain }) => {
    const send = chain.send.bind(chain)
    chain.send = async (call, what, about) => {
      const landed = await send(call, what, about)
      if (what === 'commit') process.kill(process.pid, 'SIGKILL')
      return landed
    }
  },
}

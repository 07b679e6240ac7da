// What in a node's log is a complaint about us.
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

// Lines at WARN or ERROR that are the node's own. FRAME's penpal runtime, run the same way, has each of them too.
const own = [
  [/\[Relaychain\]/, 'the embedded relay chain node and its runtime'],
  [/AuthorityDiscoveryApi_authorities is not found/, 'collator-discovery asks before it looks whether the runtime has this optional API'],
  [/The hardware does not meet the minimal requirements/, 'the machine'],
  [/failed to install ring CryptoProvider for rustls/, 'two crates of the node install the same thing'],
  [/Essential task `txpool-background` failed\. Shutting down service\./, 'the pool ends before the node does when it is told to stop'],
]

async function* lines(file) {
  yield* createInterface({ input: createReadStream(file) })
}

/** Every WARN and ERROR of a detailed log that is not on the list above, and panics and traps of the runtime at any level. */
export async function complaints(file) {
  const found = []
  let count = 0
  for await (const line of lines(file)) {
    count += 1
    if (!/\s(WARN|ERROR)\s/.test(line) && !/panicked|wasm trap|wasm backtrace/.test(line)) continue
    if (!own.some(([pattern]) => pattern.test(line))) found.push(line)
  }
  if (count < 20) throw new Error(`the log has ${count} lines only: ${file}`)
  return found
}

/** What a validator says of candidates that it refused. */
export async function refusals(file) {
  const found = []
  for await (const line of lines(file)) {
    if (/invalid candidate|Failed to validate candidate|dispute (?:initiated|concluded)|error occurred: candidate validation/i.test(line)) found.push(line)
  }
  return found
}

// The operator's command line.
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { parseNlr } from './log.mjs'
import { faults } from './misbehave.mjs'

export class UsageError extends Error {}

export const help = `usage: operator --key SEED|URI --model FILE.onnx --model-id N --price NLR [options]

Serves a Silero voice-activity model on a Nalar chain: takes seats of jobs, runs the model, commits, reveals, is paid.

who and where
  --ws URL            WebSocket of a node                                [ws://127.0.0.1:9944]
  --key SEED|URI      the operator's sr25519 key: hex seed, phrase, //Name; others on the machine can read arguments, so rather
  --key-file FILE     a file with it, or the variable NALAR_OPERATOR_KEY
  --state DIR         salts and results; keep it over restarts           [operator-state]

what for how much
  --model FILE        a model file; again for other versions. It is checked against the version's artifact root
  --model-id N        the model's number on the chain
  --price NLR         for one unit, as the version counts units (a call, a step of 32 ms, a byte)
  --min-units N       the least that a job pays for                      [1]
  --valid EPOCHS      how long an advertisement stands; it is renewed    [28]

becoming a provider
  --register          register if the key is no provider's yet
  --bond NLR          own bond at registration                           [2000]
  --payout ADDRESS    who gets the income                                [the key's account]
  --slots N           seats at a time                                    [4]
  --commission PCT    of the delegators' income                          [10]

inputs and results
  --store DIR|URL     where an input is looked up by its hash (locator "cas:"); may be given again
  --allow-url PREFIX  locators that are fetched                          [https://]
  --max-input BYTES   larger inputs are declined                         [16777216]
  --no-crank          leave assign, redraw and finalise to others

for tests only
  --misbehave FAULT   ${Object.keys(faults).join(', ')}: cheats on purpose and will be unpaid or lose its bond

Signals INT and TERM end it. Exit code: 0 ended by a signal, 1 cannot go on, 2 wrong usage.`

const names = {
  ws: 'string', key: 'string', 'key-file': 'string', state: 'string', 'model-id': 'string', price: 'string', 'min-units': 'string', valid: 'string',
  register: 'boolean', bond: 'string', payout: 'string', slots: 'string', commission: 'string', 'max-input': 'string', 'no-crank': 'boolean',
  misbehave: 'string', help: 'boolean',
}

function integer(values, name, least, most, normal) {
  const text = values[name] ?? String(normal)
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < least || value > most) throw new UsageError(`--${name} ${text}: give a whole number from ${least} to ${most}`)
  return value
}

function amount(values, name, normal) {
  const value = parseNlr(values[name] ?? normal)
  if (!value) throw new UsageError(`--${name} ${values[name]}: give an amount above 0, such as 2.5`)
  return value
}

function keyOf(values) {
  if (values.key !== undefined && values['key-file'] !== undefined) throw new UsageError('give --key or --key-file, not both')
  if (values['key-file'] !== undefined) {
    try {
      return readFileSync(values['key-file'], 'utf8').trim()
    } catch (error) {
      throw new UsageError(`--key-file: ${error.message}`)
    }
  }
  const key = values.key ?? process.env.NALAR_OPERATOR_KEY
  if (!key) throw new UsageError('no key: give --key, --key-file or NALAR_OPERATOR_KEY')
  return key
}

/** The options by name, or { help: true }. Throws a UsageError. */
export function readOptions(args) {
  let values
  const options = Object.fromEntries(Object.entries(names).map(([name, type]) => [name, { type }]))
  for (const name of ['model', 'store', 'allow-url']) options[name] = { type: 'string', multiple: true }
  try {
    values = parseArgs({ args, options }).values
  } catch (error) {
    throw new UsageError(error.message.split('\n')[0])
  }
  if (values.help) return { help: true }
  for (const name of ['model', 'model-id', 'price']) if (values[name] === undefined) throw new UsageError(`--${name} is missing`)
  const price = amount(values, 'price')
  if (price >= 1n << 64n) throw new UsageError(`--price ${values.price}: the chain counts prices up to 2^64 base units`)
  const percent = Number(values.commission ?? 10)
  if (!(percent >= 0 && percent <= 30)) throw new UsageError(`--commission ${values.commission}: give a number from 0 to 30`)
  if (values.misbehave !== undefined && !faults[values.misbehave]) throw new UsageError(`--misbehave ${values.misbehave}: give ${Object.keys(faults).join(', ')}`)
  return {
    ws: values.ws ?? 'ws://127.0.0.1:9944',
    key: keyOf(values),
    state: values.state ?? 'operator-state',
    models: values.model,
    modelId: BigInt(integer(values, 'model-id', 1, Number.MAX_SAFE_INTEGER)),
    price,
    minUnits: integer(values, 'min-units', 1, 2 ** 32 - 1, 1),
    validEpochs: integer(values, 'valid', 2, 100_000, 28),
    register: values.register ?? false,
    bond: amount(values, 'bond', '2000'),
    payout: values.payout,
    slots: integer(values, 'slots', 1, 65_535, 4),
    commissionPpb: Math.round(percent * 1e7),
    stores: values.store ?? [],
    allowed: values['allow-url'] ?? ['https://'],
    maxInput: integer(values, 'max-input', 44, 2 ** 31, 16_777_216),
    crank: !values['no-crank'],
    misbehave: values.misbehave,
  }
}

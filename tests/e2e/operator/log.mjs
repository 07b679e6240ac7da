// The operator's log: one line for each thing that happened, `time  block tick  job/seat  what`.
const place = { block: undefined, tick: undefined }

/** Sets the block that the following lines speak of. */
export function at(block, tick) {
  place.block = block
  place.tick = tick
}

/** One line; `seat` is { job, seat } where the line is about one. */
export function log(text, { job, seat } = {}) {
  const time = new Date().toISOString().slice(0, 19) + 'Z'
  const where = place.block === undefined ? '' : `  block ${place.block} tick ${place.tick}`
  const about = job === undefined ? '' : `  job ${job}${seat === undefined ? '' : ` seat ${seat}`}:`
  console.log(`${time}${where}${about}  ${text}`)
}

const UNIT = 1_000_000_000_000n
/** An amount of base units as `12.5 NLR`. */
export function nlr(amount) {
  const [sign, size] = amount < 0n ? ['-', -amount] : ['', amount]
  const fraction = String(size % UNIT).padStart(12, '0').replace(/0+$/, '')
  return `${sign}${size / UNIT}${fraction ? `.${fraction}` : ''} NLR`
}

/** Base units of a decimal number of NLR, at most twelve decimals. Undefined if it is none. */
export function parseNlr(text) {
  const found = /^(\d{1,15})(?:\.(\d{1,12}))?$/.exec(text)
  return found ? BigInt(found[1]) * UNIT + BigInt((found[2] ?? '').padEnd(12, '0')) : undefined
}

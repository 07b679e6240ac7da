// The upgrade from the blob to blob B (tests/upgrade/overlay) on chains that other people's code runs: Chopsticks, the real
// collator, and the validators' check with the relay chain's go-ahead. `node upgrade.mjs [chopsticks] [omni] [pvf]`, all by default.
// The last line is `upgrade: N passed, N failed`.
import { UserError } from '../e2e/chain.mjs'
import { blobs, check, count } from './common.mjs'
import { onChopsticks, onCollator } from './chains.mjs'
import { inValidators } from './pvf.mjs'

const parts = { chopsticks: onChopsticks, omni: onCollator, pvf: inValidators }
const chosen = process.argv.slice(2)
let code = 0
try {
  blobs()
  for (const [name, run] of Object.entries(parts)) if (chosen.length === 0 || chosen.includes(name)) await run()
} catch (error) {
  await check('the suite', () => { throw error })
  if (!(error instanceof UserError)) console.log(error.stack)
}
console.log(`upgrade: ${count.passed} passed, ${count.failed} failed`)
if (count.failed > 0) code = 1
process.exit(code)

// The upgrade before the validators' own code: the code is announced in one proof of validity, the relay chain's go-ahead comes with
// a later one, the next is prepared and validated with blob B, and so on through the migration.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findTool, workDir } from '../e2e/chain.mjs'
import { ensure, equal } from '../e2e/checks.mjs'
import { fromHex } from '../host/bytes.mjs'
import { Client } from '../host/client.mjs'
import { Signer, asLines } from '../pvf/transactions.mjs'
import { blobs, check } from './common.mjs'

/** Blocks: so many before that the migration takes several, then the upgrade, a block between, the go-ahead; the migration; and some more. */
const BEFORE = 8, MIGRATION = 9, AFTER = 3
const STORED = BEFORE, GO_AHEAD = BEFORE + 2

function tool(args) {
  const { status, stdout, stderr } = spawnSync(findTool('pvf-check'), args, { encoding: 'utf8', maxBuffer: 1 << 28 })
  const output = (stdout + stderr).replace(/\x1b\[\d+m/g, '')
  equal(status, 0, `exit code, ${output.trim().split('\n').slice(-3).join(' ')}`)
  return output
}

/** The client, and the signer's facts of genesis. */
function open(file) {
  const metadata = join(workDir, 'upgrade-metadata')
  const facts = JSON.parse(tool(['info', '--blob', file, '--metadata', metadata]).trim().split('\n').at(-1))
  const client = new Client(fromHex(readFileSync(metadata, 'utf8').trim().slice(2)))
  return { client, facts: { ...facts, genesisHash: fromHex(facts.genesisHash.slice(2)) } }
}

function extrinsics(a, b) {
  const { client, facts } = open(a.file)
  const signer = new Signer(client, facts)
  const { alice, bob } = signer.keys
  const transfer = () => signer.transfer(bob, alice.account)
  // Without checks: this tool's author lacks the extension that reads versions, which nodes and validators have.
  const upgrade = () => signer.sign(alice, client.call('sudo', 'sudo', client.call('system', 'setCodeWithoutChecks', b.hex)))
  const blocks = Array.from({ length: GO_AHEAD + 1 }, (_, n) => [n === STORED ? upgrade() : transfer()])
  blocks.push(...Array.from({ length: MIGRATION }, () => []))
  signer.facts = { ...facts, specVersion: facts.specVersion + 1 }
  blocks.push(...Array.from({ length: AFTER }, () => [transfer(), transfer()]))
  return blocks
}

export async function inValidators() {
  if (!findTool('pvf-check')) {
    console.log('skipped: no pvf-check on the PATH or in ../shared/tools: the upgrade before validators')
    return
  }
  const { a, b } = blobs()
  mkdirSync(workDir, { recursive: true })
  for (const slotBased of [false, true]) {
    await check(`pvf: announced, let go ahead, migrated, all valid${slotBased ? ', slot-based' : ''}`, () => {
      const blocks = extrinsics(a, b), file = join(workDir, 'upgrade-extrinsics')
      writeFileSync(file, asLines(blocks))
      const output = tool(['pov', '--blob', a.file, '--extrinsics', file, '--blocks', String(blocks.length), '--go-ahead', String(GO_AHEAD),
        '--alterations', '20', ...(slotBased ? ['--slot-based'] : [])])
      ensure(output.includes(`the code changed to ${b.bytes.length} bytes`), 'the code did not change')
      ensure(!output.includes('failed in dispatch'), 'a call failed')
      const [, povs, refused, harmless, accepted] = output.match(/(\d+) PoVs valid, (\d+) alterations refused, (\d+) harmless, (\d+) accepted/).map(Number)
      equal(povs, blocks.length, 'proofs of validity')
      equal(harmless + accepted, 0, 'alterations that were not refused')
      return `${povs} PoVs, ${refused} alterations refused`
    })
  }
  await check('pvf: blob B is one that validators prepare', () => { tool(['inspect', b.file]) })
}

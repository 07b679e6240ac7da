// Genesis head and code as our own tool writes them, against polkadot-omni-node's; and what the tool refuses.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findTool } from '../e2e/chain.mjs'
import { ensure, equal } from '../e2e/checks.mjs'

function run(program, args) {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28 })
  return { status, stdout, stderr }
}

/** @param check (name, body) runs one check */
export async function genesisChecks(check, build) {
  const mkspec = join(build, 'mkspec')
  const folder = join(build, 'chain-spec')
  const dir = join(build, 'relay')
  mkdirSync(dir, { recursive: true })
  const node = findTool('polkadot-omni-node')
  const raw = join(folder, 'local_testnet.raw.json')
  const plain = join(folder, 'local_testnet.json')

  for (const [what, name] of [['head', 'genesis header'], ['wasm', 'validation code']]) {
    for (const file of [plain, raw]) {
      await check(`genesis: ${name} as the node exports it, from ${file.endsWith('.raw.json') ? 'a raw' : 'a plain'} specification`, () => {
        const ours = run(mkspec, [what, file])
        const theirs = run(node, [`export-genesis-${what}`, '--chain', file])
        equal(theirs.status, 0, `exit code of the node, ${theirs.stderr.trim().split('\n').at(-1)}`)
        equal(ours.status, 0, `exit code of mkspec, ${ours.stderr.trim()}`)
        ensure(/^0x[0-9a-f]{100,}$/.test(ours.stdout), `not hexadecimal: ${ours.stdout.slice(0, 60)}`)
        ensure(ours.stdout === theirs.stdout, `ours ${ours.stdout.slice(0, 80)}…, the node's ${theirs.stdout.slice(0, 80)}…`)
        return what === 'head' ? ours.stdout : `${ours.stdout.length / 2 - 1} bytes`
      })
    }
  }

  // A deployer's own specification: another id, and a balance that is no JavaScript or C integer.
  const mine = join(dir, 'own.json')
  const write = (change) => {
    const text = readFileSync(plain, 'utf8').replace(/"para_id": \d+/, '"para_id": 4321').replace(/"parachainId":\d+|"parachainId": \d+/, '"parachainId": 4321')
      .replace('1000000000000000000]', '123456789012345678901234]')
    writeFileSync(mine, change(text))
  }
  await check('genesis: the raw form of an own specification is the one that the node makes', () => {
    write((text) => text)
    const out = join(dir, 'own.raw.json')
    const ours = run(mkspec, ['raw', mine, out])
    equal(ours.status, 0, `exit code, ${ours.stderr.trim()}`)
    const theirs = run(node, ['chain-spec-builder', '-c', join(dir, 'own.node.json'), 'convert-to-raw', mine])
    equal(theirs.status, 0, `exit code of the node, ${theirs.stderr.trim().split('\n').at(-1)}`)
    const [a, b] = [out, join(dir, 'own.node.json')].map((file) => JSON.parse(readFileSync(file, 'utf8')))
    const keys = new Set([...Object.keys(a.genesis.raw.top), ...Object.keys(b.genesis.raw.top)])
    for (const key of keys) equal(a.genesis.raw.top[key], b.genesis.raw.top[key], `value of ${key}`)
    for (const name of ['id', 'chainType', 'relay_chain', 'para_id', 'protocolId']) equal(a[name], b[name], name)
    equal(a.para_id, 4321, 'para_id')
    return `${keys.size} keys`
  })
  const refused = (name, change, expected) => check(`genesis: refused: ${name}`, () => {
    write(change)
    const { status, stdout, stderr } = run(mkspec, ['head', mine])
    ensure(status !== 0 && stdout === '', `exit code ${status}, output ${stdout.slice(0, 40)}`)
    ensure(stderr.includes(expected), `said: ${stderr.trim()}`)
  })
  await refused('two different ids', (text) => text.replace('"para_id": 4321', '"para_id": 4322'), 'parachainInfo.parachainId is 4321')
  await refused('a file cut short', (text) => text.slice(0, -200), 'no JSON object')
  await refused('a configuration with an unknown field', (text) => text.replace('"parachainId"', '"parachaimId"'), 'parachaimId')
  await refused('code that is not hexadecimal', (text) => text.replace('"code": "0x5', '"code": "0xZ'), 'code')
}

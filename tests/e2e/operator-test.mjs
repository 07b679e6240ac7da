// The operator's parts without a chain: the model's bits, hashes, inputs, the journal, the command line. One line for each check;
// clients.mjs runs it and counts them.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { artifact } from './artifact.mjs'
import { here, root } from './chain.mjs'
import { check, ensure, equal, finish } from './checks.mjs'
import { modelFile } from './demo-play.mjs'
import { DispatchFailed } from './operator/chain.mjs'
import { speak } from './operator/clip.mjs'
import { Duties } from './operator/duties.mjs'
import { blake2, commitHash, fromHex, priceClass, tagged, toHex } from './operator/hashes.mjs'
import { describe, fetchInput } from './operator/input.mjs'
import { Journal } from './operator/journal.mjs'
import { parseNlr } from './operator/log.mjs'
import { VoiceModel, readResult } from './operator/voice-model.mjs'
import { decodeWav, encodeWav } from './operator/wav.mjs'

const label = (what) => `operator: ${what}`
const folder = mkdtempSync(join(tmpdir(), 'nalar-operator-'))
const TEXT = 'The same words, the same bits.'
// Of this text and silero_vad_v6.onnx. Any machine gives these, or ExactFloat would be the wrong profile.
const CLIP = '0x2495818a91dccd81e75a423c59103851fa9426b613faafdb0b55fe354fe6c58e'
const RESULT = '0xaf0b9b1510e5b6ec6a8b9c8150911b946aa20b5c30d33f524f4d6e487e7ea190'

async function fails(promise, pattern, what) {
  const message = await Promise.resolve().then(() => promise()).then(() => 'no failure', (error) => error.message)
  ensure(pattern.test(message), `${what}: ${message}`)
}

// ---- the model ----

const clip = await speak(TEXT)
const model = await VoiceModel.load(readFileSync(modelFile('silero_vad_v6.onnx')))

await check(label('espeak-ng speaks the same bytes as everywhere'), async () => {
  equal(toHex(blake2(clip)), CLIP, 'hash of the recording')
  equal(toHex(blake2(await speak(TEXT))), CLIP, 'hash of a second recording')
})
await check(label('the model gives the same bits in every run'), async () => {
  for (let i = 0; i < 5; i += 1) equal(toHex(artifact((await model.run(clip)).output).root), RESULT, `root of run ${i + 1}`)
})
await check(label('another session and another process give them too'), async () => {
  const other = await VoiceModel.load(readFileSync(modelFile('silero_vad_v6.onnx')))
  equal(toHex(artifact((await other.run(clip)).output).root), RESULT, 'root')
  const file = join(folder, 'clip.wav')
  writeFileSync(file, clip)
  const { stdout } = spawnSync(process.execPath, [join(here, 'operator/voice-model.mjs'), modelFile('silero_vad_v6.onnx'), file], { encoding: 'utf8' })
  equal(stdout.split(' ')[0], RESULT, 'root')
})
await check(label('the model hears speech where there is speech'), async () => {
  const heard = readResult((await model.run(clip)).output)
  ensure(heard.slice(0, 10).every((p) => p < 0.5), 'speech in the silence before')
  ensure(heard.filter((p) => p > 0.5).length > heard.length / 3, 'too little speech')
  const silence = readResult((await model.run(encodeWav(new Int16Array(16_000)))).output)
  ensure(silence.every((p) => p < 0.5), 'speech in silence')
})
await check(label('frames are counted up, one at least'), async () => {
  for (const [samples, frames] of [[0, 1], [1, 1], [512, 1], [513, 2], [1024, 2]]) equal((await model.run(encodeWav(new Int16Array(samples)))).frames, frames, `frames of ${samples} samples`)
})
await check(label('another version gives another result'), async () => {
  const v5 = await VoiceModel.load(readFileSync(modelFile('silero_vad_v5.onnx')))
  ensure(toHex(artifact((await v5.run(clip)).output).root) !== RESULT, 'the same root')
})
await check(label('a file that is no model, or another one, is refused'), async () => {
  await fails(() => VoiceModel.load(Buffer.from('no model')), /./, 'noise')
  await fails(() => VoiceModel.load(readFileSync(modelFile('silero_vad_legacy.onnx'))), /not a Silero voice model/, 'the old interface')
})

// ---- recordings ----

await check(label('recordings are read as they were written'), () => {
  const samples = Int16Array.from({ length: 1000 }, (_, i) => (i * 7919) % 65_536 - 32_768)
  ensure(Buffer.from(decodeWav(encodeWav(samples)).buffer).equals(Buffer.from(samples.buffer)), 'other samples')
})
await check(label('broken and foreign recordings are refused'), async () => {
  const good = encodeWav(new Int16Array(100))
  const change = (at, value) => { const copy = Buffer.from(good); copy[at] = value; return copy }
  for (const [bytes, pattern] of [[Buffer.alloc(0), /not a WAVE/], [change(0, 1), /not a WAVE/], [good.subarray(0, 100), /cut off/], [good.subarray(0, 36), /no samples/],
    [change(22, 2), /2 channels/], [change(34, 8), /8 bits/], [change(24, 0), /Hz/], [change(20, 3), /coding 3/]]) await fails(() => decodeWav(bytes), pattern, String(pattern))
})

// ---- hashes ----

const vectors = readFileSync(join(root, 'tests/vectors/market/market.tsv'), 'utf8').split('\n').map((line) => line.split('\t'))
await check(label('commitments are those of the vectors'), () => {
  const rows = vectors.filter(([name]) => name === 'job_commit')
  ensure(rows.length > 0, 'no vectors')
  for (const [, input, expected] of rows) {
    const [job, seat, provider, bytes] = input.split(' ')
    const reveal = Buffer.from(bytes, 'hex')
    const at = (from, length) => toHex(reveal.subarray(from, from + length))
    const fields = {
      result_root: at(0, 32), trace_root: at(32, 32), trace_len: reveal.readBigUInt64LE(64), fp_hash: at(72, 32), units: reveal.readUInt32LE(104),
      out_cipher_hash: at(108, 32), salt: at(140, 16),
    }
    equal(commitHash(BigInt(`0x${job}`), Number.parseInt(seat, 16), Buffer.from(provider, 'hex'), fields), `0x${expected}`, `commitment for job ${job}`)
  }
  return `${rows.length} vectors`
})
await check(label('price classes are those of the book'), () => {
  for (const [price, expected] of [[1n, 0], [2n, 4], [3n, 6], [5n, 9], [10n ** 9n, 119], [10n ** 12n, 159], [2n ** 64n - 1n, 255]]) equal(priceClass(price), expected, `class of ${price}`)
})
await check(label('a tag has its length before it'), () => {
  equal(toHex(tagged('ab', Buffer.of(1))), toHex(blake2(Buffer.from([2, 97, 98, 1]))), 'hash')
})
await check(label('amounts are read to twelve decimals'), () => {
  for (const [text, value] of [['1', 10n ** 12n], ['0.000000000001', 1n], ['2.5', 25n * 10n ** 11n], ['1.0000000000001', undefined], ['-1', undefined], ['', undefined], ['1e3', undefined]]) {
    equal(parseNlr(text), value, `"${text}"`)
  }
})

// ---- inputs ----

await check(label('inputs come from a folder, a store or an address, and are checked'), async () => {
  const input = describe(clip)
  const name = input.commit.slice(2)
  const server = createServer((request, response) => {
    if (request.url.startsWith('/hang')) return response.writeHead(200).write('R') // and never ends
    if (request.url === '/away') return response.writeHead(302, { location: `/${name}` }).end()
    return response.end({ [`/${name}`]: clip, '/other': clip.subarray(1), '/long': Buffer.concat([clip, clip]) }[request.url])
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${server.address().port}`
  const options = { stores: [], allowed: [url], maxInput: 1 << 20 }
  const at = (path) => ({ ...input, locator: Buffer.from(`${url}${path}`) })
  try {
    writeFileSync(join(folder, name), clip)
    for (const store of [folder, url, `${url}/`]) ensure((await fetchInput(input, { ...options, stores: [store] })).equals(clip), `other bytes from ${store}`)
    ensure((await fetchInput(at(`/${name}`), options)).equals(clip), 'other bytes from an address')
    ensure((await fetchInput(input, { ...options, stores: [join(folder, 'nowhere'), folder] })).equals(clip), 'the second store was not asked')
    await fails(() => fetchInput(at('/other'), options), /has \d+ bytes instead/, 'a shorter file')
    await fails(() => fetchInput(at('/long'), options), /longer than/, 'a longer file')
    await fails(() => fetchInput(at('/away'), options), /redirect|fetch failed/, 'a redirect')
    await fails(() => fetchInput({ ...input, commit: toHex(blake2(Buffer.of(1))) , locator: at(`/${name}`).locator }, options), /commitment names/, 'another commitment')
    await fails(() => fetchInput({ ...input, cipher_hash: input.commit }, { ...options, stores: [folder] }), /./, 'another hash')
    await fails(() => fetchInput(at('/hang'), options, 300), /took longer/, 'an address that never ends')
    ensure((await fetchInput(input, { ...options, stores: [`${url}/hang`, folder] }, 4000)).equals(clip), 'a store that hangs held up the next')
    mkdirSync(join(folder, 'odd', name), { recursive: true })
    await fails(() => fetchInput(input, { ...options, stores: [join(folder, 'odd')] }), /is no file/, 'no file')
    await fails(() => fetchInput({ ...input, len: input.len + 1n }, { ...options, stores: [folder] }), /has \d+ bytes instead/, 'a file of another length')
    await fails(() => fetchInput(input, options), /no store/, 'no store')
    await fails(() => fetchInput({ ...input, len: 1n << 30n }, options), /at most/, 'a huge input')
    await fails(() => fetchInput({ ...input, len: 0n }, options), /empty/, 'an empty input')
    await fails(() => fetchInput({ ...input, locator: Buffer.from('file:///etc/passwd') }, options), /may be fetched/, 'a file locator')
  } finally {
    server.close()
    server.closeAllConnections()
  }
})

// ---- what outlives the process ----

await check(label('the journal gives back what was written, also to another process of the same folder'), () => {
  const place = join(folder, 'journal')
  const first = new Journal(place)
  const entry = { job: 7n, seat: 2, model: '1', version: 1, input: CLIP, commit: RESULT, reveal: { trace_len: 1n << 60n, units: 3, salt: '0x00' } }
  first.write(entry)
  first.keep('results', 'aa', Buffer.of(1, 2))
  first.close()
  const second = new Journal(place)
  equal(JSON.stringify(second.read(7n, 2), (_, v) => String(v)), JSON.stringify(entry, (_, v) => String(v)), 'entry')
  equal(second.read(7n, 1), undefined, 'entry of another seat')
  equal(second.jobs().join(), '7', 'jobs')
  equal(second.kept('results', 'aa').length, 2, 'length of a result')
  second.drop('results', 'aa')
  second.drop('results', 'bb')
  equal(second.kept('results', 'aa'), undefined, 'a result that was dropped')
  second.close()
})
await check(label('a state folder has one process'), async () => {
  const place = join(folder, 'busy')
  mkdirSync(place)
  writeFileSync(join(place, 'LOCK'), String(process.ppid))
  await fails(() => new Journal(place), /in use by process/, 'a second process')
  writeFileSync(join(place, 'LOCK'), '99999999')
  new Journal(place).close() // its process is gone
})

// ---- what is accepted ----

/** What the operator sends for an offered seat, when `refused` names the chain's answer to accept. */
async function answer(input, { unitsMax = 10_000, unitRule = 'Step', price = 5n, refused } = {}) {
  const place = mkdtempSync(join(folder, 'answer-'))
  const sent = []
  const chain = {
    api: { tx: { Jobs: { accept: () => 'accept', decline: ({ reason }) => `decline ${reason.type}` } } },
    async send(call) {
      sent.push(call)
      if (refused && call === 'accept') throw new DispatchFailed(refused)
    },
  }
  const described = describe(input)
  writeFileSync(join(folder, described.commit.slice(2)), input)
  const journal = new Journal(place)
  const options = { versions: new Map([[1, { unitRule }]]), stores: [folder], allowed: [], maxInput: 1 << 24, price: 5n }
  const duties = new Duties({ chain, journal, models: new Map(), options })
  duties.time = { now: 10 }
  duties.provider = { record: { busy: 0, slots: 1 } }
  const job = { version: 1, profile: { type: 'ExactFloat' }, units_max: unitsMax }
  await duties.answer({ job, spec: { input: described, key_wrap_root: `0x${'00'.repeat(32)}` } }, { job: 1n, seat: 0 }, { price, deadline: 15 }).catch((error) => sent.push(error.message))
  const kept = journal.kept('inputs', described.commit.slice(2))
  journal.close()
  return { sent: sent.join(', '), kept: kept !== undefined }
}
await check(label('a seat is accepted when its input can be worked on'), async () => {
  const units = (await model.run(clip)).frames
  equal(JSON.stringify(await answer(clip, { unitsMax: units })), JSON.stringify({ sent: 'accept', kept: true }), 'a good input')
  equal((await answer(clip, { unitRule: 'Byte', unitsMax: clip.length })).sent, 'accept', 'so many bytes')
  equal((await answer(clip, { unitRule: 'Call', unitsMax: 1 })).sent, 'accept', 'a call')
})
await check(label('an input that is no recording, or too long for the job, is declined'), async () => {
  const units = (await model.run(clip)).frames
  for (const [input, options] of [[Buffer.from('garbage')], [clip.subarray(0, 1000)], [clip, { unitsMax: units - 1 }], [clip, { unitRule: 'Byte', unitsMax: clip.length - 1 }]]) {
    equal(JSON.stringify(await answer(input, options)), JSON.stringify({ sent: 'decline Policy', kept: false }), `${input.length} bytes, ${JSON.stringify(options)}`)
  }
})
await check(label('a seat that the chain does not let it take is declined, not ignored'), async () => {
  for (const error of ['Jobs.LowFunds', 'Jobs.NoSlot', 'Jobs.NotActive']) equal((await answer(clip, { refused: error })).sent, 'accept, decline Busy', error)
  equal((await answer(clip, { price: 4n })).sent, 'decline Policy', 'a price below the own')
  equal((await answer(clip, { refused: 'Jobs.WrongState' })).sent, 'accept, Jobs.WrongState', 'another error')
})

await check(label('an answer that does not arrive is sent again, every other block at least'), async () => {
  const journal = new Journal(mkdtempSync(join(folder, 'again-')))
  const duties = new Duties({ chain: {}, journal, models: new Map(), options: {} })
  const blocks = []
  duties.time = { now: 10 }
  duties.answer = async () => { blocks.push(duties.block); throw new Error('the node is busy') }
  for (duties.block = 1; duties.block < 12; duties.block += 1) {
    duties.serve(1n, { state: { type: 'Offered' } }, { index: 0, replaced: 0, deadline: 15, state: { type: 'Offered' } })
    while (duties.begun.get('answer 1.0.0') === Infinity) await new Promise((done) => setImmediate(done))
  }
  journal.close()
  equal(blocks.join(), '1,2,4,6,8,10', 'blocks in which it is sent')
})
await check(label('an input stays while a job needs it, whatever other job with it ends'), async () => {
  const journal = new Journal(mkdtempSync(join(folder, 'shared-')))
  const { commit } = describe(clip)
  journal.keep('inputs', commit.slice(2), clip)
  const states = { 1: 'Drawing', 2: 'Offered' }
  const job_view = async (id) => ({ state: { type: states[id] }, spec: { input: { commit } }, seats: [] })
  const chain = { api: { apis: { DeaiApi: { job_view } }, query: { Jobs: { NextJob: { getValue: async () => 3n } } } } }
  const duties = new Duties({ chain, journal, models: new Map(), options: { crank: false } })
  duties.seen = 3n
  duties.jobs = new Set([1n, 2n])
  for (const [job, state, kept] of [[1, 'Refunded', true], [2, 'Settled', false]]) {
    states[job] = state
    await duties.look({ hash: '0x', number: job }, { now: 10 }, { owner: 'somebody' })
    equal(journal.kept('inputs', commit.slice(2)) !== undefined, kept, `kept after job ${job}`)
  }
  journal.close()
})

// ---- the command line ----

const operator = (...args) => spawnSync(process.execPath, [join(here, 'operator/operator.mjs'), ...args], { encoding: 'utf8', env: { ...process.env, NALAR_OPERATOR_KEY: '' } })
await check(label('--help shows the usage'), () => {
  const { status, stdout } = operator('--help')
  equal(status, 0, 'exit code')
  ensure(/^usage: operator/.test(stdout) && /for tests only\n +--misbehave/.test(stdout), 'the usage is another')
})
await check(label('wrong usage ends with 2 and a line that says what'), () => {
  const whole = ['--model', 'x.onnx', '--model-id', '1', '--price', '1', '--key', '//Eve']
  for (const [args, pattern] of [[[], /--model is missing/], [whole.slice(0, 6), /no key/], [[...whole, '--price', '0'], /--price 0/], [[...whole, '--price', '20000000'], /2\^64/],
    [[...whole, '--model-id', 'x'], /--model-id x/], [[...whole, '--slots', '0'], /--slots 0/], [[...whole, '--commission', '31'], /--commission 31/],
    [[...whole, '--misbehave', 'x'], /--misbehave x/], [[...whole, '--nonsense'], /nonsense/], [[...whole, '--key-file', '/none'], /not both/]]) {
    const { status, stderr } = operator(...args)
    equal(status, 2, `exit code of ${args.join(' ')}`)
    ensure(pattern.test(stderr), `said ${stderr}`)
  }
})
await check(label('a missing model file ends with 1'), () => {
  const { status, stderr } = operator('--model', join(folder, 'none.onnx'), '--model-id', '1', '--price', '1', '--key', '//Eve')
  equal(status, 1, 'exit code')
  ensure(/^operator: --model: /.test(stderr), `said ${stderr}`)
})

rmSync(folder, { recursive: true, force: true })
finish()

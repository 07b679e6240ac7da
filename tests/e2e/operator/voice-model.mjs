// Runs a Silero voice-activity model (format ONNX, versions 5 and 6 of it) on a recording: for each 32 ms, is somebody speaking?
//
// Input    a WAVE file, see wav.mjs; a sample s becomes the number s / 32768.
// Frames   512 samples each; the last is filled up with zeros; at least one. The model sees each behind the last 64 samples
//          of the one before (zeros at first) and carries its state from frame to frame.
// Result   the bytes  "nalar/vad/1" ++ frames u32 LE ++ one probability f32 LE for each frame.
// Root     result_root = artifact.mjs's root of these bytes, a 16-ary tree over parts of 1 MiB.
//
// The program is onnxruntime's WebAssembly build on one thread: WebAssembly fixes every rounding, so the same file and the same input
// give the same bits on every machine, and a version with profile ExactFloat may be compared by its root. A probability is never a NaN
// (the only values whose bits WebAssembly leaves open): the model ends in a sigmoid, and a NaN is refused here.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as ort from 'onnxruntime-web'
import { artifact } from '../artifact.mjs'
import { decodeWav } from './wav.mjs'

const FRAME = 512
const CONTEXT = 64
const STATE = [2, 1, 128]
const MAGIC = Buffer.from('nalar/vad/1')

// One thread: sums of several would be added in the order in which they end. No worker: this is a process of its own.
ort.env.wasm.numThreads = 1
ort.env.wasm.proxy = false
ort.env.logLevel = 'error'

const framesOf = (samples) => Math.max(1, Math.ceil(samples.length / FRAME))

export class VoiceModel {
  /** Frames of a recording without running the model; a RangeError when it is none that can be heard. */
  static frames(recording) {
    return framesOf(decodeWav(recording))
  }

  /** Loads the bytes of a model file. Throws if it is no such model. */
  static async load(bytes) {
    const session = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'], graphOptimizationLevel: 'disabled' })
    const shape = `${session.inputNames.join(' ')} -> ${session.outputNames.join(' ')}`
    if (shape !== 'input state sr -> output stateN') throw new RangeError(`not a Silero voice model: its interface is ${shape}`)
    return new VoiceModel(session)
  }

  constructor(session) {
    this.session = session
  }

  /** { output, frames, spoken } of a recording: the result's bytes, how many frames, how many of them above one half. */
  async run(recording) {
    const samples = decodeWav(recording)
    const frames = framesOf(samples)
    const body = Buffer.alloc(4 + frames * 4)
    body.writeUInt32LE(frames)
    const window = new Float32Array(CONTEXT + FRAME)
    const sr = new ort.Tensor('int64', BigInt64Array.of(16_000n), [])
    let state = new ort.Tensor('float32', new Float32Array(STATE.reduce((a, b) => a * b)), STATE)
    let spoken = 0
    for (let frame = 0; frame < frames; frame += 1) {
      window.copyWithin(0, FRAME)
      for (let i = 0; i < FRAME; i += 1) window[CONTEXT + i] = (samples[frame * FRAME + i] ?? 0) / 32_768
      const found = await this.session.run({ input: new ort.Tensor('float32', window, [1, window.length]), state, sr })
      state = found.stateN
      const probability = found.output.data[0]
      if (Number.isNaN(probability)) throw new RangeError(`frame ${frame} has no probability`)
      body.writeFloatLE(probability, 4 + frame * 4)
      if (probability > 0.5) spoken += 1
      // The connection to the chain wants to be served meanwhile.
      if (frame % 8 === 7) await new Promise((done) => setImmediate(done))
    }
    return { output: Buffer.concat([MAGIC, body]), frames, spoken }
  }
}

/** Frames of a result's bytes, or a RangeError. */
export function readResult(output) {
  const bytes = Buffer.from(output)
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw new RangeError('not a result of the voice model')
  const frames = bytes.readUInt32LE(MAGIC.length)
  return Array.from({ length: frames }, (_, frame) => bytes.readFloatLE(MAGIC.length + 4 + frame * 4))
}

// As a program: `node voice-model.mjs MODEL.onnx RECORDING.wav` prints the result's root, its units and what was heard.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.length !== 4) {
    console.error('voice-model: usage: voice-model.mjs MODEL.onnx RECORDING.wav')
    process.exit(2)
  }
  try {
    const model = await VoiceModel.load(readFileSync(process.argv[2]))
    const { output, frames, spoken } = await model.run(readFileSync(process.argv[3]))
    console.log(`0x${Buffer.from(artifact(output).root).toString('hex')} ${frames} frames, ${spoken} with speech`)
  } catch (error) {
    console.error(`voice-model: ${error.message}`)
    process.exit(1)
  }
}

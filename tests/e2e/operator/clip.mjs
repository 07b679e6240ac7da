// Makes a recording of speech: espeak-ng, which npm's @echogarden/espeak-ng-emscripten brings as WebAssembly, says a text, and silence
// stands before and after it. The same text gives the same bytes on every machine.
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { RATE, encodeWav } from './wav.mjs'

const SILENCE = RATE / 2

/** Samples at `from` Hz as samples at RATE, by straight lines in integers: the voice has nothing above 8 kHz that would matter. */
function resample(samples, from) {
  const length = Math.floor((samples.length * RATE) / from)
  return Int16Array.from({ length }, (_, index) => {
    const at = index * from
    const first = Math.floor(at / RATE)
    const rest = at % RATE
    const next = samples[Math.min(first + 1, samples.length - 1)]
    return Math.floor((samples[first] * (RATE - rest) + next * rest) / RATE)
  })
}

/** The bytes of a WAVE file in which `text` is spoken. */
export async function speak(text, voice = 'en-us') {
  const file = createRequire(import.meta.url).resolve('@echogarden/espeak-ng-emscripten')
  const { default: load } = await import(pathToFileURL(file).href)
  const espeak = new (await load()).eSpeakNGWorker()
  espeak.set_voice(voice)
  const samples = []
  espeak.synthesize(text, (audio) => {
    for (const sample of audio ?? []) samples.push(sample)
    return 0
  })
  if (samples.length === 0) throw new RangeError('the text has no sound')
  const speech = resample(Int16Array.from(samples), espeak.samplerate)
  const whole = new Int16Array(speech.length + 2 * SILENCE)
  whole.set(speech, SILENCE)
  return encodeWav(whole)
}

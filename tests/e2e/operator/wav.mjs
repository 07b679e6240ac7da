// Reading and writing the one kind of recording that the voice model hears: RIFF WAVE, PCM of 16 bits, one channel, 16,000 Hz.
export const RATE = 16_000

/** A file of samples (Int16Array). */
export function encodeWav(samples) {
  const head = Buffer.alloc(44)
  head.write('RIFF', 0)
  head.writeUInt32LE(36 + samples.length * 2, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20) // PCM
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(RATE, 24)
  head.writeUInt32LE(RATE * 2, 28)
  head.writeUInt16LE(2, 32)
  head.writeUInt16LE(16, 34)
  head.write('data', 36)
  head.writeUInt32LE(samples.length * 2, 40)
  const body = Buffer.alloc(samples.length * 2)
  samples.forEach((sample, index) => body.writeInt16LE(sample, index * 2))
  return Buffer.concat([head, body])
}

/** The samples of a file's bytes, as Int16Array. Throws a RangeError that says what does not fit. */
export function decodeWav(bytes) {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (file.length < 12 || file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE') {
    throw new RangeError('not a WAVE file')
  }
  let format
  // Chunks of an odd length are followed by a byte that does not count.
  for (let at = 12; at + 8 <= file.length; ) {
    const name = file.toString('latin1', at, at + 4)
    const length = file.readUInt32LE(at + 4)
    const start = at + 8
    if (start + length > file.length) throw new RangeError(`the chunk ${name} is cut off`)
    if (name === 'fmt ' && length >= 16) {
      format = { coding: file.readUInt16LE(start), channels: file.readUInt16LE(start + 2), rate: file.readUInt32LE(start + 4), bits: file.readUInt16LE(start + 14) }
    }
    if (name === 'data') {
      if (!format) throw new RangeError('the samples come before their format')
      const { coding, channels, rate, bits } = format
      if (coding !== 1 || channels !== 1 || rate !== RATE || bits !== 16) {
        throw new RangeError(`needs PCM, 16 bits, one channel, ${RATE} Hz; has coding ${coding}, ${bits} bits, ${channels} channels, ${rate} Hz`)
      }
      const samples = new Int16Array(length >> 1)
      for (let i = 0; i < samples.length; i += 1) samples[i] = file.readInt16LE(start + i * 2)
      return samples
    }
    at = start + length + (length & 1)
  }
  throw new RangeError('no samples')
}

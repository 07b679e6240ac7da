// What a model version says of its file: the root of a 16-ary tree over the file's parts.
//
//   part   the file cut every 1 MiB (1,048,576 bytes); the last part is what is left, as long as it is, not padded
//   leaf   blake2b-256 of a part's bytes
//   node   blake2b-256 of the byte 0x02 followed by its 16 children, 513 bytes in all; a missing child is 32 zero bytes
//   root   the node above everything: always a node, also for a file of one part, so a leaf is never a root
//
// The depth follows from the length alone, which the version states beside the root: nothing of another shape has this root.
import { readFileSync, realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { blake2b } from '@noble/hashes/blake2.js'

export const PART = 1 << 20
const ARITY = 16
const blake2 = (bytes) => blake2b(bytes, { dkLen: 32 })

/** Root of the tree over leaves of 32 bytes each, at least one. */
export function treeRoot(leaves) {
  let level = leaves
  do {
    const above = []
    for (let first = 0; first < level.length; first += ARITY) {
      const node = new Uint8Array(1 + ARITY * 32)
      node[0] = 0x02
      level.slice(first, first + ARITY).forEach((child, index) => node.set(child, 1 + index * 32))
      above.push(blake2(node))
    }
    level = above
  } while (level.length > 1)
  return level[0]
}

/** { root, length, parts } of a file's bytes, at least one byte. */
export function artifact(bytes) {
  if (bytes.length === 0) throw new RangeError('an artifact has at least one byte')
  const leaves = []
  for (let first = 0; first < bytes.length; first += PART) leaves.push(blake2(bytes.subarray(first, first + PART)))
  return { root: treeRoot(leaves), length: bytes.length, parts: leaves.length }
}

// As a program: `node artifact.mjs FILE` prints root, length and parts.
if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  if (process.argv.length !== 3) {
    console.error('artifact: usage: artifact.mjs FILE')
    process.exit(2)
  }
  try {
    const { root, length, parts } = artifact(readFileSync(process.argv[2]))
    console.log(`0x${Buffer.from(root).toString('hex')} ${length} ${parts}`)
  } catch (error) {
    console.error(`artifact: ${process.argv[2]}: ${error.message}`)
    process.exit(1)
  }
}

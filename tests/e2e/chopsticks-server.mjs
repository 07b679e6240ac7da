// Serves a chain from a raw specification with Chopsticks: `node chopsticks-server.mjs SPEC PORT`.
// A process of its own, so that its log is a file of its own; it ends when its standard input does, thus never outlives its parent.
import { readFileSync } from 'node:fs'

process.stdin.resume()
process.stdin.on('close', () => process.exit(0))
// An interrupt from the terminal reaches the whole group: the parent decides when this server ends, by closing the pipe.
process.on('SIGINT', () => {})

const [spec, port] = process.argv.slice(2)
const { setupWithServer } = await import('@acala-network/chopsticks')
try {
  await setupWithServer({
    genesis: JSON.parse(readFileSync(spec, 'utf8')),
    'build-block-mode': 'Batch',
    'runtime-log-level': 3,
    host: '127.0.0.1',
    port: Number(port),
  })
} catch (error) {
  console.error(`chopsticks: ${error.message}`)
  process.exit(1)
}

// What must outlive the process: for each seat the salt and the whole reveal, written to disk before the commitment is sent, so that
// a killed and restarted operator reveals what it committed to. One folder for each chain and provider; one process at a time.
//   LOCK                    process id of the one that is running
//   seat-JOB-NUMBER.json    { job, seat, model, version, reveal, commit, input }, 64-bit numbers as decimal texts
//   results/HASH            the result's bytes, by their blake2b-256
//   inputs/COMMIT           inputs that were checked, by the hash that the job names, until the last job with it is over
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** Writes so that after a power cut either the old file is there or the whole new one. */
function writeSafely(file, content) {
  const draft = `${file}.new`
  const handle = openSync(draft, 'w', 0o600)
  writeSync(handle, content)
  fsyncSync(handle)
  closeSync(handle)
  renameSync(draft, file)
  const folder = openSync(join(file, '..'), 'r')
  fsyncSync(folder)
  closeSync(folder)
}

function alive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

export class Journal {
  /** Opens the folder; throws if another process has it. */
  constructor(folder) {
    this.folder = folder
    for (const name of ['', 'results', 'inputs']) mkdirSync(join(folder, name), { recursive: true, mode: 0o700 })
    this.lock = join(folder, 'LOCK')
    const owner = existsSync(this.lock) ? Number(readFileSync(this.lock, 'utf8')) : 0
    // Two that answer for one seat with two salts would spoil each other's commitment.
    if (owner && owner !== process.pid && alive(owner)) throw new Error(`${folder} is in use by process ${owner}`)
    writeFileSync(this.lock, String(process.pid))
  }

  close() {
    rmSync(this.lock, { force: true })
  }

  file(job, seat) {
    return join(this.folder, `seat-${job}-${seat}.json`)
  }

  /** The entry of a seat, or undefined. */
  read(job, seat) {
    const file = this.file(job, seat)
    if (!existsSync(file)) return undefined
    const entry = JSON.parse(readFileSync(file, 'utf8'))
    entry.reveal.trace_len = BigInt(entry.reveal.trace_len)
    return { ...entry, job: BigInt(entry.job) }
  }

  write(entry) {
    writeSafely(this.file(entry.job, entry.seat), `${JSON.stringify(entry, (_, value) => (typeof value === 'bigint' ? String(value) : value), 2)}\n`)
  }

  /** Jobs with entries. */
  jobs() {
    const found = readdirSync(this.folder).map((name) => /^seat-(\d+)-\d+\.json$/.exec(name)?.[1]).filter(Boolean)
    return [...new Set(found)].map(BigInt)
  }

  keep(kind, hash, bytes) {
    const file = join(this.folder, kind, hash)
    if (!existsSync(file)) writeSafely(file, bytes)
    return file
  }

  drop(kind, hash) {
    rmSync(join(this.folder, kind, hash), { force: true })
  }

  kept(kind, hash) {
    const file = join(this.folder, kind, hash)
    return existsSync(file) ? readFileSync(file) : undefined
  }
}

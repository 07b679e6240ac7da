// One line for each check, `ok NAME` or `FAIL NAME: reason`; every client's program prints them so, and the suites count them.
let failures = 0

/** Runs one check: `body` throws to fail, and may return a text that is printed beside the name. Returns whether it held. */
export async function check(name, body) {
  try {
    const note = await body()
    console.log(`ok ${name}${note ? ` (${note})` : ''}`)
    return true
  } catch (error) {
    failures += 1
    console.log(`FAIL ${name}: ${String(error?.message ?? error).split('\n')[0]}`)
    return false
  }
}

export function ensure(condition, what) {
  if (!condition) throw new Error(what)
}

export function equal(actual, expected, what) {
  if (actual !== expected) throw new Error(`${what}: expected ${expected}, got ${actual}`)
}

/** Ends the program with the exit code of its checks: clients keep sockets and timers that would hold it. */
export const finish = () => process.exit(failures === 0 ? 0 : 1)

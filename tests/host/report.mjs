// The line format of every test suite: "ok NAME", "FAIL NAME: why", and at the end "SUITE: N passed, N failed".

export class Report {
  constructor(suite) {
    this.suite = suite;
    this.passed = 0;
    this.failed = 0;
  }

  pass(name, count = 1) {
    this.passed += count;
    console.log(`ok ${name}`);
  }

  fail(name, why) {
    this.failed++;
    console.log(`FAIL ${name}: ${String(why).replace(/\s*\n\s*/g, ' ')}`);
  }

  /** One check; `why` may be a function. */
  check(condition, name, why = 'not so') {
    if (condition) this.pass(name);
    else this.fail(name, typeof why === 'function' ? why() : why);
    return condition;
  }

  equal(got, expected, name) { return this.check(got === expected, name, `expected ${expected}, got ${got}`); }

  /** Runs a check that may throw. */
  run(name, work) {
    try {
      const why = work();
      if (why) this.fail(name, why);
      else this.pass(name);
    } catch (error) {
      this.fail(name, error.message);
    }
  }

  /** Prints the last line and sets the exit code. */
  end() {
    console.log(`${this.suite}: ${this.passed} passed, ${this.failed} failed`);
    process.exitCode = this.failed === 0 && this.passed > 0 ? 0 : 1;
  }
}

/** One clear line and exit code 1: for what keeps a suite from running at all. */
export function giveUp(suite, why) {
  console.error(`${suite}: ${why}`);
  process.exit(1);
}

/** Runs a suite; what it throws becomes one line and exit code 1. */
export async function runSuite(suite, main) {
  try { await main(); } catch (error) { giveUp(suite, process.env.DEBUG ? error.stack : error.message); }
}

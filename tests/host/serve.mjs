// serve.mjs BLOB: a blob in V8 behind the native twin's protocol (see native.mjs). Lets a test of two executors run on
// two copies of one, and tells a fault of the test from a fault of the twin.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fromHex, hex0x } from './bytes.mjs';
import { localExecutor, stateMap, stateObject } from './chain.mjs';
import { load } from './host.mjs';

const executor = localExecutor(load(new Uint8Array(readFileSync(process.argv[2]))));
const work = {
  state: ({ top }) => { executor.setState(stateMap(top)); return {}; },
  reset: () => { executor.setState(new Map()); return {}; },
  root: () => ({ root: hex0x(executor.root()) }),
  dump: () => ({ top: stateObject(executor.dump()) }),
  call: ({ fn, args, commit }) => {
    const { result, trap, calls } = executor.call(fn, fromHex(args), { commit });
    return trap === undefined ? { result: hex0x(result), hostCalls: calls } : { trap, hostCalls: calls };
  },
};
for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    const question = JSON.parse(line);
    answer = work[question.op](question);
  } catch (error) {
    answer = { error: error.message };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

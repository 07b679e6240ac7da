// The host fails: no memory left, an allocation refused, any host call refused. The call traps and the state is untouched.
import { equal } from '../host/bytes.mjs';
import { localExecutor } from '../host/chain.mjs';
import { load } from '../host/host.mjs';
import { Bed } from './bed.mjs';

export async function runFaults(blob, client, genesis, report) {
  const chain = load(blob), bed = new Bed(localExecutor(chain), client, genesis);
  await bed.prepare();
  await bed.readNonces();
  const extrinsic = bed.signed(client.call('balances', 'transferKeepAlive', bed.id(bed.bob), bed.deposit), bed.dave);
  const before = chain.root();

  const small = load(blob, { extraPages: 0 });
  small.storage.restore(new Map([['', new Map(bed.open.state)]]));
  const pages = { remark: client.call('system', 'remark', `0x${'00'.repeat(1 << 20)}`) };
  const answer = small.call('BlockBuilder_apply_extrinsic', bed.signed(pages.remark, bed.alice));
  report.check(answer.trap !== undefined && equal(small.root(), before), 'blob: no memory for the argument: trap, state untouched', () => answer.trap ?? 'it answered');

  const whole = chain.call('BlockBuilder_apply_extrinsic', extrinsic, { commit: false }).calls;
  let refused = 0, wrong = null;
  for (let n = 1; n <= whole && !wrong; n++) {
    let left = n;
    chain.options.tick = name => {
      if (--left === 0) throw new Error(`refused: ${name}`);
    };
    const { trap } = chain.call('BlockBuilder_apply_extrinsic', extrinsic);
    chain.options.tick = null;
    if (trap === undefined) wrong = `host call ${n} was refused and the transfer answered`;
    else if (!equal(chain.root(), before)) wrong = `host call ${n} was refused and the state changed`;
    else refused++;
  }
  report.check(!wrong && refused > 0, `blob: each of the ${refused} host calls of a transfer refused in turn: trap, state untouched`, wrong ?? 'nothing was tried');
  const after = chain.call('BlockBuilder_apply_extrinsic', extrinsic, { commit: false });
  report.check(after.result?.[0] === 0, 'blob: the same transfer without a fault (control)', after.trap ?? 'refused');
}

/**
 * The same on the native twin, whose host can also answer wrongly (no memory, value absent, signature bad) instead of
 * stopping. Whatever it does then, what it refuses must leave the state untouched.
 */
export async function runNativeFaults(native, client, genesis, report) {
  const bed = new Bed(native, client, genesis);
  await bed.prepare();
  await bed.readNonces();
  const extrinsic = bed.signed(client.call('balances', 'transferKeepAlive', bed.id(bed.bob), bed.deposit), bed.dave);
  const whole = (await native.call('BlockBuilder_apply_extrinsic', extrinsic, { commit: false })).calls;
  for (const stop of [true, false]) {
    let tried = 0, wrong = null;
    for (let n = 1; n <= whole && !wrong; n++) {
      await native.failAt(n, stop);
      const { trap, faultMet } = await native.once('BlockBuilder_apply_extrinsic', extrinsic, !stop);
      const same = equal(await native.root(), bed.open.root);
      if (!faultMet) wrong = `host call ${n} of ${whole} was not reached`;
      else if (stop && trap === undefined) wrong = `stopped at host call ${n}, and it answered`;
      else if (trap !== undefined && !same) wrong = `host call ${n} failed, it trapped, and the state changed`;
      else tried++;
      if (!same) await native.setState(new Map(bed.open.state));
    }
    const how = stop ? 'stopped at' : 'failing';
    report.check(!wrong && tried > 0, `native: a transfer ${how} each of its ${tried} host calls: state untouched by a trap`, wrong ?? 'nothing was tried');
  }
}

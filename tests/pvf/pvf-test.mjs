// Our blocks before the validators' own code: pvf-check authors them with proof recording, executes them again, runs validate_block
// on the blob in a validator's executor, compares what all three say, and alters each proof of validity in many ways.
// The last line is `pvf: N passed, N failed`. Without pvf-check: `pvf: skipped`.
import { readFileSync } from 'node:fs';
import { hex0x, utf8 } from '../host/bytes.mjs';
import { Report, runSuite } from '../host/report.mjs';
import { blobPath, findTool } from '../host/tools.mjs';
import { Bed } from './bed.mjs';
import { asLines, marketPlay, play, transfers } from './transactions.mjs';

/** STEP: relay blocks between proofs of validity, so many that a model's version may be activated in the second of a dozen blocks. */
const SUITE = 'pvf', BLOCKS = 24, FULL = 600, STEP = 12;
const ALTERATIONS = Number(process.env.ALTERATIONS || 60);
const report = new Report(SUITE);

/** One run of pvf-check: each PoV and each refused alteration is a check. */
function pov(bed, name, args, holds = () => null) {
  try {
    const output = bed.run(['pov', '--alterations', String(ALTERATIONS), ...args.map(String)]);
    const [, povs, refused, harmless, accepted] = output.match(/(\d+) PoVs valid, (\d+) alterations refused, (\d+) harmless, (\d+) accepted/).map(Number);
    const why = holds(output) ?? (harmless || accepted ? `${harmless} alterations changed nothing, ${accepted} were accepted` : null);
    if (why) report.fail(name, why);
    else report.pass(`${name} (${povs} PoVs, ${refused} alterations refused)`, povs + refused);
  } catch (error) {
    report.fail(name, error.message);
  }
}

function withTransactions(bed) {
  const signer = bed.signer(), file = bed.file('play', asLines(play(signer)));
  /** Failing calls are five, and a model's deprecation by a stranger. */
  const failures = output => {
    const got = output.match(/failed in dispatch/g)?.length ?? 0;
    return got === 5 ? null : `${got} calls failed in dispatch, not 5`;
  };
  for (const bundle of [1, 2, 12]) {
    for (const slotBased of [false, true]) {
      const args = ['--extrinsics', file, '--blocks', BLOCKS, '--bundle', bundle, '--relay-step', STEP, ...(slotBased ? ['--slot-based'] : [])];
      pov(bed, `${signer.count} transactions, ${bundle} block(s) a PoV${slotBased ? ', slot-based' : ''}`, args, failures);
    }
  }
}

/** A model, providers, jobs, a settled epoch and a slash. */
function withMarket(bed) {
  const { blocks, failures } = marketPlay(bed.signer()), file = bed.file('market', asLines(blocks));
  const holds = output => {
    const got = output.match(/failed in dispatch/g)?.length ?? 0;
    return got === failures ? null : `${got} calls failed in dispatch, not ${failures}`;
  };
  for (const bundle of [1, 4, 12]) {
    pov(bed, `the market's walk-through, ${bundle} block(s) a PoV`,
      ['--extrinsics', file, '--blocks', Math.ceil(blocks.length / bundle) * bundle, '--bundle', bundle, '--relay-step', STEP], holds);
  }
}

function withMessages(bed) {
  const { client } = bed;
  const downward = bed.file('downward', ['0x', '0x00', hex0x(new Uint8Array(5000).fill(3)), '0x05'].join('\n'));
  const horizontal = bed.file('horizontal', ['1000 0x0001', `1000 ${hex0x(new Uint8Array(3000).fill(2))}`, '2001 0x00ff', '1000 0x02'].join('\n'));
  for (const bundle of [1, 2, 12]) {
    const signer = bed.signer(), send = n => client.call('sudo', 'sudo', client.call('parachainSystem', 'sudoSendUpwardMessage', hex0x(new Uint8Array(900 * n).fill(n))));
    const upward = bed.file('upward', asLines([[], [1, 2].map(n => signer.sign(signer.keys.alice, send(n)))]));
    pov(bed, `messages in and up, open channels, ${bundle} block(s) a PoV`,
      ['--extrinsics', upward, '--downward', downward, '--horizontal', horizontal, '--egress', '1000,2001', '--blocks', 4 * bundle, '--bundle', bundle, '--slot-based'],
      output => {
        if (/failed in dispatch/.test(output)) return 'a message up was not taken';
        // The separator and one signal come behind the messages.
        if (!/ump 4 /.test(output)) return 'no PoV sent the two upward messages';
        return /dmp 4 /.test(output) ? null : 'no PoV processed the four downward messages';
      });
  }
}

/** The same code again: what is checked here is its way through relay chain and state, not what it does. */
function withUpgrade(bed) {
  const signer = bed.signer(), { client } = bed, code = hex0x(readFileSync(blobPath()));
  const call = client.call('sudo', 'sudo', client.tx.system.setCodeWithoutChecks(code));
  const file = bed.file('upgrade', asLines([[signer.transfer(signer.keys.alice, signer.keys.bob.account)], [signer.sign(signer.keys.alice, call)]]));
  pov(bed, 'an upgrade and its go-ahead', ['--extrinsics', file, '--blocks', 5, '--go-ahead', 3]);
}

/** What validators must refuse though author and importer accept it; a collator makes no such bundle. */
function refused(bed, name, args, why) {
  try {
    bed.run(['pov', '--alterations', '0', ...args.map(String)]);
    report.fail(name, 'accepted');
  } catch (error) {
    report.check(error.message.includes(why), name, error.message);
  }
}

/** A code change ends its proof of validity, whether the digest tells it or not. */
function withUpgradesInBundles(bed) {
  const { client } = bed, code = readFileSync(blobPath());
  const sudo = (signer, call) => signer.sign(signer.keys.alice, client.call('sudo', 'sudo', call));
  let signer = bed.signer();
  const told = bed.file('upgrade-told', asLines([[], [sudo(signer, client.tx.system.setCodeWithoutChecks(hex0x(code)))]]));
  refused(bed, 'blocks behind an applied upgrade', ['--extrinsics', told, '--blocks', 4, '--bundle', 2, '--go-ahead', 1], 'BlockBundleInfo mismatch');
  signer = bed.signer();
  const untold = bed.file('upgrade-untold', asLines([[sudo(signer, client.tx.system.setStorage([[hex0x(utf8(':code')), hex0x(code)]]))]]));
  refused(bed, 'blocks behind other code', ['--extrinsics', untold, '--blocks', 2, '--bundle', 2], 'only one block per PoV with an upgrade');
  pov(bed, 'other code in a block of its own', ['--extrinsics', untold, '--blocks', 2]);
}

function fullBlock(bed) {
  const file = bed.file('full', asLines([[], transfers(bed.signer(), FULL)]));
  pov(bed, `a block of ${FULL} transfers`, ['--extrinsics', file, '--blocks', 2]);
}

await runSuite(SUITE, async () => {
  const tool = findTool('pvf-check');
  if (!tool) {
    console.log(`${SUITE}: skipped, there is no pvf-check on the PATH or beside the project`);
    console.log(`${SUITE}: 0 passed, 0 failed`);
    return;
  }
  const bed = new Bed(tool, blobPath());
  withTransactions(bed);
  withMarket(bed);
  withMessages(bed);
  withUpgrade(bed);
  withUpgradesInBundles(bed);
  fullBlock(bed);
  bed.close();
  report.end();
});

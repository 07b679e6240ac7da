// What validation costs beside a FRAME parachain, in one run: preparation, an empty block, and what each further signed transfer adds.
// Prints a table. Times belong to the machine and the hour; only the ratios say something. TRANSFERS=400 (penpal's blocks end at 479).
import { runSuite, giveUp } from '../host/report.mjs';
import { blobPath, findTool, findToolFile } from '../host/tools.mjs';
import { Bed } from './bed.mjs';
import { asLines, transfers } from './transactions.mjs';

const SUITE = 'bench-pvf', TRANSFERS = Number(process.env.TRANSFERS || 400), REPEAT = 20;

/** Milliseconds. The first block is left out: it makes state that later ones find. */
function measure(tool, blob) {
  const bed = new Bed(tool, blob);
  const file = bed.file('transfers', asLines([[], [], transfers(bed.signer(), TRANSFERS)]));
  const output = bed.run(['pov', '--extrinsics', file, '--blocks', 3, '--alterations', 0, '--repeat', REPEAT]);
  bed.close();
  const [, preparation] = output.match(/artifact \d+ bytes, (\d+) ms/);
  const [, empty, full] = [...output.matchAll(/validated in ([\d.]+) ms/g)].map(found => Number(found[1]));
  return { preparation: Number(preparation), empty, transfer: (full - empty) / TRANSFERS };
}

await runSuite(SUITE, async () => {
  const tool = findTool('pvf-check'), peer = findToolFile('penpal.wasm');
  if (!tool || !peer) giveUp(SUITE, 'needs pvf-check and penpal.wasm, which come with the tools beside the project');
  const [ours, theirs] = [blobPath(), peer].map(blob => measure(tool, blob));
  const row = (name, key, digits) => console.log(`| ${name} | ${ours[key].toFixed(digits)} ms | ${theirs[key].toFixed(digits)} ms | 1/${(theirs[key] / ours[key]).toFixed(1)} |`);
  console.log('| validators\' cost | nalar | FRAME (penpal) | ratio |\n|---|---|---|---|');
  row('preparation', 'preparation', 0);
  row('validate_block, empty block', 'empty', 2);
  row('validate_block, each further transfer', 'transfer', 4);
});

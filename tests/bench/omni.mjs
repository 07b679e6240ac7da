// frame-omni-bencher's overhead of a blob: nanoseconds of an empty block and of a signed remark.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The least and the median of a weight file, in nanoseconds. */
function figures(text) {
  const number = name => Number((text.match(new RegExp(`${name}:?\\s+([\\d_]+)`)) ?? [])[1]?.replaceAll('_', ''));
  return { least: Number((text.match(/Min, Max:\s+([\d_]+)/) ?? [])[1]?.replaceAll('_', '')), median: number('Median') };
}

/** @returns {{block: {least, median}, extrinsic: {least, median}}}; throws with the tool's last lines */
export function overhead(tool, blob) {
  const folder = mkdtempSync(join(tmpdir(), 'overhead-'));
  try {
    execFileSync(tool, ['v1', 'benchmark', 'overhead', '--runtime', blob, '--genesis-builder', 'runtime', '--genesis-builder-preset', 'development',
      '--warmup', '5', '--repeat', '20', '--weight-path', folder], { stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 26 });
    const read = name => figures(readFileSync(join(folder, name), 'utf8'));
    return { block: read('block_weights.rs'), extrinsic: read('extrinsic_weights.rs') };
  } catch (error) {
    throw new Error(`frame-omni-bencher: ${String(error.stderr ?? '').trim().split('\n').slice(-3).join(' ') || error.message}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// Where the blob, the native twin and foreign tools are.
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { giveUp } from './report.mjs';

/** Folder of the project. */
export const PROJECT = fileURLToPath(new URL('../../', import.meta.url));

/** Path of the blob: $BLOB, or what `make blob` wrote. */
export const blobPath = () => process.env.BLOB || join(PROJECT, 'build/nalar.wasm');

export function readBlob(suite) {
  const path = blobPath();
  if (!existsSync(path)) giveUp(suite, `there is no blob at ${path}: run "make blob" first`);
  return new Uint8Array(readFileSync(path));
}

const executable = path => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch { return false; }
};

let toolFolder;
/** Folder with the real nodes' tools beside the project, unpacked once; null when there is none. */
function sharedTools() {
  if (toolFolder !== undefined) return toolFolder;
  const install = join(PROJECT, '../shared/tools/install');
  toolFolder = null;
  if (process.env.NO_SHARED_TOOLS !== '1' && executable(install)) {
    try { toolFolder = execFileSync(install, { encoding: 'utf8' }).trim(); } catch { toolFolder = null; }
  }
  return toolFolder;
}

/** Path of a program on the PATH or among the tools beside the project, or null. */
export function findTool(name) {
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), sharedTools()]) {
    if (folder && executable(join(folder, name))) return join(folder, name);
  }
  return null;
}

/** Path of a data file among the tools beside the project, or null. */
export function findToolFile(name) {
  const folder = sharedTools();
  return folder && existsSync(join(folder, name)) ? join(folder, name) : null;
}

// What the build made, for the tests of this folder.
import { readFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url);

export const path = name => new URL(name, root).pathname;
export const bytes = name => new Uint8Array(readFileSync(path(name)));
export const text = name => readFileSync(path(name), 'utf8');

export const VERSIONS = [14, 15, 16];
/** Metadata of one version: "meta", the version and the body. */
export const metadata = version => bytes(`build/gen/metadata_v${version}.scale`);

export const hex = data => Buffer.from(data).toString('hex');
export const same = (a, b) => a.length === b.length && Buffer.compare(a, b) === 0;

/** The numbers of a generated `#define NAME 1,2,...`. */
export function definedBytes(file, name) {
  const [, list] = text(file).match(new RegExp(`#define ${name} ([^#]*)`)) ?? [];
  if (!list) throw new Error(`${file} has no ${name}`);
  return Uint8Array.from(list.match(/\d+/g), Number);
}

/** A #define of runtime/config.h: a string or a number. */
export function config(name) {
  const [, quoted, number] = text('runtime/config.h').match(new RegExp(`#define ${name} (?:"([^"]*)"|(\\d+))`)) ?? [];
  return quoted ?? Number(number);
}

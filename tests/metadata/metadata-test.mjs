// The metadata through the eyes of the libraries that wallets use, its digest, and the checks of the blob.
import { Report, giveUp } from '../host/report.mjs';
import { testBlob } from './blob.mjs';
import { testConventions } from './conventions.mjs';
import { testDedot } from './dedot.mjs';
import { testDigest } from './digest.mjs';
import { testPapi } from './papi.mjs';
import { testPolkadotJs } from './polkadot-js.mjs';

const report = new Report('metadata');
try {
  for (const test of [testPolkadotJs, testPapi, testDedot, testConventions, testDigest, testBlob]) test(report);
} catch (error) {
  if (error.code !== 'ENOENT') throw error;
  giveUp('metadata', `${error.path} is not there: run make test-metadata`);
}
report.end();

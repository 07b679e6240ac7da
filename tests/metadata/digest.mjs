// RFC-78: the digest that mkmetadata computed in C against two independent implementations.
import { merkleizeMetadata } from '@polkadot-api/merkleize-metadata';
import { MerkleizedMetadata } from 'dedot/merkleized-metadata';
import { config, definedBytes, hex, metadata } from './files.mjs';

export function testDigest(report) {
  const ours = hex(definedBytes('build/gen/metadata_digest.h', 'METADATA_DIGEST'));
  const token = { decimals: config('TOKEN_DECIMALS'), tokenSymbol: config('TOKEN_SYMBOL') };
  for (const version of [15, 16]) {
    report.run(`digest as PAPI's merkleize-metadata has it, from V${version}`, () => {
      const theirs = hex(merkleizeMetadata(metadata(version), token).digest());
      return theirs === ours ? undefined : `ours ${ours}, theirs ${theirs}`;
    });
  }
  report.run("digest as dedot's merkleized-metadata has it, from V15", () => {
    const facts = { ...token, specName: config('SPEC_NAME'), specVersion: config('SPEC_VERSION'), ss58Prefix: config('SS58_PREFIX') };
    const theirs = hex(new MerkleizedMetadata(`0x${hex(metadata(15))}`, facts).digest());
    return theirs === ours ? undefined : `ours ${ours}, theirs ${theirs}`;
  });
  report.run('digest changes with the token', () => {
    const other = hex(merkleizeMetadata(metadata(15), { ...token, decimals: token.decimals + 1 }).digest());
    return other === ours ? 'another token, the same digest' : undefined;
  });
}

// Metadata as dedot reads it: a codec for every type, defaults and constants there and back, the whole written again.
import { $Metadata, Metadata, PortableRegistry } from 'dedot/codecs';
import { VERSIONS, metadata, same } from './files.mjs';

function check(version) {
  const bytes = metadata(version), decoded = $Metadata.tryDecode(bytes);
  if (!same($Metadata.tryEncode(decoded), bytes)) return 'does not re-encode to the same bytes';
  const { latest } = new Metadata(decoded.magicNumber, decoded.metadataVersioned), registry = new PortableRegistry(latest);
  for (const { id } of latest.types) registry.findCodec(id);
  const roundTrip = (type, hex, what) => {
    const codec = registry.findCodec(type), from = Buffer.from(hex.slice(2), 'hex');
    if (!same(Buffer.from(codec.tryEncode(codec.tryDecode(hex))), from)) throw new Error(`${what} does not re-encode`);
  };
  for (const pallet of latest.pallets) {
    for (const entry of pallet.storage?.entries ?? []) {
      if (entry.modifier === 'Optional') continue;
      const type = entry.storageType.value.valueTypeId;
      roundTrip(type, entry.default, `default of ${pallet.name}.${entry.name}`);
    }
    for (const constant of pallet.constants) roundTrip(constant.typeId, constant.value, `${pallet.name}.${constant.name}`);
  }
  return latest.types.length < 250 ? `only ${latest.types.length} types` : undefined;
}

export function testDedot(report) {
  for (const version of VERSIONS) report.run(`dedot reads V${version}, has a codec for every type, writes it again`, () => check(version));
}

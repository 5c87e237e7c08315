import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { transferSyntaxTable } from '../../src/dicom/transfer-syntaxes.ts';
import { decoderOf, decoders } from '../../src/render/decode/decoder-table.ts';

t.test('what the table of transfer syntaxes calls renderable is what a decoder is there for', async (t) => {
  for (const { uid, name, renderable } of transferSyntaxTable) {
    t.equal(decoderOf(uid) !== undefined, renderable, name);
  }
});

t.test('every decoder is named once and belongs to a known transfer syntax', async (t) => {
  const uids = decoders.map((row) => row.transferSyntaxUid);
  t.equal(new Set(uids).size, uids.length);
  const known = transferSyntaxTable.map(({ uid }) => uid);
  t.same(
    uids.filter((uid) => !known.includes(uid)),
    [],
  );
});

t.test('the packages stated are the ones installed and depended on', async (t) => {
  const root = join(import.meta.dirname, '../..');
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const stated of new Set(decoders.flatMap((row) => row.package ?? []))) {
    const [name = '', version] = stated.split('@');
    const installed = JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8'));
    t.equal(installed.version, version, `${name} installed`);
    t.equal(dependencies[name], version, `${name} in package.json, exactly`);
  }
});

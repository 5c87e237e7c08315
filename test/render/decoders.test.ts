import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { transferSyntaxTable } from '../../src/dicom/transfer-syntaxes.ts';
import { decoderOf, decoders, decoderTableMarkdown } from '../../src/render/decode/decoder-table.ts';

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

t.test('the documentation table names every transfer syntax that can be stored', async (t) => {
  const table = decoderTableMarkdown();
  for (const { uid, storable } of transferSyntaxTable) {
    t.equal(table.includes(`| ${uid} |`), storable, uid);
  }
  t.match(table, '| JPEG-LS Lossless | 1.2.840.10008.1.2.4.80 | CharLS 2.3.4 | dcmjs-codecs@0.0.8 |');
  t.match(table, '| RLE Lossless | 1.2.840.10008.1.2.5 | own code |  |');
  t.match(
    table,
    '| JPEG 2000 Part 2 Multi-component (Lossless Only) | 1.2.840.10008.1.2.4.92 | none: held |',
  );
});

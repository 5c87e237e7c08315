import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { generateDictionary } from '../../scripts/generate-dictionary.ts';
import { formatTag, isPrivate, isPrivateCreator, lookup, tagOf } from '../../src/dicom/dictionary.ts';
import { tags } from '../../src/dicom/tags.ts';
import { hasPeer, peerProgram, requirePeer } from '../support/peers.ts';

t.test('the committed dictionary is what its generator makes', async (t) => {
  const path = fileURLToPath(new URL('../../src/dicom/generated/dictionary.ts', import.meta.url));
  t.equal(readFileSync(path, 'utf8'), await generateDictionary());
});

t.test('every named tag is the one the dictionary gives for its keyword', async (t) => {
  for (const [keyword, tag] of Object.entries(tags)) {
    t.equal(tagOf(keyword), tag, keyword);
    t.equal(lookup(tag)?.keyword, keyword);
  }
});

t.test('a tag is found with VR, multiplicity and retirement', async (t) => {
  t.match(lookup(0x00100010), { keyword: 'PatientName', vr: 'PN', vm: '1', retired: false });
  t.match(lookup(0x00280106), { vr: 'US or SS' });
  t.match(lookup(0x7fe00010), { vr: 'OB or OW' });
  t.match(lookup(0x00101000), { keyword: 'OtherPatientIDs', retired: true });
  t.equal(lookup(0x00100099), undefined);
  t.equal(tagOf('PatientName'), 0x00100010);
  t.equal(tagOf('NoSuchKeyword'), undefined);
});

t.test('repeating groups are known where PS3.5 7.6 allows them, and nowhere else', async (t) => {
  t.match(lookup(0x60003000), { keyword: 'OverlayData', vr: 'OB or OW' });
  t.match(lookup(0x601e3000), { keyword: 'OverlayData' });
  t.equal(lookup(0x60203000), undefined);
  t.equal(lookup(0x60013000), undefined);
  t.match(lookup(0x50043000), { keyword: 'CurveData' });
  t.equal(lookup(0x50203000), undefined);
  t.match(lookup(0x00203110), { keyword: 'SourceImageIDs' });
  t.equal(tagOf('OverlayData'), 0x60003000);
});

t.test('group lengths are known in every even group, private tags in none', async (t) => {
  t.match(lookup(0x00100000), { vr: 'UL', retired: true });
  t.equal(lookup(0x00110000), undefined);
  t.equal(lookup(0x00110010), undefined);
  t.ok(isPrivate(0x00111001));
  t.notOk(isPrivate(0x00101001));
  t.ok(isPrivateCreator(0x00110010));
  t.ok(isPrivateCreator(0x001100ff));
  t.notOk(isPrivateCreator(0x00111010));
  t.notOk(isPrivateCreator(0x00100010));
  t.equal(formatTag(0x7fe00010), '(7FE0,0010)');
});

const program = `
import json
from pydicom._dicom_dict import DicomDictionary
print(json.dumps({str(tag): [row[4], row[0]] for tag, row in DicomDictionary.items() if row[4]}))
`;

t.test("it agrees with pydicom's on every tag that has", async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  t.ok(hasPeer('pydicom'));
  const output = execFileSync(peerProgram('pydicom'), ['-c', program], { encoding: 'utf8' });
  const theirs: Record<string, [string, string]> = JSON.parse(output);
  const differing = Object.entries(theirs).filter(([tag, [keyword, vr]]) => {
    const ours = lookup(Number(tag));
    // Items and delimiters have no VR and are structure here, not attributes.
    return vr !== 'NONE' && (ours?.keyword !== keyword || ours.vr !== vr);
  });
  t.same(differing, []);
  t.ok(Object.keys(theirs).length > 4000);
});

const facts = fileURLToPath(new URL('../../../shared/facts/', import.meta.url));
const factsMissing = existsSync(facts) ? false : 'the folder ../shared/facts is absent';

for (const table of ['ps3.15-table-e1-1.tsv', 'not-in-table-e1-1.tsv']) {
  t.test(`it knows every attribute of ${table}`, { skip: factsMissing }, async (t) => {
    const [head = '', ...lines] = readFileSync(facts + table, 'utf8')
      .trim()
      .split('\n');
    const column = head.split('\t').indexOf('vr');
    let compared = 0;
    for (const line of lines) {
      const cells = line.split('\t');
      const [tag = '', keyword = ''] = cells;
      // Patterns like 50xx,xxxx and gggg,eeee stand for whole groups.
      if (!/^[0-9A-F]{4},[0-9A-F]{4}$/.test(tag)) continue;
      const known = lookup(Number.parseInt(tag.replace(',', ''), 16));
      compared += 1;
      if (known?.keyword !== keyword || known.vr !== cells[column]) {
        t.fail(`${tag}: ${known?.keyword} ${known?.vr}, not ${keyword} ${cells[column]}`);
      }
    }
    t.ok(compared > 100, `${compared} attributes compared`);
  });
}

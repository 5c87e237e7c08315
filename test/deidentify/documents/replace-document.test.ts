import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { deidentify } from '../../../src/deidentify/deidentify.ts';
import { replaceDocument } from '../../../src/deidentify/documents/replace-document.ts';
import { defineProfile } from '../../../src/deidentify/profile.ts';
import { emptyDefinition } from '../../../src/deidentify/profile-definition.ts';
import type { DataElement, DataSet } from '../../../src/dicom/data-set.ts';
import { bytesElement, item, sequenceElement } from '../../../src/dicom/edit.ts';
import { encodePart10 } from '../../../src/dicom/encode.ts';
import { encodeFileMeta } from '../../../src/dicom/file-meta.ts';
import { items, numbers, rawBytes, text } from '../../../src/dicom/values.ts';
import { dciodvfyErrors } from '../../support/dcmtk.ts';
import { peerProgram, requirePeer } from '../../support/peers.ts';
import { pydicom } from '../../support/pydicom.ts';
import { run as runProgram } from '../../support/run.ts';
import {
  around,
  at,
  bigEndian,
  ct,
  implicit,
  mustPass,
  pseudonyms,
  received,
  words,
  written,
} from '../build.ts';

const classes = {
  pdf: '1.2.840.10008.5.1.4.1.1.104.1',
  cda: '1.2.840.10008.5.1.4.1.1.104.2',
  stl: '1.2.840.10008.5.1.4.1.1.104.3',
  obj: '1.2.840.10008.5.1.4.1.1.104.4',
  mtl: '1.2.840.10008.5.1.4.1.1.104.5',
} as const;
type Kind = keyof typeof classes;
const kinds = Object.keys(classes) as Kind[];
const planted = 'Report on Jane Doe, born 1 January 1970.';

function code(tag: number, value: string, scheme: string, meaning: string): DataElement {
  return sequenceElement(tag, [
    item(around, [
      words(0x00080100, 'SH', value),
      words(0x00080102, 'SH', scheme),
      words(0x00080104, 'LO', meaning),
    ]),
  ]);
}

/** An encapsulated document of that kind, whose content is not what it says. */
function documentOf(kind: Kind, ...elements: readonly DataElement[]): DataSet {
  const model = kind === 'stl' || kind === 'obj' || kind === 'mtl';
  const own: DataElement[] = [
    words(0x00080016, 'UI', classes[kind]),
    words(0x00080018, 'UI', '1.2.3.4.5'),
    words(0x00080020, 'DA', ''),
    words(0x00080023, 'DA', ''),
    words(0x0008002a, 'DT', ''),
    words(0x00080030, 'TM', ''),
    words(0x00080033, 'TM', ''),
    words(0x00080050, 'SH', ''),
    words(0x00080060, 'CS', model ? 'M3D' : 'DOC'),
    words(0x00080064, 'CS', 'WSD'),
    words(0x00080070, 'LO', 'ACME'),
    words(0x00080090, 'PN', ''),
    words(0x00081090, 'LO', 'Press'),
    words(0x00100010, 'PN', 'Doe^Jane'),
    words(0x00100020, 'LO', 'MRN-778899'),
    words(0x00100030, 'DA', ''),
    words(0x00100040, 'CS', 'F'),
    words(0x00181000, 'LO', '1'),
    words(0x00181020, 'LO', '1'),
    words(0x0020000d, 'UI', '1.2.3.4'),
    words(0x0020000e, 'UI', '1.2.3.4.1'),
    words(0x00200010, 'SH', ''),
    words(0x00200011, 'IS', '1'),
    words(0x00200013, 'IS', '1'),
    words(0x00200052, 'UI', '1.2.3.4.9'),
    words(0x00201040, 'LO', ''),
    words(0x00280301, 'CS', 'YES'),
    sequenceElement(0x0040a043, []),
    words(0x00420010, 'ST', ''),
    bytesElement(0x00420011, 'OB', Buffer.from(planted)),
    words(0x00420012, 'LO', 'application/x-jane-doe'),
    words(0x00420014, 'LO', ['text/plain', 'jane/doe']),
    bytesElement(0x00420015, 'UL', new Uint8Array(Uint32Array.of(planted.length).buffer)),
    ...(model ? [code(0x004008ea, 'mm', 'UCUM', 'mm'), words(0x00687004, 'UI', '1.2.3.4.8')] : []),
    ...(kind === 'cda' ? [words(0x0040e001, 'ST', '1.2.3.44^doe-77')] : []),
  ];
  const tags = new Set(elements.map(({ tag }) => tag));
  return item(around, [...own.filter(({ tag }) => !tags.has(tag)), ...elements]);
}

function mustReplace(dataSet: DataSet): Extract<ReturnType<typeof replaceDocument>, { kind: 'replaced' }> {
  const result = replaceDocument(dataSet, pseudonyms);
  if (result.kind === 'held') throw new Error(`held: ${result.code}`);
  return result;
}

function documentBytes(dataSet: DataSet): Buffer {
  const found = at(dataSet, 0x00420011);
  const [length] = numbers(dataSet, 0x00420015);
  if (found === undefined || length === undefined) throw new Error('no document');
  return Buffer.from(rawBytes(found)).subarray(0, length);
}

function file(dataSet: DataSet): Buffer {
  const head = encodeFileMeta({
    sopClassUid: text(dataSet, 0x00080016)[0] ?? '',
    sopInstanceUid: text(dataSet, 0x00080018)[0] ?? '',
    transferSyntaxUid: '1.2.840.10008.1.2.1',
  });
  return Buffer.concat([...encodePart10({ dataSet, transferSyntaxUid: '1.2.840.10008.1.2.1', head })]);
}

t.test('the document and what describes it are replaced, nothing else changes', async (t) => {
  const mime = {
    pdf: 'application/pdf',
    cda: 'text/XML',
    stl: 'model/stl',
    obj: 'model/obj',
    mtl: 'model/mtl',
  };
  for (const kind of kinds) {
    const original = documentOf(kind, words(0x0040a493, 'CS', 'VERIFIED'), words(0x00280302, 'CS', 'YES'));
    const { dataSet, written, removed } = mustReplace(received(original).dataSet);
    t.notMatch(file(dataSet).toString('latin1'), /on Jane Doe|jane.doe|doe-77/, kind);
    t.strictSame(text(dataSet, 0x00420012), [mime[kind]]);
    t.strictSame(text(dataSet, 0x00280301), ['NO']);
    t.strictSame(text(dataSet, 0x00280302), ['NO']);
    t.strictSame(text(dataSet, 0x0040a493), ['UNVERIFIED']);
    t.strictSame(removed, [0x00420014]);
    const length = numbers(dataSet, 0x00420015)[0] ?? 0;
    const stored = rawBytes(at(dataSet, 0x00420011) as DataElement).length;
    t.equal(stored, length + (length % 2), 'padded to even length, no more');
    const touched = new Set([...written, ...removed]);
    const untouched = (from: DataSet): unknown[] =>
      from.elements
        .filter(({ tag }) => !touched.has(tag))
        .map((found) => [found.tag, found.vr, Buffer.from(rawBytes(found)).toString('hex')]);
    t.strictSame(untouched(dataSet), untouched(original));
    t.strictSame(
      dataSet.elements.map(({ tag }) => tag),
      dataSet.elements.map(({ tag }) => tag).sort((a, b) => a - b),
    );
  }
});

t.test('the identifier of a CDA document is keyed, and the same in header and document', async (t) => {
  const { dataSet } = mustReplace(documentOf('cda'));
  const [identifier = ''] = text(dataSet, 0x0040e001);
  t.match(identifier, /^2\.25\.\d+$/);
  t.match(documentBytes(dataSet).toString(), `<id root="${identifier}"/>`);
  t.strictSame(text(mustReplace(documentOf('cda')).dataSet, 0x0040e001), [identifier]);
  const other = mustReplace(documentOf('cda', words(0x0040e001, 'ST', '1.2.3.44^doe-78'))).dataSet;
  t.not(text(other, 0x0040e001)[0], identifier);
  const unnamed = documentOf('cda', words(0x0040e001, 'ST', ''));
  t.match(text(mustReplace(unnamed).dataSet, 0x0040e001)[0], /^2\.25\.\d+$/, 'required, so made');
});

t.test('what is no document of a known kind, or carries pixels, is held', async (t) => {
  t.match(replaceDocument(ct(), pseudonyms), { kind: 'held', code: 'ENCAPSULATED_DOCUMENT' });
  const withPixels = documentOf('pdf', bytesElement(0x7fe00010, 'OW', new Uint8Array(4)));
  t.match(replaceDocument(withPixels, pseudonyms), { kind: 'held', code: 'BURNED_IN_TEXT_RISK' });
});

t.test('numbers follow the byte order of the data set', async (t) => {
  for (const [syntax, encoding] of [
    [bigEndian, { explicitVr: true, littleEndian: false }],
    [implicit, { explicitVr: false, littleEndian: true }],
  ] as const) {
    const { dataSet } = mustReplace({ ...documentOf('pdf'), encoding });
    t.match(documentBytes(received(dataSet, syntax).dataSet).toString(), /^%PDF-1\.4[\s\S]*%%EOF\n$/, syntax);
  }
});

t.test('dciodvfy finds no error in what is left', async (t) => {
  if (!requirePeer(t, 'dciodvfy')) return;
  for (const kind of kinds) {
    const [before, after] = [join(t.testdir(), 'a.dcm'), join(t.testdir(), `${kind}.dcm`)];
    await writeFile(before, file(documentOf(kind)));
    await writeFile(after, file(mustReplace(documentOf(kind)).dataSet));
    const known = await dciodvfyErrors(before);
    t.strictSame(
      (await dciodvfyErrors(after)).filter((line) => !known.includes(line)),
      [],
      kind,
    );
  }
});

/** A document of that kind as a reader other than of DICOM gets it. */
async function writtenDocument(folder: string, kind: Kind): Promise<string> {
  const path = join(folder, `removed.${kind}`);
  await writeFile(path, documentBytes(mustReplace(documentOf(kind)).dataSet));
  return path;
}

t.test('readers of PDF open the stand-in and find the notice', async (t) => {
  if (!requirePeer(t, 'pdfinfo', 'pdftotext', 'qpdf')) return;
  const path = await writtenDocument(t.testdir(), 'pdf');
  const info = await runProgram(peerProgram('pdfinfo'), [path]);
  t.equal(info.exitCode, 0);
  t.match(info.output, /Pages: +1/);
  t.notMatch(info.output, /Error|Warning/i);
  const words = await runProgram(peerProgram('pdftotext'), [path, '-']);
  t.match(words.output, 'This document was removed by de-identification.');
  const check = await runProgram(peerProgram('qpdf'), ['--check', path]);
  t.equal(check.exitCode, 0, check.output);
});

t.test('a reader of XML finds the notice in the section of the clinical document', async (t) => {
  if (!requirePeer(t, 'xmllint')) return;
  const path = await writtenDocument(t.testdir(), 'cda');
  const query = 'string(//*[local-name()="section"]/*[local-name()="text"])';
  const { exitCode, output } = await runProgram(peerProgram('xmllint'), ['--xpath', query, path]);
  t.equal(exitCode, 0, output);
  t.match(output, 'This document was removed by de-identification.');
});

t.test('the whole path: held by default, else only the stand-in leaves, and no error is added', async (t) => {
  const policy = (encapsulatedDocuments: 'hold' | 'replace') =>
    defineProfile({ ...emptyDefinition('documents'), encapsulatedDocuments });
  for (const kind of kinds) {
    const original = documentOf(
      kind,
      words(0x00420010, 'ST', 'Jane Doe, consultation'),
      words(0x0040a493, 'CS', 'VERIFIED'),
      sequenceElement(0x00420013, [
        item(around, [
          words(0x00081150, 'UI', '1.2.840.10008.5.1.4.1.1.2'),
          words(0x00081155, 'UI', '1.2.3.77'),
        ]),
      ]),
    );
    const input = received(original);
    t.match(deidentify(input, { profile: policy('hold'), pseudonyms }), {
      kind: 'held',
      code: 'ENCAPSULATED_DOCUMENT',
    });
    const { value } = mustPass(deidentify(input, { profile: policy('replace'), pseudonyms }));
    const leaving = written(value);
    t.notMatch(leaving.toString('latin1'), /jane|\bdoe\b|doe-77|778899/i, kind);
    const expected = mustReplace(original).dataSet;
    t.strictSame(documentBytes(value.dataSet), documentBytes(expected));
    for (const tag of [0x00420012, 0x00280301, 0x0040e001, 0x0040a493])
      t.strictSame(text(value.dataSet, tag), text(expected, tag), tag.toString(16));
    const [source] = items(value.dataSet, 0x00420013);
    t.strictSame(source && text(source, 0x00081155), [pseudonyms.uid('1.2.3.77')], 'references go on');
    if (!requirePeer(t, 'dciodvfy')) return;
    const [before, after] = [join(t.testdir(), 'before.dcm'), join(t.testdir(), 'after.dcm')];
    await writeFile(before, file(original));
    await writeFile(after, leaving);
    const known = await dciodvfyErrors(before);
    t.strictSame(
      (await dciodvfyErrors(after)).filter((line) => !known.includes(line)),
      [],
      kind,
    );
  }
});

t.test('python reads the models as closed surfaces, pydicom the document as it is', async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  const folder = t.testdir();
  const paths: string[] = [];
  for (const kind of ['stl', 'obj', 'cda'] as const) {
    const path = join(folder, `${kind}.dcm`);
    await writeFile(path, file(mustReplace(documentOf(kind)).dataSet));
    paths.push(path);
  }
  const read = await pydicom(
    `
import numpy as np, xml.dom.minidom, struct
def doc(p):
    d = dcmread(p); return bytes(d.EncapsulatedDocument)[:d.EncapsulatedDocumentLength]
def edges(faces):
    seen = {}
    for f in faces:
        for a, b in zip(f, f[1:] + f[:1]): seen[(a, b)] = seen.get((a, b), 0) + 1
    return all(n == 1 and (b, a) in seen for (a, b), n in seen.items())
stl = doc(sys.argv[1]); n = struct.unpack('<I', stl[80:84])[0]
t = np.frombuffer(stl[84:], dtype=[('n','<f4',3),('v','<f4',(3,3)),('a','<u2')], count=n)
cross = np.cross(t['v'][:,1]-t['v'][:,0], t['v'][:,2]-t['v'][:,0]); cross /= np.linalg.norm(cross, axis=1)[:,None]
lines = doc(sys.argv[2]).decode().splitlines()
f = [tuple(int(i) for i in l.split()[1:]) for l in lines if l.startswith('f ')]
print(json.dumps({
  'stlWhole': len(stl) == 84 + 50 * n, 'ascii': stl[:5] == b'solid',
  'stlClosed': edges([tuple(map(tuple, v)) for v in t['v'].tolist()]),
  'normals': bool(np.allclose(cross, t['n'], atol=1e-5)),
  'objClosed': edges(f), 'vertices': sum(l.startswith('v ') for l in lines),
  'root': xml.dom.minidom.parseString(doc(sys.argv[3])).documentElement.tagName,
}))`,
    ...paths,
  );
  t.strictSame(read, {
    stlWhole: true,
    ascii: false,
    stlClosed: true,
    normals: true,
    objClosed: true,
    vertices: 4,
    root: 'ClinicalDocument',
  });
});

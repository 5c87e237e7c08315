import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import t from 'tap';
import { isErrorCode, SallyportError } from '../../src/core/errors.ts';
import { memorySource } from '../../src/dicom/byte-source.ts';
import type { DataElement, DataSet } from '../../src/dicom/data-set.ts';
import { type Part10, readPart10 } from '../../src/dicom/part10.ts';
import { elementText, numbers, rawBytes } from '../../src/dicom/values.ts';
import { corpusFiles, corpusMissing } from '../support/corpus.ts';
import { peerProgram, requirePeer } from '../support/peers.ts';
import { pydicomElements } from './peers/pydicom-elements.ts';

/** Files that cannot be read whole, and what they are refused with. All others must be read. */
const refused: Readonly<Record<string, string>> = {
  'generated/mal_element_length_beyond_eof.dcm': 'DATA_SET_TRUNCATED',
  'generated/mal_nested_sequences_200.dcm': 'DATA_SET_TOO_DEEP',
  'generated/mal_text_file_named_dcm.dcm': 'NOT_DICOM',
  'generated/mal_truncated_inside_fragment.dcm': 'DATA_SET_TRUNCATED',
  'generated/mal_zero_bytes.dcm': 'NOT_DICOM',
  'pydicom__MR_truncated.dcm': 'DATA_SET_TRUNCATED',
  'pydicom__emri_small_jpeg_2k_lossless_too_short.dcm': 'DATA_SET_TRUNCATED',
  'pydicom__rtplan_truncated.dcm': 'DATA_SET_TRUNCATED',
};

/** Where this reader and pydicom differ, and why this one is right. */
const explained: Readonly<Record<string, readonly string[]>> = {
  // Dark current and the like are "OB or OW", which is OW in implicit VR (PS3.5 A.1); pydicom leaves it open.
  'pydicom__ambiguous_vr.dcm': ['00143050 VR OW, not OB or OW', '00143070 VR OW, not OB or OW'],
  // A code sequence sent as UN of defined length: opened, so that de-identification sees inside.
  'pydicom__bad_sequence.dcm': [
    '00189346 VR SQ, not UN',
    '00189346/0/00080100 only here',
    '00189346/0/00080102 only here',
    '00189346/0/00080104 only here',
  ],
  // pydicom drops an empty last component group of a name.
  'pydicom__chrX2.dcm': ['00100010 text differs'],
};

interface Placed {
  readonly element: DataElement;
  readonly dataSet: DataSet;
}

function flatten(dataSet: DataSet, prefix = '', into = new Map<string, Placed>()): Map<string, Placed> {
  for (const element of dataSet.elements) {
    const path = `${prefix}${hex(element.tag)}`;
    into.set(path, { element, dataSet });
    if (element.body.kind !== 'items') continue;
    element.body.items.forEach((item, number) => {
      flatten(item, `${path}/${number}/`, into);
    });
  }
  return into;
}

function hex(tag: number): string {
  return tag.toString(16).toUpperCase().padStart(8, '0');
}

function readFile(path: string): Part10 {
  return readPart10(memorySource(readFileSync(path)));
}

t.test('every file is read, or refused with the code that fits', { skip: corpusMissing }, async (t) => {
  for (const { name, path } of corpusFiles()) {
    try {
      readFile(path);
      t.equal(refused[name], undefined, name);
    } catch (error) {
      if (!(error instanceof SallyportError)) throw error;
      t.ok(isErrorCode(error.code));
      t.equal(error.code, refused[name], name);
    }
  }
});

t.test('tags, VRs, values and texts are those pydicom reads', { skip: corpusMissing }, async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  const files = corpusFiles().filter(({ name }) => refused[name] === undefined);
  const theirs = pydicomElements(files.map(({ path }) => path));
  let compared = 0;
  files.forEach(({ name, path }, i) => {
    const peer = theirs[i];
    t.equal(peer?.error, undefined, `${name} is read by pydicom`);
    const part10 = readFile(path);
    // pydicom names no transfer syntax where the file names none.
    if (peer?.transferSyntax != null) t.equal(part10.transferSyntaxUid, peer.transferSyntax, name);
    const ours = flatten(part10.dataSet);
    const differences: string[] = [];
    for (const [place, vr, length, sha1, texts] of peer?.elements ?? []) {
      const found = ours.get(place);
      ours.delete(place);
      if (found === undefined) {
        differences.push(`${place} missing`);
        continue;
      }
      compared += 1;
      const { element, dataSet } = found;
      if (element.vr !== vr) differences.push(`${place} VR ${element.vr}, not ${vr}`);
      if (element.body.kind !== 'source') continue;
      const raw = rawBytes(element, 1 << 30);
      if (length !== null && createHash('sha1').update(raw).digest('hex') !== sha1) {
        differences.push(`${place} value differs`);
      }
      const expected = texts?.map((text) => text.replace(/^ +|[ \0]+$/g, '')).join('\\');
      if (expected !== undefined && elementText(dataSet, element).join('\\') !== expected) {
        differences.push(`${place} text differs`);
      }
    }
    for (const place of ours.keys()) differences.push(`${place} only here`);
    t.same(differences, explained[name] ?? [], name);
  });
  t.ok(compared > 5000, `${compared} elements compared`);
});

interface JsonElement {
  readonly vr: string;
  readonly Value?: readonly unknown[];
  readonly InlineBinary?: string;
}
type JsonDataSet = Readonly<Record<string, JsonElement>>;

const numeric = new Set(['AT', 'DS', 'FD', 'FL', 'IS', 'SL', 'SS', 'SV', 'UL', 'US', 'UV']);
const binary = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN']);

function nameOf(value: unknown): string {
  if (value === null) return '';
  // DCMTK pads odd values with NUL when it reads them.
  if (typeof value !== 'object') return String(value).replace(/\0+$/, '');
  const { Alphabetic = '', Ideographic = '', Phonetic = '' } = value as Record<string, string>;
  return [Alphabetic, Ideographic, Phonetic].join('=');
}

/** DCMTK leaves out empty components at the end of a name. */
function shortName(name: string): string {
  return name
    .split('=')
    .map((group) => group.replace(/\^+$/, ''))
    .join('=')
    .replace(/=+$/, '');
}

function sameNumbers(ours: readonly number[], theirs: readonly number[]): boolean {
  if (ours.length !== theirs.length) return false;
  return ours.every((value, i) => {
    const other = theirs[i] ?? Number.NaN;
    // DCMTK prints floats with nine digits.
    return Object.is(value, other) || Math.abs(value - other) <= 1e-6 * Math.abs(value);
  });
}

function compareWithJson(dataSet: DataSet, json: JsonDataSet, prefix: string): string[] {
  const differences: string[] = [];
  const unseen = new Set(Object.keys(json).filter((tag) => prefix !== '' || !tag.startsWith('0002')));
  for (const element of dataSet.elements) {
    const { tag, vr, body } = element;
    const place = `${prefix}${hex(tag)}`;
    // dcm2json turns all text into UTF-8 and leaves group lengths out.
    if ((tag & 0xffff) === 0 || !unseen.delete(hex(tag))) {
      if ((tag & 0xffff) !== 0) differences.push(`${place} only here`);
      continue;
    }
    const peer = json[hex(tag)];
    if (peer?.vr !== vr) differences.push(`${place} VR ${vr}, not ${peer?.vr}`);
    const values = peer?.Value ?? [];
    if (body.kind === 'items') {
      if (values.length !== body.items.length) differences.push(`${place} number of items`);
      body.items.forEach((item, number) => {
        const inner = (values[number] ?? {}) as JsonDataSet;
        differences.push(...compareWithJson(item, inner, `${place}/${number}/`));
      });
    } else if (numeric.has(vr)) {
      const theirs = values.map((value) =>
        vr === 'AT' ? Number.parseInt(String(value), 16) : Number(value),
      );
      if (!sameNumbers(numbers(dataSet, tag), theirs)) differences.push(`${place} numbers`);
    } else if (binary.has(vr)) {
      const theirs = Buffer.from(peer?.InlineBinary ?? '', 'base64');
      const ours = rawBytes(element, 1 << 30);
      // DCMTK pads odd values when it reads them; in JSON binary is little endian whatever the file is.
      if (dataSet.encoding.littleEndian && !theirs.subarray(0, ours.length).equals(ours)) {
        differences.push(`${place} bytes`);
      }
    } else if (tag !== 0x00080005) {
      const ours = elementText(dataSet, element).map((value) => (vr === 'PN' ? shortName(value) : value));
      const theirs = values.map((value) => (vr === 'PN' ? shortName(nameOf(value)) : nameOf(value)));
      if (ours.join('\\') !== theirs.join('\\')) differences.push(`${place} text`);
    }
  }
  return [...differences, ...[...unseen].map((tag) => `${prefix}${tag} missing`)];
}

/** "OB or OW" in implicit VR is OW (PS3.5 A.1); DCMTK takes the first alternative for all but pixels and overlays. */
const explainedToDcmtk: Readonly<Record<string, readonly string[]>> = {
  'pydicom__ambiguous_vr.dcm': ['00143050', '00143070', '54000110', '54000112', '5400100A', '54001010'].map(
    (tag) => `${tag} VR OW, not OB`,
  ),
};

t.test('tags, VRs, values and texts are those DCMTK reads', { skip: corpusMissing }, async (t) => {
  if (!requirePeer(t, 'dcmdump')) return;
  const program = peerProgram('dcmdump').replace(/dcmdump$/, 'dcm2json');
  let compared = 0;
  for (const { name, path } of corpusFiles()) {
    if (refused[name] !== undefined) continue;
    const { status, stdout } = spawnSync(program, ['-q', path], { maxBuffer: 1 << 28, encoding: 'utf8' });
    // dcm2json cannot express encapsulated pixels or some character sets; those files are compared with pydicom alone.
    if (status !== 0) continue;
    compared += 1;
    const { dataSet } = readFile(path);
    t.same(compareWithJson(dataSet, JSON.parse(stdout), ''), explainedToDcmtk[name] ?? [], name);
  }
  t.ok(compared > 40, `${compared} files compared`);
});

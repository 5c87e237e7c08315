import { memorySource } from '../../src/dicom/byte-source.ts';
import { encodePart10 } from '../../src/synthetic/dicom-writer.ts';
import { element, type WriterElement } from '../../src/synthetic/writer-element.ts';
import { readManifest } from '../../src/verify/manifest.ts';
import type { LeakRow, VerifyReport } from '../../src/verify/report.ts';
import { verify } from '../../src/verify/verify.ts';

export const implicit = '1.2.840.10008.1.2';
export const bigEndian = '1.2.840.10008.1.2.2';
export const deflated = '1.2.840.10008.1.2.1.99';

/** What an original tells of one invented person. */
export const person = {
  name: 'Quillfeather^Ottoline',
  id: 'ZX-9081726',
  birth: '19631127',
  accession: 'ACC5567788',
  study: '20240119',
  time: '112951.123456',
  uid: '1.2.826.0.1.3680043.8.498.45787841905473114239',
  institution: 'Saltmarsh Royal Infirmary',
  address: '17 Lantern Lane, Saltmarsh',
  phone: '+44 1632 960123',
  serial: 'SN-77341-B',
} as const;

function merged(base: readonly WriterElement[], extra: readonly WriterElement[]): WriterElement[] {
  const tags = new Set(extra.map(({ tag }) => tag));
  return [...base.filter(({ tag }) => !tags.has(tag)), ...extra];
}

const pixels = Uint8Array.from({ length: 512 }, (_, index) => (index * 7919) % 251);

export function original(...extra: readonly WriterElement[]): Uint8Array {
  return encodePart10({ elements: originalElements(...extra) });
}

export function originalElements(...extra: readonly WriterElement[]): WriterElement[] {
  return merged(
    [
      element(0x00080005, 'CS', 'ISO_IR 100'),
      element(0x00080008, 'CS', ['ORIGINAL', 'PRIMARY', 'AXIAL']),
      element(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.2'),
      element(0x00080018, 'UI', person.uid),
      element(0x00080020, 'DA', person.study),
      element(0x00080030, 'TM', person.time),
      element(0x00080050, 'SH', person.accession),
      element(0x00080060, 'CS', 'CT'),
      element(0x00080070, 'LO', 'Phantom Works'),
      element(0x00080080, 'LO', person.institution),
      element(0x00081030, 'LO', 'Head after fall'),
      element(0x00100010, 'PN', person.name),
      element(0x00100020, 'LO', person.id),
      element(0x00100030, 'DA', person.birth),
      element(0x00100040, 'CS', 'F'),
      element(0x00101010, 'AS', '060Y'),
      element(0x00101040, 'LO', person.address),
      element(0x00102154, 'SH', person.phone),
      element(0x00181000, 'LO', person.serial),
      element(0x0020000d, 'UI', `${person.uid}.1`),
      element(0x0020000e, 'UI', `${person.uid}.2`),
      element(0x7fe00010, 'OW', pixels),
    ],
    extra,
  );
}

export function cleanElements(...extra: readonly WriterElement[]): WriterElement[] {
  return merged(
    [
      element(0x00080005, 'CS', 'ISO_IR 100'),
      element(0x00080008, 'CS', ['ORIGINAL', 'PRIMARY', 'AXIAL']),
      element(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.2'),
      element(0x00080018, 'UI', '2.25.329800735698586629295641978511506172918'),
      element(0x00080060, 'CS', 'CT'),
      element(0x00100010, 'PN', 'SP-7QK2M5RT3WX4VBNA'),
      element(0x00100020, 'LO', 'SP-7QK2M5RT3WX4VBNA'),
      element(0x00120062, 'CS', 'YES'),
      element(0x00120063, 'LO', 'Sallyport 0.1.0; profile basic'),
      element(0x00120064, 'SQ', { items: [[element(0x00080100, 'SH', '113100')]] }),
      element(0x0020000d, 'UI', '2.25.329800735698586629295641978511506172919'),
      element(0x0020000e, 'UI', '2.25.329800735698586629295641978511506172920'),
      element(0x00280303, 'CS', 'REMOVED'),
      element(0x7fe00010, 'OW', pixels),
    ],
    extra,
  );
}

export function output(...extra: readonly WriterElement[]): Uint8Array {
  return encodePart10({ elements: cleanElements(...extra) });
}

/** An output that says which options were applied. */
export function withOptions(...codes: readonly string[]): WriterElement {
  return element(0x00120064, 'SQ', { items: codes.map((code) => [element(0x00080100, 'SH', code)]) });
}

export interface Files {
  readonly originals: Readonly<Record<string, Uint8Array>>;
  readonly outputs: Readonly<Record<string, Uint8Array>>;
  /** Lines of the manifest; all pairs of the same name when left out; null for none. */
  readonly manifest?: readonly object[] | null;
  readonly all?: boolean;
}

/** Verifies files in memory. */
export function verified({ originals, outputs, manifest, all = false }: Files): VerifyReport {
  const files = new Map<string, Uint8Array>();
  for (const [name, bytes] of Object.entries(originals)) files.set(`/in/${name}`, bytes);
  for (const [name, bytes] of Object.entries(outputs)) files.set(`/out/${name}`, bytes);
  const lines =
    manifest ??
    Object.keys(outputs)
      .filter((name) => name in originals)
      .map((name) => ({ input: `/in/${name}`, output: `/out/${name}`, status: 'deidentified' }));
  return verify({
    originals: Object.keys(originals).map((name) => `/in/${name}`),
    outputs: Object.keys(outputs).map((name) => `/out/${name}`),
    manifest:
      manifest === null ? undefined : readManifest(lines.map((line) => JSON.stringify(line)).join('\n')),
    open: (path) => {
      const bytes = files.get(path);
      if (bytes === undefined) throw new Error('no such file');
      return { ...memorySource(bytes), close: () => undefined };
    },
    resolve: (path) => path,
    nameOf: (path) => path.replace('/out/', ''),
    all,
    progress: () => undefined,
  });
}

/** Leaks of one output of one original. */
export function leaksOf(outputBytes: Uint8Array, originalBytes: Uint8Array = original()): LeakRow[] {
  const report = verified({ originals: { a: originalBytes }, outputs: { a: outputBytes } });
  return report.rows.filter(({ verdict }) => verdict === 'leak');
}

import t from 'tap';
import { deidentify } from '../../src/deidentify/deidentify.ts';
import { defineProfile } from '../../src/deidentify/profile.ts';
import { emptyDefinition } from '../../src/deidentify/profile-definition.ts';
import { memorySource } from '../../src/dicom/byte-source.ts';
import { readPart10 } from '../../src/dicom/part10.ts';
import { encodeDataSet, encodePart10, transferSyntaxes } from '../../src/synthetic/dicom-writer.ts';
import { element, type WriterElement } from '../../src/synthetic/writer-element.ts';
import { elementsOf } from '../support/objects/attributes.ts';
import { ctSlice } from '../support/objects/radiotherapy.ts';
import { mustPass, pseudonyms, written } from './build.ts';

/** A text that is no identifier of the object, so that only rules can take it out. */
const planted = 'Hollingdale';
const bytes = Buffer.from(`${planted} `.repeat(3));

const sequence = (tag: number, ...items: WriterElement[][]): WriterElement => element(tag, 'SQ', { items });
const code = (meaning: string): WriterElement[] => [
  element(0x00080100, 'SH', '113100'),
  element(0x00080102, 'SH', 'DCM'),
  element(0x00080104, 'LO', meaning),
];

/** Everything that carries content beside the image, each with the planted text. */
const containers: readonly WriterElement[] = [
  element(0x00041500, 'CS', [planted.toUpperCase(), 'DIR']),
  element(0x00041511, 'UI', '1.2.3.4.5'),
  element(0x00041220, 'SQ', { items: [[element(0x00100010, 'PN', planted)]] }),
  sequence(0x00880200, [
    element(0x00280002, 'US', 1),
    element(0x00280004, 'CS', 'MONOCHROME2'),
    element(0x00280010, 'US', 4),
    element(0x00280011, 'US', 8),
    element(0x00280100, 'US', 8),
    element(0x00280101, 'US', 8),
    element(0x00280102, 'US', 7),
    element(0x00280103, 'US', 0),
    element(0x7fe00010, 'OW', bytes),
  ]),
  sequence(0x04000500, [element(0x04000520, 'OB', bytes)]),
  sequence(0x04000561, [
    element(0x04000564, 'LO', planted),
    sequence(0x04000550, [element(0x00100010, 'PN', planted)]),
    element(0x04000565, 'CS', 'COERCE'),
  ]),
  sequence(0x4ffe0001, [element(0x04000005, 'US', 1), element(0x04000010, 'UI', '1.2.3')]),
  element(0x50000005, 'US', 1),
  element(0x50000022, 'LO', planted),
  element(0x50003000, 'OW', bytes),
  element(0x501e3000, 'OW', bytes),
  element(0x60000010, 'US', 8),
  element(0x60000022, 'LO', planted),
  element(0x60001500, 'LO', planted),
  element(0x60003000, 'OW', bytes),
  element(0x60004000, 'LT', planted),
  element(0x601e3000, 'OW', bytes),
  element(0x7f010010, 'OB', bytes),
  sequence(0xfffafffa, [element(0x04000110, 'CS', planted.toUpperCase()), element(0x04000120, 'OB', bytes)]),
  element(0xfffcfffc, 'OB', bytes),
  element(0x00420011, 'OB', bytes),
  element(0x54000110, 'OB', bytes),
  element(0x00280303, 'CS', planted.toUpperCase()),
  element(0x00120063, 'LO', `${planted} 1.0`),
];
/** Those of group 0004 make an object a DICOMDIR at the top level, which is held. */
const atTop = containers.filter(({ tag }) => tag >>> 16 !== 0x0004 && tag !== 0x00120063);

const philips = 'Philips Imaging DD 001';
/** Source Image Sequence, a safe private sequence, and a sequence in a block that nobody knows, around `inner`. */
function depths(inner: readonly WriterElement[], explicit: boolean): WriterElement[] {
  const item = [...inner];
  const unknown = encodeDataSet(item, { explicitVr: false, littleEndian: true });
  const itemHead = Buffer.alloc(8);
  itemHead.writeUInt32LE(0xe000fffe, 0);
  itemHead.writeUInt32LE(unknown.length, 4);
  const hidden = Buffer.concat([itemHead, unknown]);
  return [
    sequence(0x00082112, [
      element(0x00081150, 'UI', '1.2.840.10008.5.1.4.1.1.2'),
      element(0x00081155, 'UI', '1.2.3.9'),
      sequence(0x0040a170, code('Source'), item),
      ...item,
    ]),
    element(0x20010010, 'LO', philips),
    sequence(0x2001105f, [element(0x20010010, 'LO', philips), ...item]),
    element(0x00090010, 'LO', 'PHANTOM WORKS 1.0'),
    sequence(0x00091002, item),
    // A sequence sent as UN (PS3.5 6.2.2), where there are VRs at all.
    ...(explicit
      ? [
          element(0x00081140, 'UN', hidden),
          element(0x2001106b, 'UN', hidden),
          element(0x00091003, 'UN', hidden),
        ]
      : []),
  ];
}

function instance(elements: readonly WriterElement[]): WriterElement[] {
  const tags = new Set(elements.map(({ tag }) => tag));
  return [...elementsOf(ctSlice(0)).filter(({ tag }) => !tags.has(tag)), ...elements];
}

const preamble = Buffer.alloc(128, 'II*\0 Hollingdale ');
const meta = [
  element(0x00020016, 'AE', planted),
  element(0x00020017, 'AE', planted),
  element(0x00020026, 'UR', `https://${planted}.example`),
  element(0x00020100, 'UI', '1.2.3.4'),
  element(0x00020102, 'OB', bytes),
];

const profiles = {
  basic: defineProfile(emptyDefinition('basic')),
  safePrivate: defineProfile({
    ...emptyDefinition('private'),
    options: ['retainSafePrivate', 'retainLongModifiedDates', 'cleanGraphics', 'cleanDescriptors'],
    safePrivate: ['numeric-or-code', 'remap-uid', 'recurse', 'text-check'],
  }),
};

t.test('containers of other content leave at no depth, in no encoding', async (t) => {
  const syntaxes = Object.entries(transferSyntaxes).filter(([name]) => name !== 'rleLossless');
  for (const [syntax, transferSyntaxUid] of syntaxes) {
    const explicit = transferSyntaxUid !== transferSyntaxes.implicitVrLittleEndian;
    const file = encodePart10({
      elements: instance([...atTop, ...depths(containers, explicit)]),
      transferSyntaxUid,
      preamble,
      meta,
    });
    const input = readPart10(memorySource(file));
    const plain = readPart10(
      memorySource(encodePart10({ elements: instance(depths([], explicit)), transferSyntaxUid })),
    );
    for (const [name, profile] of Object.entries(profiles)) {
      const { value } = mustPass(deidentify(input, { profile, pseudonyms }));
      // Written without deflating, so that every byte can be looked at.
      const inflated =
        transferSyntaxUid === transferSyntaxes.deflatedExplicitVrLittleEndian
          ? { ...value, transferSyntaxUid: transferSyntaxes.explicitVrLittleEndian }
          : value;
      const text = written(inflated).toString('latin1').toLowerCase();
      t.notOk(text.includes(planted.toLowerCase()), `${syntax}: ${name}`);
      // What was planted has changed nothing else: the object is the one without it.
      const without = mustPass(deidentify(plain, { profile, pseudonyms })).value;
      t.strictSame(
        value.dataSet.elements.map(({ tag }) => tag).filter((tag) => !isPlanted(tag)),
        without.dataSet.elements.map(({ tag }) => tag).filter((tag) => !isPlanted(tag)),
        `${syntax}: ${name}: the other elements`,
      );
    }
  }
});

function isPlanted(tag: number): boolean {
  return containers.some((container) => container.tag === tag);
}

t.test('the safe private sequence is really gone into, so that the test above looks inside', async (t) => {
  const elements = instance(depths([element(0x00180050, 'DS', '3')], true));
  const input = readPart10(memorySource(encodePart10({ elements })));
  const { value } = mustPass(deidentify(input, { profile: profiles.safePrivate, pseudonyms }));
  for (const tag of [0x2001105f, 0x2001106b, 0x00081140, 0x00082112]) {
    const body = value.dataSet.elements.find((found) => found.tag === tag)?.body;
    const [first] = body?.kind === 'items' ? body.items : [];
    t.ok(
      first?.elements.some((found) => found.tag === 0x00180050),
      tag.toString(16),
    );
  }
  t.notOk(value.dataSet.elements.some(({ tag }) => tag >>> 16 === 0x0009));
});

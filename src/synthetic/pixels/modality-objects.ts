import { seededUid } from '../random.ts';
import { element, type WriterElement } from '../writer-element.ts';
import { paletteElements } from './palettes.ts';
import { type PixelSpec, pixelSpec } from './pixel-spec.ts';

const sopClasses = {
  segmentation: '1.2.840.10008.5.1.4.1.1.66.4',
  labelMap: '1.2.840.10008.5.1.4.1.1.66.7',
  parametricMap: '1.2.840.10008.5.1.4.1.1.30',
  dose: '1.2.840.10008.5.1.4.1.1.481.2',
  nuclearMedicine: '1.2.840.10008.5.1.4.1.1.20',
  positronEmission: '1.2.840.10008.5.1.4.1.1.128',
  enhancedCt: '1.2.840.10008.5.1.4.1.1.2.1',
} as const;

type Special = Partial<Omit<PixelSpec, 'name'>>;

function object(name: string, modality: string, special: Special): PixelSpec {
  const attributes = [element(0x00080060, 'CS', modality), ...(special.attributes ?? [])];
  return pixelSpec({ rows: 10, columns: 14, ...special, name, attributes });
}

const code = (value: string, scheme: string, meaning: string): WriterElement[] => [
  element(0x00080100, 'SH', value),
  element(0x00080102, 'SH', scheme),
  element(0x00080104, 'LO', meaning),
];
const sequence = (tag: number, ...items: readonly WriterElement[][]): WriterElement =>
  element(tag, 'SQ', { items });

/** Segment Sequence with a recommended colour each (C.8.20.2); the colours are plainly different CIELab values. */
function segments(count: number): WriterElement {
  const items = Array.from({ length: count }, (_, index) => [
    element(0x00620004, 'US', index + 1),
    element(0x00620005, 'LO', `segment ${index + 1}`),
    element(0x00620008, 'CS', 'MANUAL'),
    element(0x0062000d, 'US', [40_000, 32_896 + (index % 2 === 0 ? 20_000 : -20_000), 32_896 + 9000 * index]),
    sequence(0x00620003, code('85756007', 'SCT', 'Tissue')),
    sequence(0x0062000f, code('85756007', 'SCT', 'Tissue')),
  ]);
  return element(0x00620002, 'SQ', { items });
}

/** Per-frame groups that say which segment and where a frame is. */
function segmentFrames(frames: number): WriterElement {
  return sequence(
    0x52009230,
    ...Array.from({ length: frames }, (_, index) => [
      sequence(0x0062000a, [element(0x0062000b, 'US', index + 1)]),
      sequence(0x00209111, [element(0x00209157, 'UL', [1, index + 1])]),
      sequence(0x00209113, [element(0x00200032, 'DS', ['0', '0', String(index * 2.5)])]),
    ]),
  );
}

function segmentation(name: string, type: string, special: Special, more: WriterElement[] = []): PixelSpec {
  const frames = special.frames ?? 3;
  return object(name, 'SEG', {
    sopClassUid: type === 'LABELMAP' ? sopClasses.labelMap : sopClasses.segmentation,
    ...special,
    frames,
    attributes: [element(0x00620001, 'CS', type), segments(frames), segmentFrames(frames), ...more],
  });
}

/** Segmentations, parametric maps, dose, scintigrams, PET and an enhanced CT: what their IODs add to plain pixels. */
export function modalityObjects(): readonly PixelSpec[] {
  const grid = element(0x3004000e, 'DS', '0.0001');
  const dose = { sopClassUid: sopClasses.dose, frames: 3 };
  const doseAttributes = [
    element(0x30040002, 'CS', 'GY'),
    element(0x30040004, 'CS', 'PHYSICAL'),
    element(0x3004000a, 'CS', 'PLAN'),
    element(0x3004000c, 'DS', ['0', '2.5', '5']),
    element(0x00280009, 'AT', 0x3004000c),
    grid,
  ];
  const fractional = [element(0x00620010, 'CS', 'PROBABILITY'), element(0x0062000e, 'US', 200)];
  return [
    segmentation('SEG binary', 'BINARY', { bitsAllocated: 1 }),
    segmentation('SEG binary, odd frames', 'BINARY', { bitsAllocated: 1, rows: 5, columns: 7, frames: 5 }),
    segmentation('SEG binary, RLE', 'BINARY', { bitsAllocated: 1, syntax: 'rle', rows: 8, columns: 16 }),
    segmentation('SEG binary, deflated frames', 'BINARY', { bitsAllocated: 1, syntax: 'deflated-frame' }),
    segmentation('SEG fractional', 'FRACTIONAL', {}, fractional),
    segmentation('SEG fractional, JPEG 2000', 'FRACTIONAL', { syntax: 'jpeg-2000' }, fractional),
    segmentation('SEG label map 8', 'LABELMAP', {}),
    segmentation('SEG label map 16', 'LABELMAP', { bitsAllocated: 16 }),
    segmentation(
      'SEG label map, palette',
      'LABELMAP',
      { photometric: 'PALETTE COLOR' },
      paletteElements({ entries: 256, bits: 8, form: 'words' }),
    ),
    ...(['float', 'double'] as const).map((sampleKind) =>
      object(`parametric map, ${sampleKind}`, 'OT', {
        sopClassUid: sopClasses.parametricMap,
        sampleKind,
        bitsAllocated: sampleKind === 'float' ? 32 : 64,
        frames: 2,
        attributes: [
          element(0x00281050, 'DS', '0'),
          element(0x00281051, 'DS', '4000'),
          element(0x00281056, 'CS', 'LINEAR_EXACT'),
        ],
      }),
    ),
    object('parametric map, 16 bits', 'OT', {
      sopClassUid: sopClasses.parametricMap,
      bitsAllocated: 16,
      frames: 2,
      attributes: [
        sequence(0x52009229, [
          sequence(0x00289145, [element(0x00281052, 'DS', '-1'), element(0x00281053, 'DS', '0.00001')]),
        ]),
      ],
    }),
    object('RT dose 32', 'RTDOSE', { ...dose, bitsAllocated: 32, attributes: doseAttributes }),
    object('RT dose 16', 'RTDOSE', { ...dose, bitsAllocated: 16, attributes: doseAttributes }),
    object('RT dose 32, signed', 'RTDOSE', {
      ...dose,
      bitsAllocated: 32,
      signed: true,
      attributes: [
        ...doseAttributes.filter(({ tag }) => tag !== 0x30040004),
        element(0x30040004, 'CS', 'ERROR'),
      ],
    }),
    object('NM with vectors', 'NM', {
      sopClassUid: sopClasses.nuclearMedicine,
      bitsAllocated: 16,
      frames: 4,
      attributes: [
        element(0x00280009, 'AT', [0x00540010, 0x00540020]),
        element(0x00540010, 'US', [1, 1, 2, 2]),
        element(0x00540011, 'US', 2),
        element(0x00540020, 'US', [1, 2, 1, 2]),
        element(0x00540021, 'US', 2),
      ],
    }),
    object('PET', 'PT', {
      sopClassUid: sopClasses.positronEmission,
      bitsAllocated: 16,
      signed: true,
      attributes: [
        element(0x00281052, 'DS', '0'),
        element(0x00281053, 'DS', '0.34521'),
        element(0x00541001, 'CS', 'BQML'),
        element(0x00541102, 'CS', 'DECY'),
      ],
    }),
    object('enhanced CT, each frame its own rescale and window', 'CT', {
      sopClassUid: sopClasses.enhancedCt,
      bitsAllocated: 16,
      bitsStored: 12,
      frames: 3,
      attributes: [
        element(0x00209161, 'UI', seededUid('pixels', 'concatenation')),
        sequence(
          0x52009230,
          ...[0, 1, 2].map((frame) => [
            sequence(0x00289132, [
              element(0x00281050, 'DS', [String(100 * frame), '500']),
              element(0x00281051, 'DS', ['400', '1500']),
              element(0x00281055, 'LO', ['SOFT', 'BONE']),
            ]),
            sequence(0x00289145, [
              element(0x00281052, 'DS', String(-1024 + frame)),
              element(0x00281053, 'DS', String(1 + frame / 2)),
              element(0x00281054, 'LO', 'HU'),
            ]),
          ]),
        ),
      ],
    }),
  ];
}

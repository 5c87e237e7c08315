import { type PixelPolicy, standardPixelPolicy } from '../../src/deidentify/pixels/pixel-policy.ts';
import { defineProfile, type Profile } from '../../src/deidentify/profile.ts';
import { emptyDefinition } from '../../src/deidentify/profile-definition.ts';
import type { DataElement } from '../../src/dicom/data-set.ts';
import { bytesElement } from '../../src/dicom/edit.ts';
import type { Part10 } from '../../src/dicom/part10.ts';
import { element as elementOf, rawBytes } from '../../src/dicom/values.ts';
import type { Area, Picture } from '../../src/ocr/picture.ts';
import type { TextEngine } from '../../src/ocr/text-engine.ts';
import { type RedactOptions, type RedactResult, redact } from '../../src/redact/redact.ts';
import { standardRenderSettings } from '../../src/render/settings.ts';
import { ct, number16, received, words } from '../deidentify/build.ts';
import { line } from './judge/found.ts';

export const columns = 320;
export const rows = 200;
/** Where the pictures below show their lines of text, and what stands there. */
export const patientName: Area = { left: 16, top: 20, width: 56, height: 12 };
export const laterality: Area = { left: 200, top: 100, width: 8, height: 12 };
const background = 40;
const ink = 250;

/** A picture reads as text what is drawn there as long as anything bright is left of it. */
export interface Written {
  readonly text: string;
  readonly area: Area;
}
export const written: readonly Written[] = [
  { text: 'KAUFMAN', area: patientName },
  { text: 'L', area: laterality },
];

/** A secondary capture with a name and a side marker burned in, of a patient of that name; elements given win over its own. */
export function capture(...more: readonly DataElement[]): Part10 {
  const own = [
    words(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.7'),
    words(0x00080060, 'CS', 'OT'),
    words(0x00100010, 'PN', 'Kaufman^Scott'),
    words(0x00280301, 'CS', 'YES'),
    ...grey(written.map(({ area }) => area)),
  ];
  return received(ct(...own.filter(({ tag }) => !more.some((other) => other.tag === tag)), ...more));
}

/** Image Pixel attributes of an 8-bit grey image with bright areas: in one frame, counted from 1, of so many. */
export function grey(areas: readonly Area[], frames = 1, only = 1): DataElement[] {
  const pixels = new Uint8Array(frames * rows * columns).fill(background);
  for (const { left, top, width, height } of areas)
    for (let row = top; row < top + height; row++) {
      const at = ((only - 1) * rows + row) * columns + left;
      pixels.fill(ink, at, at + width);
    }
  return [
    number16(0x00280010, rows),
    number16(0x00280011, columns),
    number16(0x00280100, 8),
    number16(0x00280101, 8),
    number16(0x00280102, 7),
    ...(frames === 1 ? [] : [words(0x00280008, 'IS', String(frames))]),
    bytesElement(0x7fe00010, 'OB', pixels),
  ];
}

/** Reads what is written as long as it is bright; `searches` counts. */
export function reader(texts: readonly Written[] = written): TextEngine & { searches: number } {
  return {
    searches: 0,
    async find(picture) {
      this.searches += 1;
      return texts.filter(({ area }) => isBright(picture, area)).map(({ text, area }) => line(text, area));
    },
    close: async () => undefined,
  };
}

/** One that still reads text where everything was blanked, as of ink that shows through. */
export function haunted(text = 'KAUFMAN'): TextEngine {
  return { find: async () => [line(text, patientName)], close: async () => undefined };
}

function isBright({ pixels, width, channels }: Picture, area: Area): boolean {
  const at = (area.top + 2) * width + area.left + 2;
  return (pixels[at * channels] ?? 0) > 200;
}

/** What stands in the middle of an area of a frame, counted from 1. */
export function shown({ dataSet }: Pick<Part10, 'dataSet'>, area: Area, frame = 1): string {
  const pixels = elementOf(dataSet, 0x7fe00010);
  const bytes = pixels === undefined ? undefined : rawBytes(pixels);
  const at = ((frame - 1) * rows + area.top + 6) * columns + area.left + 4;
  const value = bytes?.[at];
  return value === ink ? 'ink' : value === background ? 'background' : String(value);
}

export function policy(parts: Partial<PixelPolicy> = {}): Profile {
  const pixels = { ...standardPixelPolicy, starterRules: false, ...parts };
  return defineProfile({ ...emptyDefinition('tested'), pixels });
}

export function treat(
  input: Part10,
  options: Partial<Omit<RedactOptions, 'engine'>> & {
    readonly engine?: TextEngine | RedactOptions['engine'];
  } = {},
): Promise<RedactResult> {
  const { engine = reader(), ...others } = options;
  return redact(input, {
    profile: policy(),
    draw: { ...standardRenderSettings, aspectRatio: 'stored' },
    ...others,
    engine: typeof engine === 'function' ? engine : async () => engine,
  });
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { WriterElement } from '../../../src/synthetic/writer-element.ts';
import { requirePeer } from '../../support/peers.ts';
import { pydicom } from '../../support/pydicom.ts';
import { type ImageOptions, imageFile } from '../image.ts';
import { apart, levels, lutItem, rescaleElements, sequence, windowElements } from './shown.ts';

/** pydicom's own modality and VOI functions, brought from its output range to 0 to 255. */
const program = `
import numpy
from pydicom.pixel_data_handlers.util import apply_modality_lut, apply_windowing, apply_voi
out = []
for path in sys.argv[1:]:
    ds = dcmread(path)
    values = apply_modality_lut(ds.pixel_array, ds)
    if 'WindowCenter' in ds:
        levels = apply_windowing(values, ds)
        if 'ModalityLUTSequence' in ds:
            low, high = 0, 2 ** ds.ModalityLUTSequence[0].LUTDescriptor[2] - 1
        elif ds.PixelRepresentation == 0:
            low, high = 0, 2 ** ds.BitsStored - 1
        else:
            low, high = -(2 ** (ds.BitsStored - 1)), 2 ** (ds.BitsStored - 1) - 1
        if 'RescaleSlope' in ds and 'ModalityLUTSequence' not in ds:
            low, high = (x * ds.RescaleSlope + ds.RescaleIntercept for x in (low, high))
        levels = (levels - float(low)) / (float(high) - float(low)) * 255
    else:
        levels = apply_voi(values.astype('int32'), ds).astype(float) * 255 / (2 ** ds.VOILUTSequence[0].LUTDescriptor[2] - 1)
    out.append(numpy.rint(levels).astype(int).reshape(-1).tolist())
print(json.dumps(out))`;

const values = (signed: boolean): Uint16Array | Int16Array =>
  signed
    ? Int16Array.from({ length: 1024 }, (_, i) => i * 4 - 2048)
    : Uint16Array.from({ length: 1024 }, (_, i) => i * 4);

function twelveBits(signed: boolean, more: readonly WriterElement[]): ImageOptions {
  return { rows: 32, columns: 32, allocated: 16, stored: 12, signed, pixels: values(signed), more };
}

t.test('window functions and tables give what pydicom gives', async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  const fractions = rescaleElements('0.0125', '-7.5');
  const curve = Uint16Array.from({ length: 300 }, (_, i) => Math.round(65_535 * Math.cos(i / 90) ** 2));
  const modality = sequence(0x00283000, lutItem([300, 100, 16], curve));
  const cases: Readonly<Record<string, ImageOptions>> = {
    LINEAR: twelveBits(false, windowElements('700.25', '1234.5', 'LINEAR')),
    'LINEAR of fractions': twelveBits(true, [...fractions, ...windowElements('1.5', '12.75')]),
    LINEAR_EXACT: twelveBits(false, windowElements('700.25', '1234.5', 'LINEAR_EXACT')),
    'LINEAR_EXACT of fractions': twelveBits(true, [
      ...fractions,
      ...windowElements('0.1', '0.4', 'LINEAR_EXACT'),
    ]),
    SIGMOID: twelveBits(false, windowElements('2000', '900', 'SIGMOID')),
    'SIGMOID of fractions': twelveBits(true, [...fractions, ...windowElements('0', '3', 'SIGMOID')]),
    'width 1': twelveBits(true, windowElements('12', '1')),
    'modality LUT': twelveBits(false, [modality, ...windowElements('30000', '50000')]),
    'modality LUT and SIGMOID': twelveBits(false, [modality, ...windowElements('30000', '9000', 'SIGMOID')]),
    'VOI LUT': twelveBits(false, [sequence(0x00283010, lutItem([300, 1000, 16], curve))]),
  };
  const folder = t.testdir();
  const paths = Object.values(cases).map((options, index) => {
    const path = join(folder, `${index}.dcm`);
    writeFileSync(path, imageFile(options));
    return path;
  });
  const theirs = (await pydicom(program, ...paths)) as number[][];
  for (const [index, [name, options]] of Object.entries(cases).entries()) {
    const ours = levels(options);
    t.ok(apart(ours, theirs[index] ?? []) <= 1, `${name}: ${apart(ours, theirs[index] ?? [])} apart`);
    t.ok(new Set(ours).size > 1, `${name} is not flat`);
  }
});

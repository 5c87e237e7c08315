import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { SallyportError } from '../../../src/core/errors.ts';
import { encodeNatively, type LosslessImage } from '../../../src/render/output/native-encoders.ts';
import { encodePng } from '../../../src/render/output/sharp.ts';
import { peerProgram, requirePeer } from '../../support/peers.ts';
import { pydicom } from '../../support/pydicom.ts';
import { run } from '../../support/run.ts';
import { noise, readsImages } from './pictures.ts';

/** Soft structure, or noise in all bits, in every combination of depth and components the formats hold. */
function images(): Record<string, LosslessImage> {
  const found: Record<string, LosslessImage> = {};
  for (const [width, height] of [
    [1, 1],
    [1, 130],
    [131, 1],
    [129, 97],
    [320, 200],
  ] as const) {
    for (const [channels, bits] of [
      [1, 8],
      [1, 16],
      [3, 8],
    ] as const) {
      for (const kind of ['soft', 'noise'] as const) {
        const next = noise(width);
        const length = width * height * channels;
        const at = (i: number): number =>
          kind === 'noise' ? next() : 120 * (1 + Math.sin(i / 50)) * (bits === 16 ? 200 : 1) + (next() % 9);
        const samples = bits === 8 ? new Uint8Array(length) : new Uint16Array(length);
        for (let i = 0; i < length; i++) samples[i] = at(i);
        found[`${kind}-${width}x${height}x${channels}-${bits}`] = { width, height, channels, samples };
      }
    }
  }
  const blank = new Uint16Array(200 * 100).fill(65_535);
  found['blank-200x100x1-16'] = { width: 200, height: 100, channels: 1, samples: blank };
  return found;
}

const sameAsRaw = `
${readsImages}wrong = []
for job in json.load(open(sys.argv[1])):
    raw = numpy.fromfile(job['raw'], dtype='<u2' if job['bits'] == 16 else 'u1')
    raw = raw.reshape(job['height'], job['width'], job['channels'])
    found, most = samples(job['decoded'])
    found = found.reshape(raw.shape)
    if most != 2 ** job['bits'] - 1 or found.shape != raw.shape or not (found == raw).all():
        wrong.append(job['decoded'])
print(json.dumps(wrong))
`;

/** Has every image decoded by the tool and held against its samples; gives the names of those that differ. */
async function wrongOnes(
  dir: string,
  decode: (name: string, image: LosslessImage) => Promise<string>,
): Promise<unknown> {
  const jobs = [];
  for (const [name, image] of Object.entries(images())) {
    const { samples, width, height, channels } = image;
    const raw = join(dir, `${name}.raw`);
    // The machines the tests run on are little endian.
    writeFileSync(raw, new Uint8Array(samples.buffer));
    const decoded = await decode(name, image);
    jobs.push({ raw, decoded, width, height, channels, bits: samples.BYTES_PER_ELEMENT * 8 });
  }
  writeFileSync(join(dir, 'jobs'), JSON.stringify(jobs));
  return await pydicom(sameAsRaw, join(dir, 'jobs'));
}

function chunks(png: Uint8Array): string[] {
  const bytes = Buffer.from(png);
  const found = [];
  for (let at = 8; at < bytes.length; at += 12 + bytes.readUInt32BE(at))
    found.push(bytes.toString('latin1', at + 4, at + 8));
  return [...new Set(found)];
}

t.test('PNG: Pillow reads the same samples; nothing but header and pixels is inside', async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  const dir = t.testdir();
  const wrong = await wrongOnes(dir, async (name, image) => {
    const path = join(dir, `${name}.png`);
    const png = await encodePng(image);
    writeFileSync(path, png);
    t.same(chunks(png), ['IHDR', 'IDAT', 'IEND'], name);
    t.equal(png[24], image.samples.BYTES_PER_ELEMENT * 8, 'bit depth');
    t.equal(png[25], image.channels === 1 ? 0 : 2, 'grey, or true colour, without alpha');
    return path;
  });
  t.same(wrong, []);
});

/** Types of the boxes of a JPEG XL container; a bare code stream has none. */
function boxes(jxl: Uint8Array): string[] {
  const bytes = Buffer.from(jxl);
  if (bytes.readUInt16BE(0) === 0xff0a) return [];
  const found = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    found.push(bytes.toString('latin1', at + 4, at + 8));
    at = length === 0 ? bytes.length : at + length;
  }
  return found;
}

t.test('JPEG XL: djxl reads the same samples; no box but those of the code stream', async (t) => {
  if (!requirePeer(t, 'pydicom', 'djxl')) return;
  const dir = t.testdir();
  const wrong = await wrongOnes(dir, async (name, image) => {
    const path = join(dir, `${name}.jxl`);
    const jxl = encodeNatively('EncodeJpegXl', image);
    writeFileSync(path, jxl);
    const structural = image.samples.BYTES_PER_ELEMENT === 1 ? [] : ['JXL ', 'ftyp', 'jxll', 'jxlc'];
    t.same(boxes(jxl), structural, name);
    const decoded = join(dir, `${name}.${image.channels === 1 ? 'pgm' : 'ppm'}`);
    const { exitCode, output } = await run(peerProgram('djxl'), [path, decoded]);
    t.equal(exitCode, 0, exitCode === 0 ? name : output);
    return decoded;
  });
  t.same(wrong, []);
});

/** Marker codes of the main header of a JPEG 2000 code stream. */
function markers(codeStream: Uint8Array): string[] {
  const bytes = Buffer.from(codeStream);
  const found = [];
  for (let at = 2; bytes[at + 1] !== 0x90; at += 2 + bytes.readUInt16BE(at + 2))
    found.push(bytes.toString('hex', at, at + 2));
  return found;
}

t.test('HTJ2K: OpenJPH and OpenJPEG read the same samples; no comment is inside', async (t) => {
  if (!requirePeer(t, 'pydicom', 'ojph_expand', 'opj_decompress')) return;
  for (const tool of ['ojph_expand', 'opj_decompress'] as const) {
    const dir = t.testdir();
    const wrong = await wrongOnes(dir, async (name, image) => {
      const path = join(dir, `${name}.j2k`);
      const codeStream = encodeNatively('EncodeHtJpeg2000', image);
      writeFileSync(path, codeStream);
      // SIZ, CAP, COD, QCD, TLM
      t.same(markers(codeStream), ['ff51', 'ff50', 'ff52', 'ff5c', 'ff55'], name);
      t.equal(Buffer.from(codeStream).readUInt16BE(codeStream.length - 2), 0xffd9, 'ends as it should');
      const decoded = join(dir, `${name}.${image.channels === 1 ? 'pgm' : 'ppm'}`);
      const { exitCode, output } = await run(peerProgram(tool), ['-i', path, '-o', decoded]);
      t.equal(exitCode, 0, exitCode === 0 ? name : output);
      return decoded;
    });
    t.same(wrong, [], tool);
  }
});

t.test('an image an encoder cannot take is ENCODE_FAILED, and the next one is encoded', async (t) => {
  const refused = { width: 0, height: 0, channels: 1, samples: new Uint8Array(0) } as const;
  const code = (thrown: unknown): unknown => thrown instanceof SallyportError && thrown.code;
  for (const encoder of ['EncodeJpegXl', 'EncodeHtJpeg2000'] as const) {
    try {
      encodeNatively(encoder, refused);
      t.fail(`${encoder} took an empty image`);
    } catch (thrown) {
      t.equal(code(thrown), 'ENCODE_FAILED', encoder);
    }
    const fine = { width: 2, height: 1, channels: 1, samples: Uint8Array.of(1, 2) } as const;
    t.ok(encodeNatively(encoder, fine).length > 10);
  }
  await t.rejects(encodePng(refused), { code: 'ENCODE_FAILED' });
});

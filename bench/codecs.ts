import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { memorySource } from '../src/dicom/byte-source.ts';
import { readPart10 } from '../src/dicom/part10.ts';
import { describePixels } from '../src/render/pixel-description.ts';
import { decodeFrames } from '../src/render/render.ts';
import { standardRenderSettings } from '../src/render/settings.ts';
import { encodePart10 } from '../src/synthetic/dicom-writer.ts';
import { element } from '../src/synthetic/writer-element.ts';
import { commandMs, printTable } from './measure.ts';

/**
 * CPU of decoding by transfer syntax against the native tool that decodes the same file: milliseconds per megapixel,
 * the best of several rounds on both sides, taken in turn. A tool's time is that of the large image minus that of an
 * 64 x 64 one of the same kind (process start); it contains reading and writing the file, which ours does not.
 */
const rounds = Number(process.env.ROUNDS ?? 5);
const only = process.argv[2];
const folder = mkdtempSync(join(tmpdir(), 'sallyport-codecs-'));
const toolRuns = 3;

interface Picture {
  readonly size: number;
  readonly samples: 1 | 3;
  readonly bits: 8 | 12 | 16;
  readonly pixels: Uint8Array | Uint16Array;
}

/** A body with structure and noise, as a CT (grey) or a photograph of skin (colour) has. */
function picture(size: number, samples: 1 | 3, bits: 8 | 12 | 16): Picture {
  const pixels = bits === 8 ? new Uint8Array(size * size * samples) : new Uint16Array(size * size * samples);
  let state = 1;
  const top = 2 ** bits - 1;
  const scale = top / 4095;
  for (let i = 0; i < size * size; i++) {
    const x = ((i % size) * 512) / size - 256;
    const y = (Math.floor(i / size) * 512) / size - 256;
    const inside = x * x + y * y * 1.4 < 48_000;
    for (let sample = 0; sample < samples; sample++) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      const noise = ((state >>> 16) % 41) - 20;
      const tissue = 1500 + 400 * sample + 700 * Math.sin(x / 17 + sample) * Math.cos(y / 23) + noise;
      const value = inside ? tissue : 40 + noise;
      pixels[i * samples + sample] = Math.max(0, Math.min(top, Math.round(value * scale)));
    }
  }
  return { size, samples, bits, pixels };
}

function part10(of: Picture, transferSyntaxUid?: string, stream?: Uint8Array): Uint8Array {
  const { size, samples, bits } = of;
  return encodePart10({
    ...(transferSyntaxUid === undefined ? {} : { transferSyntaxUid }),
    elements: [
      element(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.7'),
      element(0x00080018, 'UI', '2.25.1'),
      element(0x00080060, 'CS', 'OT'),
      element(0x0020000d, 'UI', '2.25.2'),
      element(0x0020000e, 'UI', '2.25.3'),
      element(0x00280002, 'US', samples),
      element(0x00280004, 'CS', samples === 1 ? 'MONOCHROME2' : 'RGB'),
      ...(samples === 1 ? [] : [element(0x00280006, 'US', 0)]),
      element(0x00280010, 'US', size),
      element(0x00280011, 'US', size),
      element(0x00280100, 'US', bits === 8 ? 8 : 16),
      element(0x00280101, 'US', bits),
      element(0x00280102, 'US', bits - 1),
      element(0x00280103, 'US', 0),
      stream === undefined
        ? element(0x7fe00010, bits === 8 ? 'OB' : 'OW', of.pixels)
        : element(0x7fe00010, 'OB', { fragments: [stream] }),
    ],
  });
}

/** A binary PGM or PPM; samples of more than 8 bits are big endian. */
function pnm(of: Picture): Uint8Array {
  const { size, samples, bits, pixels } = of;
  const bytes = Buffer.from(pixels.slice().buffer);
  if (bits > 8) bytes.swap16();
  return Buffer.concat([
    Buffer.from(`P${samples === 1 ? 5 : 6}\n${size} ${size}\n${2 ** bits - 1}\n`),
    bytes,
  ]);
}

function run(command: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr} ${error ?? ''}`);
}

interface Case {
  readonly name: string;
  readonly samples: 1 | 3;
  readonly bits: 8 | 12 | 16;
  /** Writes `${base}.dcm` (and whatever the tools read) from `${base}-native.dcm` and `${base}.pnm`. */
  readonly make: (of: Picture, base: string) => void;
  /** The native tools: the first is the one the ratio is against. */
  readonly tools: readonly ((base: string) => readonly string[])[];
}

const byTool =
  (command: string, ...args: string[]) =>
  (_: Picture, base: string): void =>
    run(command, [...args, `${base}-native.dcm`, `${base}.dcm`]);

/** A code stream made by a program from the PNM, put into Part 10 by our writer. */
const wrapped =
  (transferSyntaxUid: string, suffix: string, encode: (from: string, to: string) => readonly string[]) =>
  (of: Picture, base: string): void => {
    const [command = '', ...args] = encode(`${base}.p${of.samples === 1 ? 'g' : 'p'}m`, `${base}.${suffix}`);
    run(command, args);
    writeFileSync(`${base}.dcm`, part10(of, transferSyntaxUid, readFileSync(`${base}.${suffix}`)));
  };

const dcmdjpeg = (base: string) => ['dcmdjpeg', '+cn', `${base}.dcm`, `${base}-out.dcm`];
const dcmdjpls = (base: string) => ['dcmdjpls', `${base}.dcm`, `${base}-out.dcm`];
const dcmdrle = (base: string) => ['dcmdrle', `${base}.dcm`, `${base}-out.dcm`];
const gdcmconv = (base: string) => ['gdcmconv', '--raw', `${base}.dcm`, `${base}-out.dcm`];
const opj = (base: string) => ['opj_decompress', '-i', `${base}.j2k`, '-o', `${base}-out.raw`];
const ojph = (base: string) => ['ojph_expand', '-i', `${base}.j2c`, '-o', `${base}-out.ppm`];
const ojphGrey = (base: string) => ['ojph_expand', '-i', `${base}.j2c`, '-o', `${base}-out.pgm`];
const djxl = (base: string) => ['djxl', `${base}.jxl`, `${base}-out.ppm`, '--num_threads=0'];

const j2k = '1.2.840.10008.1.2.4.90';
const j2kLossy = '1.2.840.10008.1.2.4.91';
const htj2k = '1.2.840.10008.1.2.4.201';
const htj2kLossy = '1.2.840.10008.1.2.4.203';
const opjCompress =
  (...args: string[]) =>
  (from: string, to: string) => ['opj_compress', '-i', from, '-o', to, ...args];
const ojphCompress =
  (...args: string[]) =>
  (from: string, to: string) => ['ojph_compress', '-i', from, '-o', to, ...args];
const cjxl =
  (...args: string[]) =>
  (from: string, to: string) => ['cjxl', from, to, '--num_threads=0', ...args];

const cases: readonly Case[] = [
  { name: 'RLE', samples: 1, bits: 12, make: byTool('dcmcrle'), tools: [dcmdrle, gdcmconv] },
  { name: 'RLE RGB', samples: 3, bits: 8, make: byTool('dcmcrle'), tools: [dcmdrle, gdcmconv] },
  {
    name: 'JPEG baseline',
    samples: 1,
    bits: 8,
    make: byTool('dcmcjpeg', '+eb', '+q', '90'),
    tools: [dcmdjpeg, gdcmconv],
  },
  {
    name: 'JPEG baseline RGB 4:4:4',
    samples: 3,
    bits: 8,
    make: byTool('dcmcjpeg', '+eb', '+q', '90', '+s4'),
    tools: [dcmdjpeg, gdcmconv],
  },
  {
    name: 'JPEG baseline RGB 4:2:2',
    samples: 3,
    bits: 8,
    make: byTool('dcmcjpeg', '+eb', '+q', '90', '+s2'),
    tools: [dcmdjpeg, gdcmconv],
  },
  {
    name: 'JPEG extended 12 bit',
    samples: 1,
    bits: 12,
    make: byTool('dcmcjpeg', '+ee', '+q', '90'),
    tools: [dcmdjpeg, gdcmconv],
  },
  {
    name: 'JPEG lossless SV1, 12 bit',
    samples: 1,
    bits: 12,
    make: byTool('dcmcjpeg', '+e1'),
    tools: [dcmdjpeg, gdcmconv],
  },
  {
    name: 'JPEG lossless SV1, 16 bit',
    samples: 1,
    bits: 16,
    make: byTool('dcmcjpeg', '+e1'),
    tools: [dcmdjpeg, gdcmconv],
  },
  {
    name: 'JPEG lossless SV6, 12 bit',
    samples: 1,
    bits: 12,
    make: byTool('dcmcjpeg', '+el', '+sv', '6'),
    tools: [dcmdjpeg, gdcmconv],
  },
  {
    name: 'JPEG lossless RGB',
    samples: 3,
    bits: 8,
    make: byTool('dcmcjpeg', '+e1'),
    tools: [dcmdjpeg, gdcmconv],
  },
  {
    name: 'JPEG-LS lossless',
    samples: 1,
    bits: 12,
    make: byTool('dcmcjpls', '+el'),
    tools: [dcmdjpls, gdcmconv],
  },
  {
    name: 'JPEG-LS lossless 16 bit',
    samples: 1,
    bits: 16,
    make: byTool('dcmcjpls', '+el'),
    tools: [dcmdjpls, gdcmconv],
  },
  {
    name: 'JPEG-LS near 2',
    samples: 1,
    bits: 12,
    make: byTool('dcmcjpls', '+en', '+md', '2'),
    tools: [dcmdjpls, gdcmconv],
  },
  {
    name: 'JPEG-LS RGB',
    samples: 3,
    bits: 8,
    make: byTool('dcmcjpls', '+el', '+il'),
    tools: [dcmdjpls, gdcmconv],
  },
  {
    name: 'JPEG 2000 lossless',
    samples: 1,
    bits: 12,
    make: wrapped(j2k, 'j2k', opjCompress()),
    tools: [opj, gdcmconv],
  },
  {
    name: 'JPEG 2000 lossless 16 bit',
    samples: 1,
    bits: 16,
    make: wrapped(j2k, 'j2k', opjCompress()),
    tools: [opj, gdcmconv],
  },
  {
    name: 'JPEG 2000 lossless RGB',
    samples: 3,
    bits: 8,
    make: wrapped(j2k, 'j2k', opjCompress()),
    tools: [opj, gdcmconv],
  },
  {
    name: 'JPEG 2000 10:1',
    samples: 1,
    bits: 12,
    make: wrapped(j2kLossy, 'j2k', opjCompress('-I', '-r', '10')),
    tools: [opj, gdcmconv],
  },
  {
    name: 'JPEG 2000 RGB 15:1',
    samples: 3,
    bits: 8,
    make: wrapped(j2kLossy, 'j2k', opjCompress('-I', '-r', '15')),
    tools: [opj, gdcmconv],
  },
  {
    name: 'HTJ2K lossless',
    samples: 1,
    bits: 12,
    make: wrapped(htj2k, 'j2c', ojphCompress('-reversible', 'true')),
    tools: [ojphGrey],
  },
  {
    name: 'HTJ2K lossless RGB',
    samples: 3,
    bits: 8,
    make: wrapped(htj2k, 'j2c', ojphCompress('-reversible', 'true')),
    tools: [ojph],
  },
  {
    name: 'HTJ2K lossy',
    samples: 1,
    bits: 12,
    make: wrapped(htj2kLossy, 'j2c', ojphCompress('-qstep', '0.002')),
    tools: [ojphGrey],
  },
  {
    name: 'JPEG XL lossless',
    samples: 1,
    bits: 12,
    make: wrapped('1.2.840.10008.1.2.4.110', 'jxl', cjxl('-d', '0', '-e', '3')),
    tools: [djxl],
  },
  {
    name: 'JPEG XL lossless RGB',
    samples: 3,
    bits: 8,
    make: wrapped('1.2.840.10008.1.2.4.110', 'jxl', cjxl('-d', '0', '-e', '3')),
    tools: [djxl],
  },
  {
    name: 'JPEG XL lossy RGB',
    samples: 3,
    bits: 8,
    make: wrapped('1.2.840.10008.1.2.4.112', 'jxl', cjxl('-d', '1', '-e', '4')),
    tools: [djxl],
  },
  {
    name: 'Deflated Image Frame',
    samples: 1,
    bits: 12,
    make: (of, base) => {
      const raw = deflateRawSync(Buffer.from(of.pixels.buffer));
      writeFileSync(`${base}.dcm`, part10(of, '1.2.840.10008.1.2.8.1', raw));
      writeFileSync(`${base}.zz`, Buffer.from(of.pixels.buffer));
      run('gzip', ['-kf', `${base}.zz`]);
    },
    tools: [(base) => ['gzip', '-dkf', `${base}.zz.gz`]],
  },
];

/** Milliseconds of CPU (all threads) of one decode in this process. */
function ownMs(base: string): number {
  const { dataSet, transferSyntaxUid } = readPart10(memorySource(readFileSync(`${base}.dcm`)));
  const pixels = describePixels(dataSet, standardRenderSettings);
  const start = process.cpuUsage();
  let frames = 0;
  for (const _ of decodeFrames(dataSet, transferSyntaxUid, pixels)) frames += 1;
  const { user, system } = process.cpuUsage(start);
  if (frames !== 1) throw new Error('one frame expected');
  return (user + system) / 1000;
}

function prepare(of: Picture, name: string, make: Case['make']): string {
  const base = join(folder, name);
  writeFileSync(`${base}-native.dcm`, part10(of));
  writeFileSync(`${base}.p${of.samples === 1 ? 'g' : 'p'}m`, pnm(of));
  make(of, base);
  return base;
}

function compare(
  name: string,
  samples: 1 | 3,
  bits: 8 | 12 | 16,
  make: Case['make'],
  tools: Case['tools'],
): string[] {
  const size = samples === 1 ? 1448 : 1024;
  const megapixels = (size * size) / 1e6;
  const large = prepare(picture(size, samples, bits), 'large', make);
  const small = prepare(picture(64, samples, bits), 'small', make);
  let own = Number.POSITIVE_INFINITY;
  const theirs = tools.map(() => ({ large: Number.POSITIVE_INFINITY, small: Number.POSITIVE_INFINITY }));
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < 3; i++) own = Math.min(own, ownMs(large));
    tools.forEach((tool, index) => {
      const best = theirs[index];
      if (best === undefined) return;
      best.large = Math.min(best.large, commandMs(tool(large), toolRuns));
      best.small = Math.min(best.small, commandMs(tool(small), 5 * toolRuns));
    });
  }
  const figures = theirs.map((best) => (best.large - best.small) / megapixels);
  const names = tools.map((tool) => tool('')[0]);
  const ours = own / megapixels;
  return [
    name,
    ours.toFixed(1),
    figures.map((ms, index) => `${names[index]} ${ms.toFixed(1)}`).join(', '),
    figures.map((ms) => (ours / ms).toFixed(2)).join(', '),
  ];
}

const rows: string[][] = [];
for (const { name, samples, bits, make, tools } of cases) {
  if (only !== undefined && !name.toLowerCase().includes(only.toLowerCase())) continue;
  rows.push(compare(name, samples, bits, make, tools));
}
rmSync(folder, { recursive: true });
printTable('Decoding, ms CPU per megapixel', ['', 'Sallyport', 'native tool', 'ratio'], rows);

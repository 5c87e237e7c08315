import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import t from 'tap';
import { annotatedEncodings } from '../../src/annotate/annotate.ts';
import { annotateOptions } from '../../src/cli/annotate-arguments.ts';
import { annotateCommand } from '../../src/cli/commands/annotate.ts';
import { memorySource } from '../../src/dicom/byte-source.ts';
import { readPart10 } from '../../src/dicom/part10.ts';
import { describePixels } from '../../src/render/pixel-description.ts';
import { frameDecoder } from '../../src/render/render.ts';
import { standardRenderSettings } from '../../src/render/settings.ts';
import { encodePart10 } from '../../src/synthetic/dicom-writer.ts';
import { element } from '../../src/synthetic/writer-element.ts';
import { greyImage } from '../support/instances.ts';
import { requirePeer } from '../support/peers.ts';
import { pydicom } from '../support/pydicom.ts';
import { run as runProgram } from '../support/run.ts';

class Sink extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const stdout = new Sink();
  const stderr = new Sink();
  const code = await annotateCommand(args, { stdout, stderr });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

interface Truth {
  readonly seed: string;
  readonly files: readonly {
    readonly input: string;
    readonly output: string;
    readonly sopInstanceUid: string;
    readonly texts: readonly {
      readonly string: string;
      readonly kind: string;
      readonly left: number;
      readonly top: number;
      readonly width: number;
      readonly height: number;
      readonly frame: number;
      readonly frames: number;
    }[];
  }[];
}

const truthOf = (path: string): Truth => JSON.parse(readFileSync(path, 'utf8')) as Truth;
const image = (frames = 1) =>
  encodePart10({
    elements: [
      ...greyImage({ rows: 200, columns: 300, frames }).filter(({ tag }) => tag !== 0x7fe00010),
      element(0x7fe00010, 'OB', new Uint8Array(200 * 300 * frames).fill(7)),
    ],
  });

t.test(
  'the truth tells where pydicom finds changed pixels; names and UIDs stand in the header',
  async (t) => {
    if (!requirePeer(t, 'pydicom')) return;
    const dir = t.testdir();
    const input = join(dir, 'in.dcm');
    writeFileSync(input, image());
    const truth = join(dir, 'truth.json');
    const result = await run(
      ...[input, '--output', join(dir, 'out'), '--truth', truth, '--header', '--language', 'cs'],
      ...['--left', '50', '--top', '100', '--size', '12px', '--color', '255', '--seed', 'proof'],
    );
    t.equal(result.code, 0, result.stderr);
    t.match(result.stdout, '1 annotated with 4 texts, 0 not');
    const [file] = truthOf(truth).files;
    if (file === undefined) return t.fail('no file');
    const [name, id] = file.texts;
    const found = (await pydicom(
      `
import numpy
old, new = (dcmread(path) for path in sys.argv[1:3])
rows, columns = numpy.nonzero(old.pixel_array != new.pixel_array)
print(json.dumps({
  'box': [int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max())],
  'name': str(new.PatientName), 'id': new.PatientID, 'uid': new.SOPInstanceUID,
  'old': old.SOPInstanceUID, 'syntax': new.file_meta.TransferSyntaxUID, 'head': new.file_meta.MediaStorageSOPInstanceUID,
}))`,
      input,
      join(dir, 'out', file.output),
    )) as Record<string, string> & { readonly box: readonly number[] };
    t.strictSame(found.box, [
      Math.min(...file.texts.map(({ left }) => left)),
      Math.min(...file.texts.map(({ top }) => top)),
      Math.max(...file.texts.map(({ left, width }) => left + width - 1)),
      Math.max(...file.texts.map(({ top, height }) => top + height - 1)),
    ]);
    t.equal(found.name?.toUpperCase().replace('^', ', '), name?.string);
    t.equal(`ID: ${found.id}`, id?.string);
    t.equal(found.uid, file.sopInstanceUid);
    t.equal(found.head, file.sopInstanceUid);
    t.not(found.uid, found.old);
    t.equal(found.syntax, '1.2.840.10008.1.2.1');
  },
);

/** Transfer syntax that each form is written in. */
const syntaxes = {
  native: '1.2.840.10008.1.2.1',
  encapsulated: '1.2.840.10008.1.2.1.98',
  deflated: '1.2.840.10008.1.2.8.1',
  rle: '1.2.840.10008.1.2.5',
  jpegLossless: '1.2.840.10008.1.2.4.70',
  jpegLs: '1.2.840.10008.1.2.4.80',
  jpeg2000: '1.2.840.10008.1.2.4.90',
  htj2k: '1.2.840.10008.1.2.4.201',
  jpegXl: '1.2.840.10008.1.2.4.110',
} as const;

t.test(
  'in every encoding the pixels are those of the native output, and the truth is the same',
  async (t) => {
    t.strictSame([...annotatedEncodings].sort(), Object.keys(syntaxes).sort(), 'none is left out');
    const dir = t.testdir();
    const input = join(dir, 'in.dcm');
    writeFileSync(input, image(2));
    const native: { truth?: unknown; pixels?: readonly Uint8Array[] } = {};
    for (const encoding of annotatedEncodings) {
      const output = join(dir, encoding);
      const truth = join(dir, `${encoding}.json`);
      const chosen = ['--encoding', encoding, '--text', 'DOE^JANE', '--size', '20px', '--seed', 'e'];
      const result = await run(input, '--output', output, '--truth', truth, ...chosen);
      t.equal(result.code, 0, result.stderr);
      const [file] = truthOf(truth).files;
      const read = readPart10(memorySource(readFileSync(join(output, file?.output ?? ''))));
      t.equal(read.transferSyntaxUid, syntaxes[encoding], encoding);
      const pixels = describePixels(read.dataSet, standardRenderSettings);
      const frameAt = frameDecoder(read.dataSet, read.transferSyntaxUid, pixels);
      const decoded = [0, 1].map((index) => Uint8Array.from(frameAt(index).bytes));
      native.truth ??= file?.texts;
      native.pixels ??= decoded;
      t.strictSame(file?.texts, native.truth, `${encoding}: texts`);
      for (const [index, frame] of decoded.entries())
        t.equal(
          Buffer.compare(frame, native.pixels[index] ?? Buffer.alloc(0)),
          0,
          `${encoding}: frame ${index + 1}`,
        );
      t.ok(
        decoded.every((frame) => frame.some((value) => value !== 7)),
        'with text',
      );
    }
  },
);

t.test('GDCM reads what was encoded', async (t) => {
  if (!requirePeer(t, 'gdcmconv', 'pydicom')) return;
  const dir = t.testdir();
  const input = join(dir, 'in.dcm');
  writeFileSync(input, image());
  const digest = (path: string) =>
    pydicom(
      'import hashlib\nprint(json.dumps(hashlib.sha256(dcmread(sys.argv[1]).PixelData).hexdigest()))',
      path,
    );
  const written = async (encoding: string): Promise<string> => {
    const output = join(dir, encoding);
    const chosen = ['--truth', join(dir, `${encoding}.json`), '--encoding', encoding, '--seed', 'e'];
    t.match(await run(input, '--output', output, ...chosen), { code: 0 });
    return join(output, '000001.dcm');
  };
  const native = await digest(await written('native'));
  for (const encoding of ['rle', 'jpegLossless', 'jpegLs', 'jpeg2000']) {
    const decoded = join(dir, `${encoding}.dcm`);
    const converted = await runProgram('gdcmconv', ['--raw', await written(encoding), decoded]);
    t.equal(converted.exitCode, 0, encoding);
    t.equal(await digest(decoded), native, `${encoding}: the native pixels`);
  }
});

t.test(
  'pixels that a form cannot hold are refused, not written otherwise; unknown forms are told',
  async (t) => {
    const dir = t.testdir();
    const bitmap = encodePart10({
      elements: [
        ...greyImage({ rows: 64, columns: 64 }).filter(
          ({ tag }) => ![0x7fe00010, 0x00280100, 0x00280101, 0x00280102].includes(tag),
        ),
        element(0x00280100, 'US', 1),
        element(0x00280101, 'US', 1),
        element(0x00280102, 'US', 0),
        element(0x7fe00010, 'OB', new Uint8Array((64 * 64) / 8)),
      ],
    });
    writeFileSync(join(dir, 'in.dcm'), bitmap);
    const args = [
      join(dir, 'in.dcm'),
      '--output',
      join(dir, 'out'),
      '--truth',
      join(dir, 'truth.json'),
      '--text',
      'A',
    ];
    t.match(await run(...args, '--encoding', 'jpegLs'), { code: 1, stderr: /ENCODE_FAILED/ });
    t.strictSame(readdirSync(join(dir, 'out')), []);
    t.match(await run(...args), { code: 0 }, 'it can be annotated');
    t.match(await run(...args, '--encoding', 'jpeg'), { code: 64, stderr: /--encoding is one of native/ });
  },
);

t.test('the same seed gives the same bytes, another one others', async (t) => {
  const dir = t.testdir({ in: { deep: {} } });
  writeFileSync(join(dir, 'in', 'b.dcm'), image());
  writeFileSync(join(dir, 'in', 'deep', 'a.dcm'), image(3));
  const made = async (name: string, seed: string): Promise<string[]> => {
    const output = join(dir, name);
    const args = [join(dir, 'in'), '--output', output, '--truth', join(dir, `${name}.json`)];
    const result = await run(...args, '--seed', seed, '--random', '3', '--language', 'any');
    t.equal(result.code, 0, result.stderr);
    return readdirSync(output).map((file) => readFileSync(join(output, file), 'base64'));
  };
  const one = await made('one', 'x');
  t.equal(one.length, 2);
  t.strictSame(await made('two', 'x'), one);
  t.strictSame(truthOf(join(dir, 'two.json')), truthOf(join(dir, 'one.json')));
  t.notSame(await made('three', 'y'), one);
});

t.test('a layout of one line: frames, movement, kind', async (t) => {
  const dir = t.testdir();
  writeFileSync(join(dir, 'in.dcm'), image(5));
  const truth = join(dir, 'truth.json');
  const line = ['--text', 'L', '--kind', 'harmless', '--frames', '2-3', '--move', '4,0'];
  const result = await run(join(dir, 'in.dcm'), '--output', join(dir, 'out'), '--truth', truth, ...line);
  t.equal(result.code, 0, result.stderr);
  const texts = truthOf(truth).files[0]?.texts ?? [];
  t.strictSame(
    texts.map(({ string, kind, frame, frames }) => [string, kind, frame, frames]),
    [
      ['L', 'harmless', 2, 1],
      ['L', 'harmless', 3, 1],
    ],
  );
  t.equal((texts[1]?.left ?? 0) - (texts[0]?.left ?? 0), 4);
});

t.test('frames that an image does not have are said', async (t) => {
  const dir = t.testdir({ 'in.dcm': Buffer.from(image(2)) });
  const truth = join(dir, 'truth.json');
  const result = await run(
    ...[join(dir, 'in.dcm'), '--output', join(dir, 'out'), '--truth', truth],
    ...['--text', 'L', '--frames', '3-4'],
  );
  t.equal(result.code, 1);
  t.match(result.stderr, /REQUEST_INVALID.*--frames 3 of 2/);
  t.same(JSON.parse(readFileSync(truth, 'utf8')).files, []);
});

t.test('no input is overwritten', async (t) => {
  const dir = t.testdir({ in: {} });
  const input = join(dir, 'in', '000001.dcm');
  const original = Buffer.from(image());
  writeFileSync(input, original);
  const places = (output: string, truth: string) => ['--output', output, '--truth', join(dir, truth)];
  for (const args of [
    [input, ...places(join(dir, 'in'), 'truth.json')],
    [join(dir, 'in'), ...places(join(dir, 'in', '.'), 'truth.json')],
    [input, ...places(join(dir, 'out'), 'in/000001.dcm')],
  ]) {
    const result = await run(...args);
    t.equal(result.code, 64);
    t.match(result.stderr, 'choose other ones');
  }
  t.ok(readFileSync(input).equals(original));
  t.strictSame(readdirSync(join(dir, 'in')), ['000001.dcm']);
  // A folder of outputs below that of the inputs is passed over.
  const below = await run(join(dir, 'in'), ...places(join(dir, 'in', 'out'), 'truth.json'));
  t.equal(below.code, 0, below.stderr);
});

t.test('one bad input ends nothing', async (t) => {
  const dir = t.testdir({ in: { 'a.txt': 'no DICOM in here, only text of some length' } });
  writeFileSync(join(dir, 'in', 'b.dcm'), image());
  const result = await run(join(dir, 'in'), '--output', join(dir, 'out'), '--truth', join(dir, 'truth.json'));
  t.equal(result.code, 1);
  t.match(result.stderr, 'NOT_DICOM');
  t.equal(truthOf(join(dir, 'truth.json')).files[0]?.output, '000002.dcm');
});

t.test('wrong arguments and places that cannot be written', async (t) => {
  const dir = t.testdir();
  writeFileSync(join(dir, 'in.dcm'), image());
  const places = ['--output', join(dir, 'out'), '--truth', join(dir, 'truth.json')];
  for (const [wrong, said] of [
    [['--size', '0'], '--size'],
    [['--color', 'red'], '--color'],
    [['--rotation', '45'], '--rotation'],
    [['--font', 'absent.ttf'], '--font'],
    [['--frames', '3-2'], '--frames'],
    [['--random', '0'], '--random'],
    [['--left', '101'], '--left'],
    [['--language', 'xx'], '--language'],
    [['--kind', 'secret'], '--kind'],
    [['--move', '1'], '--move'],
    [['--text', ' '], '--text is empty'],
    [['--random', '3', '--text', 'x', '--size', '20px', '--hard'], 'leave them out: --text, --size, --hard'],
  ] as const) {
    const result = await run(join(dir, 'in.dcm'), ...places, ...wrong);
    t.equal(result.code, 64, wrong.join(' '));
    t.match(result.stderr, said);
  }
  t.equal((await run(join(dir, 'in.dcm'))).code, 64);
  t.equal((await run(...places)).code, 64);
  mkdirSync(join(dir, 'folder'));
  t.equal(
    (await run(join(dir, 'in.dcm'), '--output', join(dir, 'in.dcm'), '--truth', join(dir, 'x'))).code,
    73,
  );
  t.equal(
    (await run(join(dir, 'in.dcm'), '--output', join(dir, 'out'), '--truth', join(dir, 'folder'))).code,
    73,
  );
  const help = await run('--help');
  t.equal(help.code, 0);
  for (const name of Object.keys(annotateOptions)) if (name !== 'help') t.match(help.stdout, `--${name}`);
});

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { element } from '../../src/synthetic/writer-element.ts';
import { enhanced, slice } from '../pipeline/images.ts';
import { readsImages } from '../render/output/pictures.ts';
import { storescu } from '../support/dcmtk.ts';
import { startGateway } from '../support/gateway.ts';
import { writeInstance } from '../support/instances.ts';
import { peerProgram, requirePeer } from '../support/peers.ts';
import { pydicom } from '../support/pydicom.ts';
import { run } from '../support/run.ts';

interface ReceivedImage {
  readonly instanceNumber: number;
  readonly frameNumber: number;
  readonly framesSelected: number;
  readonly numberOfFrames: number;
  readonly contentType: string;
  readonly dataWidth: number;
  readonly dataHeight: number;
  readonly sampleBits: number;
  readonly sampleSlope: number;
  readonly sampleIntercept: number;
}

const program = `${readsImages}
wrong = []
for job in json.load(open(sys.argv[1])):
    stored = dcmread(job['dicom']).pixel_array
    if stored.ndim == 3: stored = stored[job['frame'] - 1]
    found, most = samples(job['decoded'])
    back = found.reshape(stored.shape).astype(float) * job['slope'] + job['intercept']
    if most != 2 ** job['bits'] - 1 or not (back == stored).all(): wrong.append(job['decoded'])
print(json.dumps(wrong))
`;

const decoders = {
  jxl: (from: string, to: string) => run(peerProgram('djxl'), [from, to]),
  jhc: (from: string, to: string) => run(peerProgram('opj_decompress'), ['-i', from, '-o', to]),
};

for (const [format, extension, contentType] of [
  ['png', 'png', 'image/png'],
  ['jxl', 'jxl', 'image/jxl'],
  ['htj2k', 'jhc', 'image/jphc'],
] as const) {
  t.test(`a backend for machine learning gets the stored values as ${format}`, async (t) => {
    if (!requirePeer(t, 'storescu', 'pydicom', 'djxl', 'opj_decompress')) return;
    const dir = t.testdir();
    const gateway = await startGateway(t, {
      directory: dir,
      args: [`--render.format=${format}`, '--render.frames=at-most:2', '--render.maxLongEdge=16'],
    });
    const window = [element(0x00281050, 'DS', '40'), element(0x00281051, 'DS', '400')];
    const files = new Map([
      [1, writeInstance(join(dir, 'enhanced.dcm'), enhanced('a', 3).elements)],
      [7, writeInstance(join(dir, 'slice.dcm'), slice('b', 7, ...window).elements)],
    ]);
    const sent = await storescu({ port: gateway.dimsePort }, [...files.values()]);
    t.equal(sent.exitCode, 0, sent.output);
    await gateway.settled();
    const names = readdirSync(gateway.receivedDir, { recursive: true, encoding: 'utf8' });
    const found = names.filter((name) => name.endsWith(`.${extension}`));
    t.equal(found.length, 3, 'two of the three frames, and the slice');
    const jobs = [];
    for (const name of found) {
      const path = join(gateway.receivedDir, name);
      const own = path.replace(`.${extension}`, '.json');
      const described = names.includes(own.slice(gateway.receivedDir.length + 1))
        ? own
        : path.replace(/[^/]+$/, 'image.json');
      const image = JSON.parse(readFileSync(described, 'utf8')) as ReceivedImage;
      const several = image.instanceNumber === 1;
      t.match(image, {
        contentType,
        framesSelected: several ? 2 : 1,
        numberOfFrames: several ? 3 : 1,
        dataWidth: 32,
        dataHeight: 32,
        sampleSlope: 1,
      });
      let decoded = path;
      if (extension !== 'png') {
        decoded = `${path}.pgm`;
        const { exitCode, output } = await decoders[extension](path, decoded);
        t.equal(exitCode, 0, exitCode === 0 ? name : output);
      }
      jobs.push({
        dicom: files.get(image.instanceNumber),
        frame: image.frameNumber,
        decoded,
        bits: image.sampleBits,
        slope: image.sampleSlope,
        intercept: image.sampleIntercept,
      });
    }
    writeFileSync(join(dir, 'jobs'), JSON.stringify(jobs));
    t.same(await pydicom(program, join(dir, 'jobs')), [], 'pydicom reads the same values in the originals');
  });
}

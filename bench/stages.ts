import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contentDigestAlgorithm } from '../src/core/instance.ts';
import { deidentify } from '../src/deidentify/deidentify.ts';
import { loadProfile } from '../src/deidentify/profile.ts';
import { createPseudonyms } from '../src/deidentify/pseudonyms.ts';
import { encodePart10 } from '../src/dicom/encode.ts';
import { readPart10 } from '../src/dicom/part10.ts';
import { openFileSource, reusedBuffer, wholeFileBytes } from '../src/pipeline/file-source.ts';
import { describeSeries, describeStudy, imageWriter } from '../src/pipeline/payload.ts';
import { redact } from '../src/redact/redact.ts';
import { type EightBitImage, encodeJpeg } from '../src/render/output/sharp.ts';
import { drawFrames, render } from '../src/render/render.ts';
import { standardRenderSettings } from '../src/render/settings.ts';
import { writeCtSeries } from '../src/synthetic/bulk.ts';
import { printTable } from './measure.ts';

/** What the bare encode is given: the picture of one of the files, made once. */
function firstDrawn(path: string): EightBitImage {
  const source = openFileSource(path);
  try {
    const { dataSet, transferSyntaxUid } = readPart10(source);
    const [drawn] = drawFrames(dataSet, transferSyntaxUid, standardRenderSettings);
    if (drawn === undefined) throw new Error('nothing drawn');
    return drawn.image;
  } finally {
    source.close();
  }
}

const engine = (): never => {
  throw new Error('text is searched in none of them');
};

/** CPU of one thread by stage for CT of 512x512 16 bit, beside the bare sharp encode of as many pixels. */
const count = 200;
const buffer = reusedBuffer();
const root = mkdtempSync(join(tmpdir(), 'sallyport-bench-'));
try {
  const files = await writeCtSeries({ directory: root, count });
  const profile = loadProfile('basic');
  const pseudonyms = createPseudonyms(Buffer.alloc(32, 7));
  const settings = standardRenderSettings;
  const spent: Record<string, number> = {};
  const cpu = (): number => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
  const timed = async <T>(name: string, work: () => T | Promise<T>): Promise<T> => {
    const before = cpu();
    const result = await work();
    spent[name] = (spent[name] ?? 0) + cpu() - before;
    return result;
  };
  const image = firstDrawn(files[0] ?? '');
  for (const round of ['warm', 'measured']) {
    for (const key of Object.keys(spent)) spent[key] = 0;
    for (const path of files) {
      const source = await timed('read the file', () => openFileSource(path, wholeFileBytes, buffer));
      const part10 = await timed('parse', () => readPart10(source));
      // Of low risk: risk and device rules are judged, and nobody looks at the pixels.
      const treated = await timed('judge the risk of text (low)', () =>
        redact(part10, { profile, draw: settings, onlyFramesLeave: true, onlyShownLeaves: true, engine }),
      );
      if (treated.kind !== 'untouched') throw new Error(`not of low risk: ${treated.kind}`);
      const result = await timed('de-identify', () => deidentify(part10, { profile, pseudonyms }));
      if (result.kind !== 'deidentified') throw new Error(`held: ${result.code}`);
      const write = imageWriter(result.value);
      const frames = await timed('render (window, JPEG)', async () => {
        const list = [];
        for await (const frame of render(result.value, settings)) list.push(frame);
        return list;
      });
      await timed('payload (JSON, Base64)', () => {
        describeStudy(result.value, { profile: profile.id, profileRevision: 'r', keyId: pseudonyms.keyId });
        describeSeries(result.value);
        for (const frame of frames) write(frame, frame.data);
      });
      await timed('digest of the content', () =>
        createHash(contentDigestAlgorithm).update(source.read(0, source.size)).digest('hex'),
      );
      await timed('(write de-identified Part 10, offline only)', () => {
        let bytes = 0;
        for (const chunk of encodePart10({
          dataSet: result.value.dataSet,
          transferSyntaxUid: result.value.transferSyntaxUid,
          head: new Uint8Array(),
        }))
          bytes += chunk.length;
        return bytes;
      });
      await timed('(bare sharp encode of 512x512 grey)', () => encodeJpeg(image, settings.quality));
      source.close();
    }
    if (round === 'warm') continue;
    const bare = (spent['(bare sharp encode of 512x512 grey)'] ?? 0) / count;
    printTable(
      `CPU by stage, one thread, ${count} CT of 512x512`,
      ['stage', 'ms an instance', 'against the bare encode'],
      Object.entries(spent).map(([name, ms]) => [
        name,
        (ms / count).toFixed(2),
        (ms / count / bare).toFixed(2),
      ]),
    );
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}

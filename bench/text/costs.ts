import { annotate } from '../../src/annotate/annotate.ts';
import { planRandomly, standardRandomPlan } from '../../src/annotate/plan.ts';
import { memorySource } from '../../src/dicom/byte-source.ts';
import { readPart10 } from '../../src/dicom/part10.ts';
import { openTextEngine } from '../../src/ocr/engine.ts';
import type { TextEngine } from '../../src/ocr/text-engine.ts';
import { encodePart10 } from '../../src/synthetic/dicom-writer.ts';
import { dxImage } from '../../src/synthetic/images.ts';
import { element } from '../../src/synthetic/writer-element.ts';
import { median, memoryMiB, printTable } from '../measure.ts';
import { draw, type Input } from './planted.ts';
import { treat } from './treat.ts';

/** Images of the test of memory: small ones of as many sizes. */
const memorySizes = 40;

/** A radiograph of a phantom with texts, as so many equal frames. */
async function study(
  frames: number,
  { rows, columns, texts } = { rows: 600, columns: 800, texts: 10 },
): Promise<Input> {
  const options = { seed: 'bench text', instanceNumber: 1, seriesNumber: 1, rows, columns };
  const elements = dxImage({ ...options, date: '20250101', time: '120000' });
  const pixels = elements.find(({ tag }) => tag === 0x7fe00010)?.value;
  if (!(pixels instanceof Uint16Array)) throw new TypeError('pixels of the phantom');
  const all = new Uint16Array(pixels.length * frames);
  for (let frame = 0; frame < frames; frame++) all.set(pixels, frame * pixels.length);
  const written = encodePart10({
    elements: [
      ...elements.filter(({ tag }) => tag !== 0x7fe00010),
      element(0x00280008, 'IS', String(frames)),
      element(0x7fe00010, 'OW', all),
    ],
  });
  const input = readPart10(memorySource(written));
  const plan = planRandomly(draw(input, 1), 1, { ...standardRandomPlan, seed: 'costs', count: texts });
  return annotate(
    input,
    plan.annotations.map((annotation) => ({ ...annotation, frames })),
  );
}

/** Wall and CPU of redaction: an image of 800 x 600 on one and two threads, and a still cine. */
export async function measureCosts(engine: TextEngine): Promise<void> {
  void engine;
  const rows: (string | number)[][] = [];
  const [one, cine] = [await study(1), await study(100)];
  const picture = draw(one, 1);
  for (const threads of [1, 2]) {
    const own = await openTextEngine({ threads });
    const single = await timed(() => own.find(picture, { read: true }), 5);
    const quick = await timed(() => own.find(picture, { read: true, quickly: true }), 5);
    const gateway = await timed(
      () => treat(one, 'all', own, { onlyFramesLeave: true, onlyShownLeaves: true }),
      3,
    );
    const whole = await timed(() => treat(one, 'identifying', own), 3);
    const frames = await timed(() => treat(cine, 'identifying', own), 1);
    rows.push([`${threads} thread${threads > 1 ? 's' : ''}, find and read`, ...single, '']);
    rows.push(['find and read quickly, as mode all does', ...quick, '']);
    rows.push(['whole redaction in the gateway, mode all', ...gateway, '']);
    rows.push(['whole redaction offline, hidden values included', ...whole, '']);
    rows.push(['100 equal frames', ...frames, (Number(frames[0]) / Number(whole[0])).toFixed(2)]);
    await own.close();
  }
  printTable('Cost, 800 x 600 with ten texts', ['', 'wall ms', 'CPU ms', 'of one frame'], rows);
}

async function timed(work: () => Promise<unknown>, runs: number): Promise<readonly [string, string]> {
  await work();
  const walls: number[] = [];
  const cpus: number[] = [];
  for (let run = 0; run < runs; run++) {
    const began = performance.now();
    const used = process.cpuUsage();
    await work();
    walls.push(performance.now() - began);
    const { user, system } = process.cpuUsage(used);
    cpus.push((user + system) / 1000);
  }
  return [median(walls).toFixed(0), median(cpus).toFixed(0)];
}

/** Memory of this process while it redacts so many images, one after another. */
export async function measureMemory(count: number, engine: TextEngine): Promise<void> {
  const inputs: Input[] = [];
  for (let size = 0; size < memorySizes; size++)
    inputs.push(await study(1, { rows: 96 + 4 * size, columns: 300 - 5 * size, texts: 2 }));
  const rows: (string | number)[][] = [];
  for (let done = 1; done <= count; done++) {
    const input = inputs[done % memorySizes];
    if (input !== undefined) await treat(input, 'identifying', engine);
    if (done % Math.max(1, Math.floor(count / 10)) === 0)
      rows.push([done, memoryMiB(process.pid).now.toFixed(0), memoryMiB(process.pid).peak.toFixed(0)]);
  }
  printTable('Memory', ['images', 'MiB now', 'MiB at most'], rows);
}

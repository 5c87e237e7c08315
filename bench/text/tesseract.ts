import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { PixelBox } from '../../src/core/redaction.ts';
import { type EightBitImage, encodePng } from '../../src/render/output/sharp.ts';

/** Boxes of the words that Tesseract reads; one thread. Undefined where there is no such program. */
export async function tesseractBoxes(
  image: EightBitImage,
  pageMode: '3' | '11',
): Promise<readonly PixelBox[] | undefined> {
  const png = await encodePng({ ...image, samples: image.pixels });
  const child = spawn('tesseract', ['stdin', 'stdout', '--psm', pageMode, 'tsv'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, OMP_THREAD_LIMIT: '1' },
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(png);
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = await once(child, 'close').catch(() => undefined);
  if (ended === undefined) return undefined;
  return Buffer.concat(chunks)
    .toString('utf8')
    .split('\n')
    .map((line) => line.split('\t'))
    .filter((cells) => cells[0] === '5' && Number(cells[10]) >= 0 && (cells[11] ?? '').trim() !== '')
    .map((cells) => {
      const [left = 0, top = 0, width = 0, height = 0] = cells.slice(6, 10).map(Number);
      return { left, top, width, height };
    });
}

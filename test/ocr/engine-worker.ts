import { parentPort } from 'node:worker_threads';
import { openTextEngine } from '../../src/ocr/engine.ts';
import type { FoundText, Picture } from '../../src/ocr/picture.ts';

/** Thread of a test: looks for text in each picture it is sent. */
const engine = await openTextEngine({ threads: 1 });
parentPort?.on('message', async (picture: Picture | null) => {
  if (picture === null) {
    await engine.close();
    parentPort?.close();
    return;
  }
  const found: readonly FoundText[] = await engine.find(picture, { read: true });
  parentPort?.postMessage(found);
});

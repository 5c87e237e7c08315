import { readFileSync } from 'node:fs';
import t from 'tap';
import { memorySource } from '../../../src/dicom/byte-source.ts';
import { readPart10 } from '../../../src/dicom/part10.ts';
import { openTextEngine } from '../../../src/ocr/engine.ts';
import { findInFrames } from '../../../src/redact/frames/find-in-frames.ts';
import { frameViews } from '../../../src/redact/frames/frame-views.ts';
import { standardRenderSettings } from '../../../src/render/settings.ts';
import { corpusFiles, corpusMissing } from '../../support/corpus.ts';

/** Still images with several lines of text, as the manifest says. */
const burned = corpusFiles().filter(
  ({ burnedInText, frames }) => burnedInText.startsWith('yes') && (frames ?? 1) <= 2,
);

t.test('every frame of real images with burned-in text gives lines', { skip: corpusMissing }, async (t) => {
  const engine = await openTextEngine({ threads: 1 });
  t.teardown(() => engine.close());
  t.ok(burned.length >= 4, 'the manifest names some');
  for (const { name, path } of burned) {
    const input = readPart10(memorySource(new Uint8Array(readFileSync(path))));
    for await (const { frame, texts } of findInFrames(frameViews(input, standardRenderSettings), engine, {
      read: false,
      hidden: true,
    }))
      t.ok(texts.length >= 2, `${name}, frame ${frame}`);
  }
});

import { readFileSync } from 'node:fs';
import t from 'tap';
import { openSessions } from '../../src/ocr/sessions.ts';

const picture = (width: number, height: number) => ({
  width,
  height,
  pixels: new Uint8Array(3 * width * height),
});

t.test('the networks answer in their shapes', async (t) => {
  const sessions = await openSessions({ threads: 1 });
  const chances = await sessions.locate(picture(96, 64));
  t.equal(chances.length, 2 * 48 * 32);
  t.ok(chances.every((value) => value >= 0 && value <= 1));
  const read = await sessions.recognize({
    values: new Float32Array(2 * 3 * 48 * 64),
    dimensions: [2, 3, 48, 64],
  });
  const characters = readFileSync(sessions.charactersPath, 'utf8').trimEnd().split('\n').length;
  // A blank before, a space behind the characters of the file.
  t.same(read.dimensions, [2, 8, characters + 2]);
  const turned = await sessions.classify({
    values: new Float32Array(3 * 48 * 192),
    dimensions: [1, 3, 48, 192],
  });
  t.same(turned.dimensions, [1, 2]);

  await sessions.close();
  const closed = { code: 'TEXT_SEARCH_UNAVAILABLE', detail: 'closed' };
  await t.rejects(async () => sessions.locate(picture(32, 32)), closed);
  for (const use of [sessions.recognize, sessions.classify]) {
    await t.rejects(async () => use({ values: new Float32Array(3072), dimensions: [1, 3, 32, 32] }), closed);
  }
});

t.test('a run that fails has the code, and the session lives on', async (t) => {
  const sessions = await openSessions({ threads: 1 });
  t.teardown(() => sessions.close());
  await t.rejects(sessions.locate({ width: 33, height: 11, pixels: new Uint8Array(5) }), {
    code: 'TEXT_SEARCH_UNAVAILABLE',
    detail: 'detector',
  });
  const chances = await sessions.locate(picture(32, 32));
  t.equal(chances.length, 2 * 16 * 16);
});

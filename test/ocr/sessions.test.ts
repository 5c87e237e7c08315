import { readFileSync } from 'node:fs';
import t from 'tap';
import { openSessions } from '../../src/ocr/sessions.ts';

t.test('the networks of the installed package answer in their shapes', async (t) => {
  const sessions = await openSessions({ threads: 1 });
  const map = await sessions.detect({ values: new Float32Array(3 * 64 * 96), dimensions: [1, 3, 64, 96] });
  t.equal(map.length, 64 * 96);
  t.ok(map.every((value) => value >= 0 && value <= 1));
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
  for (const use of [sessions.detect, sessions.recognize, sessions.classify]) {
    await t.rejects(async () => use({ values: new Float32Array(3072), dimensions: [1, 3, 32, 32] }), {
      code: 'TEXT_SEARCH_UNAVAILABLE',
      detail: 'closed',
    });
  }
});

t.test('a run that fails has the code, and the session lives on', async (t) => {
  const sessions = await openSessions({ threads: 1 });
  t.teardown(() => sessions.close());
  await t.rejects(sessions.detect({ values: new Float32Array(33), dimensions: [1, 1, 3, 11] }), {
    code: 'TEXT_SEARCH_UNAVAILABLE',
    detail: 'detector',
  });
  const map = await sessions.detect({ values: new Float32Array(3 * 32 * 32), dimensions: [1, 3, 32, 32] });
  t.equal(map.length, 1024);
});

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import t from 'tap';
import { textEngineVersions } from '../../src/ocr/revision.ts';
import { redactRevision } from '../../src/redact/revision.ts';

const box = { frame: 1, left: 2, top: 3, width: 4, height: 5 };

t.test('the revision names the packages that are installed, and the network', async (t) => {
  for (const entry of textEngineVersions) {
    const [name = '', version] = entry.split(' ');
    if (name.startsWith('models/')) {
      const model = readFileSync(new URL(`../../${name}`, import.meta.url));
      t.equal(createHash('sha256').update(model).digest('hex').slice(0, 8), version, name);
      continue;
    }
    const file = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
    t.equal((JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version, version, name);
  }
});

t.test('what a person drew is part of it, down to the pixel', async (t) => {
  const plain = redactRevision(null);
  t.match(plain, /^[0-9a-f]{8}$/);
  const all = [
    plain,
    redactRevision([]),
    redactRevision([box]),
    redactRevision([box, box]),
    redactRevision([{ ...box, frame: null }]),
    redactRevision([{ ...box, frames: 2 }]),
    ...(['left', 'top', 'width', 'height'] as const).map((side) => redactRevision([{ ...box, [side]: 9 }])),
  ];
  t.equal(new Set(all).size, all.length);
  t.equal(redactRevision([{ ...box, frames: 1 }]), redactRevision([box]), 'the same box otherwise written');
  t.ok(all.slice(1).every((revision) => revision.startsWith(`${plain}-`)));
});

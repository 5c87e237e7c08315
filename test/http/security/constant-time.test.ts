import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

const folder = join(import.meta.dirname, '..', '..', '..', 'src', 'http');
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }));

t.test('secrets are compared in one place, and by everyone who compares any', async (t) => {
  const comparing = sources.filter(({ text }) => text.includes('timingSafeEqual'));
  t.same(
    comparing.map(({ file }) => file),
    ['security/constant-time.ts'],
  );
  for (const [file, helper] of [
    ['security/token-store.ts', 'equalDigests('],
    ['security/configured-token.ts', 'equalSecrets('],
    ['security/sessions.ts', 'equalSecrets('],
  ] as const)
    t.ok(sources.find((source) => source.file === file)?.text.includes(helper), file);
  // The texts that are secrets here, beside an operator that stops at the first difference.
  const careless =
    /\b(secret|expected|csrf|csrfToken|apiToken|credential)\s*[=!]==(?!\s*(?:undefined|null|''))/;
  t.same(
    sources.filter(({ text }) => careless.test(text)).map(({ file }) => file),
    [],
  );
});

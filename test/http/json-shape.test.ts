import t from 'tap';
import { isMostlyText, longJsonCharacters } from '../../src/http/json-shape.ts';
import { startReal } from './real-gateway.ts';

const long = 2 * longJsonCharacters;

t.test('a file in Base64 is mostly text, however it is written', async (t) => {
  t.equal(isMostlyText(`{"file":"${'A'.repeat(long)}"}`), true);
  t.equal(isMostlyText(`{\n  "file" : "${'AB\\/'.repeat(long)}"\n}`), true, 'with slashes escaped');
  t.equal(isMostlyText(`{"file":"${'A'.repeat(long)}","data":"\\"\\\\"}`), true);
  t.equal(isMostlyText(`{"file":"${'A'.repeat(long)}`), true, 'cut off: for the parser to say');
  t.equal(isMostlyText(`{"file":"${'A'.repeat(long)}\\"`), true);
});

t.test('what would become millions of objects is not', async (t) => {
  for (const [name, json] of Object.entries({
    brackets: '['.repeat(long),
    'nested objects': '{"a":'.repeat(long),
    keys: `{${Array.from({ length: 50_000 }, (_, index) => `"k${index}":1`).join()}}`,
    'empty texts': `[${'"",'.repeat(long)}""]`,
    numbers: `[${'1,'.repeat(long)}1]`,
    blanks: ' '.repeat(long),
    'a text, then brackets': `{"file":"${'A'.repeat(long)}","x":${'['.repeat(long)}`,
    'brackets behind an escaped quote': `["\\"",${'['.repeat(long)}`,
    'escaped quotes': `"${'\\"'.repeat(long)}"`,
    backslashes: `"${'\\\\'.repeat(long)}"`,
  }))
    t.equal(isMostlyText(json), false, name);
});

t.test('long brackets are refused before they are parsed', async (t) => {
  const real = await startReal(t, { directory: t.testdir() });
  const headers = { 'content-type': 'application/json' };
  const body = Buffer.from('['.repeat(long));
  const answer = await real.ask(t, 'POST', '/uploadfile', { body, headers });
  t.equal(answer.status, 400);
  t.match(answer.text, 'a long body with more in it than one text');
});

import t from 'tap';
import { element } from '../../src/synthetic/writer-element.ts';
import { original, output, verified, withOptions } from './build.ts';

const burnedIn = (value: string) => element(0x00280301, 'CS', value);
const treated = { mode: 'all', complete: true, changed: true };
const findingsOf = (
  outputBytes: Uint8Array,
  { pixels, before = original() }: { pixels?: unknown; before?: Uint8Array } = {},
): string[] =>
  verified({
    originals: { a: before },
    outputs: { a: outputBytes },
    manifest: [
      {
        input: '/in/a',
        output: '/out/a',
        status: 'deidentified',
        ...(pixels === undefined ? {} : { pixels }),
      },
    ],
  }).findings.map(({ finding }) => finding);

const otherPixels = element(0x7fe00010, 'OW', new Uint8Array(512).fill(3));

t.test('clean pixels are believed where Burned In Annotation and the manifest say the same', async (t) => {
  const claim = [withOptions('113100', '113101'), otherPixels] as const;
  t.same(findingsOf(output(...claim, burnedIn('NO')), { pixels: treated }), []);
  t.same(findingsOf(output(...claim, burnedIn('NO'))), [], 'a manifest that tells nothing of pixels');
  t.same(findingsOf(output(...claim), { pixels: treated }), ['clean-pixels-unfounded']);
  t.same(findingsOf(output(...claim, burnedIn('YES')), { pixels: treated }), ['clean-pixels-unfounded']);
  for (const pixels of [
    null,
    { ...treated, complete: false },
    { mode: 'none', complete: false, changed: true },
  ])
    t.same(findingsOf(output(...claim, burnedIn('NO')), { pixels }), ['clean-pixels-unfounded']);
});

t.test('Burned In Annotation NO wants a ground', async (t) => {
  const plain = withOptions('113100');
  t.same(findingsOf(output(plain, otherPixels, burnedIn('NO')), { pixels: null }), [
    'burned-in-no-unfounded',
  ]);
  t.same(
    findingsOf(output(plain, otherPixels, burnedIn('NO')), {
      pixels: null,
      before: original(burnedIn('NO')),
    }),
    [],
    'left as it was received',
  );
  t.same(
    findingsOf(output(plain, otherPixels, burnedIn('NO')), { pixels: treated }),
    [],
    'treated under a profile that claims nothing',
  );
  t.same(findingsOf(output(plain, otherPixels), { pixels: null }), []);
});

t.test('pixels that the manifest calls blanked are not those of the original', async (t) => {
  const claim = [withOptions('113100', '113101'), burnedIn('NO')] as const;
  t.same(findingsOf(output(...claim), { pixels: treated }), ['pixels-not-changed']);
  t.same(findingsOf(output(...claim), { pixels: { ...treated, changed: false } }), [], 'no text was found');
});

t.test('the report tells how many claim it, and that nobody has looked', async (t) => {
  const report = verified({
    originals: { a: original() },
    outputs: { a: output(withOptions('113100', '113101'), burnedIn('NO')) },
  });
  t.equal(report.claimCleanPixels, 1);
  t.match(report.notSearched.join(), /text drawn in the pixels/);
});

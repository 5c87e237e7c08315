import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import t from 'tap';
import { pixelGlyph } from '../../../src/annotate/fonts/pixel-font.ts';
import { readTrueType } from '../../../src/annotate/fonts/true-type.ts';
import { canDraw, typeface, typefaceNames } from '../../../src/annotate/fonts/typefaces.ts';
import { burnedIdentity, languages } from '../../../src/annotate/identifiers.ts';
import { type TextStyle, textInk } from '../../../src/annotate/text-ink.ts';
import { peerProgram, requirePeer } from '../../support/peers.ts';
import { run } from '../../support/run.ts';

const require = createRequire(import.meta.url);
const text = 'Ägypten Łódź 0189 gjpq Čž';

t.test('outlines cover what FreeType draws of them', async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  const dir = t.testdir();
  for (const [face, file] of [
    ['sans', 'DejaVuSans.ttf'],
    ['serif', 'DejaVuSerif.ttf'],
    ['mono-bold', 'DejaVuSansMono-Bold.ttf'],
  ] as const) {
    const size = 60;
    const path = require.resolve(`dejavu-fonts-ttf/ttf/${file}`);
    const { exitCode, output } = await run(peerProgram('pydicom'), [
      '-P',
      '-W',
      'ignore',
      '-c',
      `
import sys, json
from PIL import Image, ImageDraw, ImageFont
font = ImageFont.truetype(sys.argv[1], int(sys.argv[2]), layout_engine=ImageFont.LAYOUT_BASIC)
image = Image.new('L', (1400, 160), 0)
ImageDraw.Draw(image).text((40, 40), sys.argv[3], fill=255, font=font)
image = image.crop(image.getbbox())
image.save(sys.argv[4])
print(json.dumps([image.size[0], image.size[1], sum(image.getdata()) / 255]))
`,
      path,
      String(size),
      text,
      join(dir, 'peer.png'),
    ]);
    t.equal(exitCode, 0, output);
    const [width = 0, height = 0, area = 0] = JSON.parse(output) as number[];
    const made = typeface(face);
    if (made.kind !== 'outline') return t.fail('a font');
    const capHeight = (made.font.capHeight * size) / made.font.unitsPerEm;
    const ink = textInk(text, style({ face: made, capHeight }));
    const own = ink.words.reduce(
      (sum, word) => sum + word.coverage.reduce((all, value) => all + value, 0) / 255,
      0,
    );
    // FreeType fits outlines to whole pixels, letter by letter.
    t.ok(Math.abs(ink.width - width) <= 12, `${face}: ${ink.width} of ${width} pixels wide`);
    t.ok(Math.abs(ink.height - height) <= 2, `${face}: ${ink.height} of ${height} pixels high`);
    t.ok(
      Math.abs(own - area) < 0.05 * area,
      `${face}: ${own.toFixed(0)} of ${area.toFixed(0)} pixels of ink`,
    );
  }
});

function style(special: Partial<TextStyle> & Pick<TextStyle, 'face'>): TextStyle {
  return { capHeight: 14, thickness: 0, smooth: true, stacked: false, rotation: 0, ...special };
}

t.test('every typeface draws the names of its languages', (t) => {
  for (const language of languages) {
    const { family, given } = burnedIdentity('x', language);
    const able = typefaceNames.filter((name) =>
      canDraw(typeface(name), `${family} ${family.toUpperCase()} ${given}`),
    );
    t.ok(able.includes('sans') && able.includes('mono'), language);
    t.equal(
      able.includes('pixel'),
      language !== 'el' && language !== 'ru',
      `console letters for ${language}`,
    );
  }
  t.end();
});

t.test('letters of the console font differ from each other', (t) => {
  const shapes = new Map<string, string>();
  for (let code = 33; code < 127; code++) {
    const letter = String.fromCharCode(code);
    const glyph = pixelGlyph(letter);
    t.ok(glyph, letter);
    const shape = JSON.stringify(glyph);
    t.equal(shapes.get(shape), undefined, `${letter} looks like ${shapes.get(shape)}`);
    shapes.set(shape, letter);
  }
  t.equal(pixelGlyph('Ж'), undefined);
  t.ok((pixelGlyph('É')?.top ?? 0) < 0, 'accents stand above');
  t.end();
});

t.test('thickness grows strokes, hard edges have no shades', (t) => {
  const face = typeface('sans');
  const ink = (special: Partial<TextStyle>) => textInk('H', style({ face, ...special })).words[0];
  const [thin, thick, hard] = [ink({}), ink({ thickness: 2 }), ink({ smooth: false })];
  t.equal(thick?.width, (thin?.width ?? 0) + 4);
  t.ok(hard?.coverage.every((value) => value === 0 || value === 255));
  t.end();
});

t.test('what is no TrueType font is refused', (t) => {
  const path = join(t.testdir(), 'no.ttf');
  writeFileSync(path, 'no font');
  t.throws(() => readTrueType(new Uint8Array(40)), { code: 'FILE_UNREADABLE' });
  t.throws(() => typeface(path), { code: 'FILE_UNREADABLE' });
  t.throws(() => typeface(join(path, 'absent.ttf')), { code: 'FILE_UNREADABLE' });
  t.end();
});

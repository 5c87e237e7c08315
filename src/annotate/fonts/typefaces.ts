import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { SallyportError } from '../../core/errors.ts';
import { pixelGlyph } from './pixel-font.ts';
import { readTrueType, type TrueTypeFont } from './true-type.ts';

/** Fonts by the names that the command knows. `pixel`: letters of a device's console, drawn here. */
export const typefaceNames = [
  'sans',
  'sans-bold',
  'condensed',
  'serif',
  'mono',
  'mono-bold',
  'pixel',
] as const;
export type TypefaceName = (typeof typefaceNames)[number];

export type Typeface = { readonly kind: 'pixel' } | { readonly kind: 'outline'; readonly font: TrueTypeFont };

const files: Readonly<Record<Exclude<TypefaceName, 'pixel'>, string>> = {
  sans: 'DejaVuSans',
  'sans-bold': 'DejaVuSans-Bold',
  condensed: 'DejaVuSansCondensed',
  serif: 'DejaVuSerif',
  mono: 'DejaVuSansMono',
  'mono-bold': 'DejaVuSansMono-Bold',
};

const kept = new Map<string, Typeface>();

/**
 * The typeface of a name, or of a TrueType file where the name is a path that ends in `.ttf`. Fonts come from a package, so
 * that none need be installed. Throws FILE_UNREADABLE.
 */
export function typeface(name: string): Typeface {
  const known = kept.get(name);
  if (known !== undefined) return known;
  const made: Typeface =
    name === 'pixel' ? { kind: 'pixel' } : { kind: 'outline', font: readTrueType(readFont(name)) };
  kept.set(name, made);
  return made;
}

/** True where every letter of the text can be drawn. */
export function canDraw(face: Typeface, text: string): boolean {
  return [...text].every((character) =>
    face.kind === 'pixel'
      ? pixelGlyph(character) !== undefined
      : face.font.has(character.codePointAt(0) ?? 0),
  );
}

function readFont(name: string): Uint8Array {
  const packaged = typefaceNames.find((known) => known === name);
  const file = packaged === undefined || packaged === 'pixel' ? undefined : files[packaged];
  try {
    if (file === undefined) return readFileSync(name);
    const require = createRequire(import.meta.url);
    return readFileSync(require.resolve(`dejavu-fonts-ttf/ttf/${file}.ttf`));
  } catch (cause) {
    throw new SallyportError('FILE_UNREADABLE', { detail: 'font', cause });
  }
}

import { pixelFontSize, pixelGlyph } from './fonts/pixel-font.ts';
import type { Mask } from './fonts/rasterize.ts';
import { rasterize } from './fonts/rasterize.ts';
import type { TrueTypeFont } from './fonts/true-type.ts';
import type { Typeface } from './fonts/typefaces.ts';

/** How a line of text is drawn. */
export interface TextStyle {
  readonly face: Typeface;
  /** Height of the capitals, pixels. */
  readonly capHeight: number;
  /** Pixels by which every stroke grows on all sides. */
  readonly thickness: number;
  /** Shades at the edges; without them every pixel is on or off, as devices without a real font do it. */
  readonly smooth: boolean;
  /** Letters upright, one below the other. */
  readonly stacked: boolean;
  /** Turn of the whole line, clockwise, degrees; 90: it reads from top to bottom, 270: from bottom to top. */
  readonly rotation: 0 | 90 | 180 | 270;
}

/** The ink of one word, at its place in the line. */
export interface WordInk extends Mask {
  readonly text: string;
  readonly left: number;
  readonly top: number;
}

/** A line of text; the words are inside of it. */
export interface TextInk {
  readonly width: number;
  readonly height: number;
  readonly words: readonly WordInk[];
}

/** The ink of a line, cut to where it has any. Letters the typeface does not have are drawn as its missing letter. */
export function textInk(text: string, style: TextStyle): TextInk {
  const words = style.stacked ? stackedWords(text, style) : lineWords(text, style);
  const shaped = words
    .map((word) => (style.smooth ? word : sharpened(word)))
    .map((word) => thickened(word, style.thickness))
    .flatMap((word) => trimmed(word) ?? []);
  const turned = turn(shaped, style.rotation);
  const left = Math.min(...turned.map((word) => word.left));
  const top = Math.min(...turned.map((word) => word.top));
  const moved = turned.map((word) => ({ ...word, left: word.left - left, top: word.top - top }));
  return {
    width: Math.max(0, ...moved.map((word) => word.left + word.width)),
    height: Math.max(0, ...moved.map((word) => word.top + word.height)),
    words: moved,
  };
}

function lineWords(text: string, style: TextStyle): WordInk[] {
  const words: WordInk[] = [];
  let at = 0;
  for (const part of text.split(' ')) {
    const { ink, advance } = drawn(part, style, at);
    if (part !== '') words.push(ink);
    at += advance + drawn(' ', style, 0).advance;
  }
  return words;
}

/** One letter below the other, centred; a blank is an empty row. All of one word are one ink. */
function stackedWords(text: string, style: TextStyle): WordInk[] {
  const step = Math.ceil(style.capHeight * 1.5);
  const words: WordInk[] = [];
  let row = 0;
  for (const part of text.split(' ')) {
    const letters = [...part].flatMap((letter, index) => {
      const ink = trimmedSides(drawn(letter, style, 0).ink);
      return ink === undefined
        ? []
        : [{ ...ink, left: -Math.round(ink.width / 2), top: (row + index) * step + ink.top }];
    });
    row += [...part].length + 1;
    if (letters.length > 0) words.push(merged(part, letters));
  }
  return words;
}

function merged(text: string, parts: readonly WordInk[]): WordInk {
  const left = Math.min(...parts.map((part) => part.left));
  const top = Math.min(...parts.map((part) => part.top));
  const width = Math.max(...parts.map((part) => part.left + part.width)) - left;
  const height = Math.max(...parts.map((part) => part.top + part.height)) - top;
  const coverage = new Uint8Array(width * height);
  for (const part of parts) {
    for (let y = 0; y < part.height; y++) {
      coverage.set(
        part.coverage.subarray(y * part.width, (y + 1) * part.width),
        (part.top - top + y) * width + part.left - left,
      );
    }
  }
  return { text, left, top, width, height, coverage };
}

interface Drawn {
  readonly ink: WordInk;
  readonly advance: number;
}

/** One word from the pen position `at` on; the base line is at row 0. */
function drawn(text: string, style: TextStyle, at: number): Drawn {
  const { face, capHeight } = style;
  return face.kind === 'pixel' ? pixelWord(text, capHeight, at) : outlineWord(text, face.font, capHeight, at);
}

function outlineWord(text: string, font: TrueTypeFont, capHeight: number, at: number): Drawn {
  const scale = capHeight / font.capHeight;
  const glyphs = [...text].map((letter) => font.glyph(letter.codePointAt(0) ?? 0));
  const advance = glyphs.reduce((sum, glyph) => sum + glyph.advance, 0) * scale;
  // Marks reach above the capitals, letters below the base line.
  const [ascent, descent, side] = [
    Math.ceil(capHeight * 1.6),
    Math.ceil(capHeight * 0.6),
    Math.ceil(capHeight),
  ];
  const left = Math.floor(at) - side;
  const width = Math.ceil(advance) + 2 * side + 1;
  let x = at - left;
  const placements = glyphs.map((glyph) => {
    const placed = { outline: glyph.outline, scale, x, y: ascent };
    x += glyph.advance * scale;
    return placed;
  });
  const mask = rasterize(width, ascent + descent, placements);
  return { ink: { ...mask, text, left, top: -ascent }, advance };
}

function pixelWord(text: string, capHeight: number, at: number): Drawn {
  const scale = Math.max(1, Math.round(capHeight / pixelFontSize.capHeight));
  const letters = [...text];
  const [ascent, descent] = [3, 2];
  const rows = ascent + pixelFontSize.capHeight + descent;
  const width = letters.length * pixelFontSize.advance * scale;
  const coverage = new Uint8Array(width * rows * scale);
  letters.forEach((letter, index) => {
    const glyph = pixelGlyph(letter) ?? { top: 0, rows: [31, 17, 17, 17, 17, 17, 31] };
    glyph.rows.forEach((bits, row) => {
      for (let column = 0; column < pixelFontSize.width; column++) {
        if (((bits >> (pixelFontSize.width - 1 - column)) & 1) === 0) continue;
        const x = (index * pixelFontSize.advance + column) * scale;
        const y = (ascent + glyph.top + row) * scale;
        for (let line = y; line < y + scale; line++)
          coverage.fill(255, line * width + x, line * width + x + scale);
      }
    });
  });
  const top = -(ascent + pixelFontSize.capHeight) * scale;
  return {
    ink: { text, left: Math.round(at), top, width, height: rows * scale, coverage },
    advance: width,
  };
}

function sharpened(word: WordInk): WordInk {
  return { ...word, coverage: word.coverage.map((value) => (value >= 110 ? 255 : 0)) };
}

/** Every pixel takes the strongest ink within `radius`. */
function thickened(word: WordInk, radius: number): WordInk {
  if (radius <= 0) return word;
  const reach = Math.ceil(radius);
  const width = word.width + 2 * reach;
  const height = word.height + 2 * reach;
  const coverage = new Uint8Array(width * height);
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      if (dx * dx + dy * dy > radius * radius + 0.5) continue;
      for (let y = 0; y < word.height; y++) {
        for (let x = 0; x < word.width; x++) {
          const at = (y + reach + dy) * width + x + reach + dx;
          const value = word.coverage[y * word.width + x] as number;
          if (value > (coverage[at] as number)) coverage[at] = value;
        }
      }
    }
  }
  return { text: word.text, left: word.left - reach, top: word.top - reach, width, height, coverage };
}

/** The ring around the ink that is `radius` wide: what a halo or an outline covers. */
export function ringOf(word: WordInk, radius: number): WordInk {
  const grown = thickened(word, radius);
  const reach = Math.ceil(radius);
  const coverage = grown.coverage.map((value, at) => {
    const x = (at % grown.width) - reach;
    const y = Math.floor(at / grown.width) - reach;
    const inside = x >= 0 && y >= 0 && x < word.width && y < word.height;
    return Math.max(0, value - (inside ? (word.coverage[y * word.width + x] as number) : 0));
  });
  return { ...grown, coverage };
}

function trimmed(word: WordInk): WordInk | undefined {
  let [left, top, right, bottom] = [word.width, word.height, -1, -1];
  for (let y = 0; y < word.height; y++) {
    for (let x = 0; x < word.width; x++) {
      if (word.coverage[y * word.width + x] === 0) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  return right < 0 ? undefined : cut(word, left, top, right + 1 - left, bottom + 1 - top);
}

function trimmedSides(word: WordInk): WordInk | undefined {
  const whole = trimmed(word);
  return whole === undefined ? undefined : cut(word, whole.left - word.left, 0, whole.width, word.height);
}

function cut(word: WordInk, left: number, top: number, width: number, height: number): WordInk {
  const coverage = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = (top + y) * word.width + left;
    coverage.set(word.coverage.subarray(from, from + width), y * width);
  }
  return { text: word.text, left: word.left + left, top: word.top + top, width, height, coverage };
}

function turn(words: readonly WordInk[], rotation: TextStyle['rotation']): readonly WordInk[] {
  if (rotation === 0) return words;
  const quarter = words.map((word): WordInk => {
    const { width, height } = word;
    const coverage = new Uint8Array(width * height);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++)
        coverage[x * height + height - 1 - y] = word.coverage[y * width + x] as number;
    }
    return {
      text: word.text,
      left: -(word.top + height),
      top: word.left,
      width: height,
      height: width,
      coverage,
    };
  });
  const rest = { 90: 0, 180: 90, 270: 180 } as const;
  return turn(quarter, rest[rotation]);
}

import { existsSync } from 'node:fs';
import type { ParseArgsOptionsConfig } from 'node:util';
import { type AnnotatedEncoding, annotatedEncodings } from '../annotate/annotate.ts';
import { typefaceNames } from '../annotate/fonts/typefaces.ts';
import { type Language, languages, textKinds } from '../annotate/identifiers.ts';
import type { Length, TextLayout } from '../annotate/layout.ts';

export const annotateOptions = {
  output: { type: 'string', short: 'o' },
  truth: { type: 'string' },
  seed: { type: 'string', default: '1' },
  random: { type: 'string' },
  language: { type: 'string', default: 'en' },
  header: { type: 'boolean', default: false },
  text: { type: 'string', multiple: true },
  kind: { type: 'string', default: 'name' },
  left: { type: 'string', default: '2' },
  top: { type: 'string', default: '2' },
  size: { type: 'string', default: '3%' },
  color: { type: 'string' },
  font: { type: 'string', default: 'sans' },
  thickness: { type: 'string', default: '0' },
  outline: { type: 'string', default: '0' },
  rotation: { type: 'string', default: '0' },
  stacked: { type: 'boolean', default: false },
  hard: { type: 'boolean', default: false },
  hidden: { type: 'boolean', default: false },
  frames: { type: 'string' },
  move: { type: 'string', default: '0,0' },
  encoding: { type: 'string', default: 'native' },
  help: { type: 'boolean', short: 'h', default: false },
} as const satisfies ParseArgsOptionsConfig;

export const annotateHelp = `Usage: sallyport annotate PATH… --output DIR --truth FILE [options]

Burns invented identifiers into the pixels of DICOM images, and of those in folders, to test what finds them again. The
outputs have UIDs of their own and are named by the number of the input. The same inputs, options and seed give the same
bytes. What the inputs show of real people stays in the outputs.

  --output DIR       folder for the images, made if missing
  --truth FILE       JSON: of every output each text with its frames, its box and those of its words (stored pixels, columns
                     from the left, rows from the top, exactly the changed ones), kind, height, contrast, background
  --seed TEXT        chooses identities, places and UIDs (default 1)
  --language NAME    of the names: ${languages.join(', ')}; or any
  --header           write the invented identity into the header too
  --random N         N texts of all kinds, fonts, sizes (8 to 48 pixels), colours and directions at random places;
                     without it the text of the options below, which do not go with it
  --text TEXT        a line of text; may be repeated (default: name, number, date and institution)
  --kind KIND        what these lines are: ${textKinds.join(', ')}
  --left N, --top N  place of the block, per cent of the free room: 0 at the left or upper edge, 100 at the other (2, 2)
  --size N%|Npx      height of the capitals, of the image's height or in pixels (3%)
  --color COLOR      #RRGGBB as shown, or a grey level 0 to 255; without it black or white, whichever stands out
  --font NAME|FILE   ${typefaceNames.join(', ')}, or a TrueType file (sans)
  --thickness N      grow the strokes by N pixels, 0 to 8
  --outline N        a ring of N pixels around the letters in the opposite brightness, 0 to 8
  --rotation N       0, 90, 180 or 270 degrees clockwise
  --stacked          letters upright, one below the other
  --hard             no shades at the edges of letters
  --hidden           stored values that the window of the image does not show
  --frames A-B       in frames A to B only, from 1
  --move X,Y         pixels to move from frame to frame
  --encoding NAME    of the pixels written (native: uncompressed), all without loss, so that the truth stays exact:
                     ${annotatedEncodings.join(', ')}.
                     What a form cannot hold exactly is not written
`;

export interface AnnotateArguments {
  readonly output: string;
  readonly truth: string;
  readonly seed: string;
  /** Undefined: the layout. */
  readonly random: number | undefined;
  readonly language: Language | 'any';
  readonly header: boolean;
  /** Without lines: those of the identity. */
  readonly layout: TextLayout;
  readonly encoding: AnnotatedEncoding;
}

type Values = {
  readonly [Name in keyof typeof annotateOptions]?: string | boolean | readonly string[] | undefined;
};

/** What the arguments ask for, or a sentence about each that is wrong. */
export function annotateArguments(
  values: Values,
): { readonly asked: AnnotateArguments } | { readonly faults: readonly string[] } {
  const faults: string[] = [];
  const text = (name: keyof Values): string => (typeof values[name] === 'string' ? values[name] : '');
  const checked = <T>(value: T | undefined, fault: string): T | undefined => {
    if (value === undefined) faults.push(fault);
    return value;
  };
  const random =
    values.random === undefined
      ? undefined
      : checked(whole(text('random'), 1, 1000), '--random is a whole number from 1 to 1000');
  const language = checked(
    [...languages, 'any' as const].find((name) => name === text('language')),
    `--language is ${languages.join(', ')} or any`,
  );
  const kind = checked(
    textKinds.find((name) => name === text('kind')),
    `--kind is one of ${textKinds.join(', ')}`,
  );
  const left = checked(decimal(text('left'), 0, 100), '--left is a number from 0 to 100');
  const top = checked(decimal(text('top'), 0, 100), '--top is a number from 0 to 100');
  const size = checked(length(text('size')), '--size is a number with % (up to 100) or px (up to 2000)');
  const color =
    values.color === undefined
      ? undefined
      : checked(colorOf(text('color')), '--color is #RRGGBB or 0 to 255');
  const thickness = checked(whole(text('thickness'), 0, 8), '--thickness is a whole number from 0 to 8');
  const outline = checked(whole(text('outline'), 0, 8), '--outline is a whole number from 0 to 8');
  const rotation = checked(
    ([0, 90, 180, 270] as const).find((turn) => String(turn) === text('rotation')),
    '--rotation is 0, 90, 180 or 270',
  );
  const frames = checked(
    frameRange(values.frames === undefined ? undefined : text('frames')),
    '--frames is A-B, from 1',
  );
  const move = checked(offset(text('move')), '--move is X,Y in whole pixels');
  const font = checked(
    typefaceNames.some((name) => name === text('font')) || existsSync(text('font'))
      ? text('font')
      : undefined,
    `--font is ${typefaceNames.join(', ')} or a TrueType file`,
  );
  if (Array.isArray(values.text) && values.text.some((line) => String(line).trim() === ''))
    faults.push('--text is empty');
  const idle = values.random === undefined ? [] : layoutOptions.filter((name) => isGiven(name, values));
  if (idle.length > 0)
    faults.push(
      `--random chooses these itself, leave them out: ${idle.map((name) => `--${name}`).join(', ')}`,
    );
  const encoding = checked(
    annotatedEncodings.find((name) => name === text('encoding')),
    `--encoding is one of ${annotatedEncodings.join(', ')}`,
  );
  const output = checked(text('output') || undefined, '--output is missing');
  const truth = checked(text('truth') || undefined, '--truth is missing');
  if (
    faults.length > 0 ||
    output === undefined ||
    truth === undefined ||
    language === undefined ||
    kind === undefined ||
    left === undefined ||
    top === undefined ||
    size === undefined ||
    thickness === undefined ||
    outline === undefined ||
    rotation === undefined ||
    frames === undefined ||
    move === undefined ||
    font === undefined ||
    encoding === undefined
  )
    return { faults };
  const lines = Array.isArray(values.text) ? values.text.map((line) => ({ text: String(line), kind })) : [];
  const layout: TextLayout = {
    lines,
    leftPercent: left,
    topPercent: top,
    size,
    color,
    font,
    thickness,
    outline,
    rotation,
    stacked: values.stacked === true,
    smooth: values.hard !== true,
    shown: values.hidden === true ? 'hidden' : 'window',
    frame: frames.first,
    frames: frames.count,
    move,
  };
  return {
    asked: {
      output,
      truth,
      seed: text('seed'),
      random,
      language,
      header: values.header === true,
      layout,
      encoding,
    },
  };
}

/** What says how one block of lines looks, and where it stands. */
const layoutOptions = [
  ...(['text', 'kind', 'left', 'top', 'size', 'color', 'font', 'thickness', 'outline', 'rotation'] as const),
  ...(['stacked', 'hard', 'hidden', 'frames', 'move'] as const),
];

function isGiven(name: (typeof layoutOptions)[number], values: Values): boolean {
  const option = annotateOptions[name];
  return values[name] !== undefined && values[name] !== ('default' in option ? option.default : undefined);
}

function whole(text: string, from: number, to: number): number | undefined {
  const value = Number(text);
  return /^\d{1,5}$/.test(text) && value >= from && value <= to ? value : undefined;
}

function decimal(text: string, from: number, to: number): number | undefined {
  const value = Number(text);
  return /^\d{1,4}(\.\d{1,3})?$/.test(text) && value >= from && value <= to ? value : undefined;
}

function length(text: string): Length | undefined {
  const unit = text.endsWith('px') ? 'px' : '%';
  const value = decimal(text.replace(/(px|%)$/, ''), 0, unit === 'px' ? 2000 : 100);
  return value === undefined || value === 0 ? undefined : { value, unit };
}

function colorOf(text: string): readonly [number, number, number] | undefined {
  const level = whole(text, 0, 255);
  if (level !== undefined) return [level, level, level];
  const found = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text);
  if (found === null) return undefined;
  const [, red = '0', green = '0', blue = '0'] = found;
  return [Number.parseInt(red, 16), Number.parseInt(green, 16), Number.parseInt(blue, 16)];
}

function frameRange(text: string | undefined): { first: number; count: number | undefined } | undefined {
  if (text === undefined) return { first: 1, count: undefined };
  const found = /^(\d{1,6})-(\d{1,6})$/.exec(text);
  const [first, last] = [Number(found?.[1] ?? 0), Number(found?.[2] ?? 0)];
  return first >= 1 && last >= first ? { first, count: last - first + 1 } : undefined;
}

function offset(text: string): readonly [number, number] | undefined {
  const found = /^(-?\d{1,4}),(-?\d{1,4})$/.exec(text);
  return found === null ? undefined : [Number(found[1]), Number(found[2])];
}

import { ownedByGateway } from '../deidentify/owned-attributes.ts';
import type { Selector } from '../deidentify/profile-definition.ts';
import type { Vr } from '../dicom/data-set.ts';
import { vrs } from '../dicom/vr.ts';
import {
  allKeywords,
  attributeByKeyword,
  attributesOf,
  type KnownAttribute,
  named,
  patternOf,
} from './attributes.ts';
import { type FaultList, quoted, type SourcePlace } from './faults.ts';
import { nearestWord } from './nearest.ts';
import { asText, asTexts, asWord, type Fields } from './reading.ts';
import { limits, selectorKeys, tagPattern } from './schema.ts';
import type { SourceText } from './source-tree.ts';

/** A selector with its place and the standard attributes it reaches; none for private ones. */
export interface PlacedSelector extends SourcePlace {
  readonly select: Selector;
  readonly attributes: readonly KnownAttribute[];
}

/** What a rule is about. Exactly one kind of selector, each with one or several values. */
export function readSelectors(fields: Fields, faults: FaultList): PlacedSelector[] {
  const given = selectorKeys.filter((key) => fields.has(key));
  if (given.length === 0) {
    faults.add(fields.place, `the rule names no attribute; give it one of ${selectorKeys.join(', ')}`);
    return [];
  }
  const [first, second] = given;
  if (second !== undefined) {
    faults.add(fields.placeOf(second), `${first} and ${second} exclude each other; write two rules`);
    return [];
  }
  if (first !== 'privateCreator') {
    for (const key of ['group', 'element'])
      if (fields.has(key))
        faults.add(
          fields.placeOf(key),
          `${key} goes with privateCreator only; use tag to name one attribute`,
        );
  }
  const options = { orOne: true, max: limits.selectors };
  switch (first) {
    case 'keyword':
      return asTexts(fields.get('keyword'), 'keyword', faults, options).flatMap(
        (text) => byKeyword(text, faults) ?? [],
      );
    case 'tag':
      return asTexts(fields.get('tag'), 'tag', faults, options).flatMap((text) => byTag(text, faults) ?? []);
    case 'vr':
      return asTexts(fields.get('vr'), 'vr', faults, options).flatMap((text) => {
        const vr = asWord<Vr>(text, 'VR', vrs, faults);
        return vr === undefined ? [] : [{ ...placeOf(text), select: { kind: 'vr', vr }, attributes: [] }];
      });
    default:
      return byCreator(fields, faults);
  }
}

const placeOf = ({ line, column }: SourcePlace): SourcePlace => ({ line, column });

function byKeyword(text: SourceText, faults: FaultList): PlacedSelector | undefined {
  const attribute = attributeByKeyword(text.text);
  if (attribute !== undefined) return standard(text, patternOf(attribute), [attribute], faults);
  const isTag = /^\(?[0-9A-Fa-fx]{4},?[0-9A-Fa-fx]{4}\)?$/.test(text.text);
  const nearest = faults.isFull ? undefined : nearestWord(text.text, allKeywords());
  const hint = isTag
    ? '; a tag is given with `tag:`'
    : nearest === undefined
      ? '; see PS3.6 for the keywords'
      : `; did you mean ${quoted(nearest)}?`;
  faults.add(text, `unknown keyword ${quoted(text.text)}${hint}`);
  return undefined;
}

function byTag(text: SourceText, faults: FaultList): PlacedSelector | undefined {
  if (!new RegExp(tagPattern).test(text.text)) {
    const digits = /^(?:0x)?([0-9A-Fa-fXx]{4})[ ,.:]*([0-9A-Fa-fXx]{4})$/.exec(text.text);
    const hint =
      digits !== null
        ? `; write "${digits[1]},${digits[2]}"`
        : attributeByKeyword(text.text) !== undefined
          ? '; a keyword is given with `keyword:`'
          : /^[0-9A-Fa-fXx]{4}$/.test(text.text)
            ? '; between braces or brackets a tag needs quotes, such as "0008,1030"'
            : '; write four hexadecimal digits, a comma and four more, such as "0008,1030"';
    faults.add(text, `${quoted(text.text)} is not a tag${hint}`);
    return undefined;
  }
  const pattern = text.text.replaceAll(/[(),]/g, '').toUpperCase().replaceAll('X', 'x');
  if (/[13579BDF]/.test(pattern.charAt(3))) {
    faults.add(
      text,
      `${quoted(text.text)} is private, and its block stands elsewhere in every file; name it by privateCreator, group and element`,
    );
    return undefined;
  }
  const attributes = attributesOf(pattern);
  if (attributes.length === 0) {
    faults.add(
      text,
      pattern.includes('x')
        ? `no attribute of PS3.6 is ${quoted(text.text)}: the rule can never match`
        : `unknown tag ${quoted(text.text)}: PS3.6 has no such attribute, and what it does not have is removed; remove the rule or correct the tag`,
    );
    return undefined;
  }
  return standard(text, pattern, attributes, faults);
}

function standard(
  text: SourceText,
  pattern: string,
  attributes: readonly KnownAttribute[],
  faults: FaultList,
): PlacedSelector | undefined {
  const reasons = attributes.map(({ tag }) => ownedByGateway(tag));
  const [reason] = reasons;
  const [attribute] = attributes;
  if (attribute !== undefined && reasons.every((owned) => owned !== undefined)) {
    faults.add(
      text,
      `no rule may change ${attributes.length === 1 ? named(attribute) : quoted(text.text)}: ${reason}`,
    );
    return undefined;
  }
  // A wide pattern passes over what the gateway owns.
  const reached = attributes.filter((_, index) => reasons[index] === undefined);
  return { ...placeOf(text), select: { kind: 'tag', pattern }, attributes: reached };
}

function byCreator(fields: Fields, faults: FaultList): PlacedSelector[] {
  const creator = asText(fields.get('privateCreator'), 'privateCreator', faults);
  const group = hexNumber(
    fields,
    'group',
    /^(?:0x)?([0-9A-Fa-f]{4})$/,
    'four hexadecimal digits, such as 0019',
    faults,
  );
  const element = hexNumber(
    fields,
    'element',
    /^(?:xx)?([0-9A-Fa-f]{2})$/i,
    'the two hexadecimal digits of its low byte, such as 1F: the block in front of them is another in every file',
    faults,
  );
  if (group !== undefined && (group % 2 === 0 || group < 0x0009))
    faults.add(
      fields.placeOf('group'),
      'private elements have an odd group from 0009 on: the rule can never match',
    );
  if (creator === undefined) return [];
  const name = creator.text.trim();
  if (name === '' || name.length > 64 || name.includes('\\')) {
    faults.add(creator, 'a private creator has 1 to 64 characters without backslash');
    return [];
  }
  return [
    {
      ...placeOf(creator),
      select: {
        kind: 'privateCreator',
        creator: name,
        ...(group === undefined ? {} : { group }),
        ...(element === undefined ? {} : { element }),
      },
      attributes: [],
    },
  ];
}

function hexNumber(
  fields: Fields,
  key: string,
  form: RegExp,
  words: string,
  faults: FaultList,
): number | undefined {
  const text = asText(fields.get(key), key, faults);
  if (text === undefined) return undefined;
  const digits = form.exec(text.text)?.[1];
  if (digits === undefined) faults.add(text, `${key} ${quoted(text.text)} must be ${words}`);
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}

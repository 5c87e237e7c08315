import type { Condition } from '../deidentify/profile-definition.ts';
import { type FaultList, quoted } from './faults.ts';
import { modalities } from './modalities.ts';
import { nearestWord } from './nearest.ts';
import { asMap, asTexts, asWord, Fields } from './reading.ts';
import { limits, whenProperties } from './schema.ts';
import { sopClassKeywords, sopClassUidOf } from './sop-classes.ts';
import type { SourceNode } from './source-tree.ts';

const options = { orOne: true, max: limits.selectors };

/** `when` of a rule; undefined where there is none, or where its faults leave nothing of it. */
export function readCondition(node: SourceNode | undefined, faults: FaultList): Condition | undefined {
  const map = node === undefined ? undefined : asMap(node, 'when', faults);
  if (map === undefined) return undefined;
  const fields = new Fields(map, 'when', Object.keys(whenProperties), faults);
  const condition = {
    ...list('modalities', modalitiesOf(fields, faults)),
    ...list('sopClassUids', sopClassesOf(fields, faults)),
    ...list('callingAeTitles', aeTitlesOf(fields, faults)),
  };
  for (const key of Object.keys(whenProperties)) {
    const value = fields.get(key);
    if (value?.kind === 'list' && value.items.length === 0)
      faults.add(value, `${key} is an empty list: the rule can never match`);
  }
  if (map.entries.length === 0) faults.add(map, 'when has no condition; give it one or remove it');
  return Object.keys(condition).length === 0 ? undefined : condition;
}

function list<K extends string>(
  key: K,
  values: readonly string[],
): { readonly [k in K]?: readonly string[] } {
  return values.length === 0 ? {} : ({ [key]: values } as { [k in K]: readonly string[] });
}

function modalitiesOf(fields: Fields, faults: FaultList): string[] {
  return asTexts(fields.get('modality'), 'modality', faults, options).flatMap(
    (text) => asWord(text, 'modality', modalities, faults) ?? [],
  );
}

function sopClassesOf(fields: Fields, faults: FaultList): string[] {
  return asTexts(fields.get('sopClass'), 'sopClass', faults, options).flatMap((text) => {
    const uid = sopClassUidOf(text.text);
    if (uid !== undefined) return [uid];
    const nearest = /^[\d.]+$/.test(text.text) ? undefined : nearestWord(text.text, sopClassKeywords);
    const hint =
      nearest === undefined
        ? 'instances of other classes are held, so the rule can never match'
        : `did you mean ${quoted(nearest)}?`;
    faults.add(text, `${quoted(text.text)} is no storage SOP class of PS3.4; ${hint}`);
    return [];
  });
}

function aeTitlesOf(fields: Fields, faults: FaultList): string[] {
  return asTexts(fields.get('callingAeTitle'), 'callingAeTitle', faults, options).flatMap((text) => {
    const title = text.text.trim();
    if (/^[\x20-\x5b\x5d-\x7e]{1,16}$/.test(title)) return [title];
    faults.add(
      text,
      `${quoted(text.text)} is no AE title (1 to 16 printable ASCII characters without backslash): the rule can never match`,
    );
    return [];
  });
}

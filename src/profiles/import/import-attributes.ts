import { allKeywords, attributeByKeyword, attributeByTag } from '../attributes.ts';
import { quoted } from '../faults.ts';
import { nearestWord } from '../nearest.ts';

/** Names of dcm4che 1, which CTP uses, that PS3.6 spells otherwise. */
const otherNames: Readonly<Record<string, string>> = {
  SeqOfUltrasoundRegions: 'SequenceOfUltrasoundRegions',
  PatientSexNeutered: 'PatientSexNeutered',
  ManufacturersModelName: 'ManufacturerModelName',
  PatientsName: 'PatientName',
};
const uncomparable = ['SQ', 'OB', 'OW', 'OB or OW', 'OD', 'OF', 'OL', 'OV', 'UN'];

export type FoundAttribute =
  | { readonly kind: 'found'; readonly tag: string; readonly comparable: boolean; readonly isMulti: boolean }
  | { readonly kind: 'unknown'; readonly message: string };

/** The attribute that another tool names by keyword, "0x00080060", "00080060", "(0008,0060)" or "[0008,0060]". */
export function importedAttribute(name: string): FoundAttribute {
  const digits = /^[[(]?(?:0x)?([0-9A-Fa-f]{4}),?\s*(?:0x)?([0-9A-Fa-f]{4})[\])]?$/.exec(name);
  const attribute =
    digits === null
      ? attributeByKeyword(otherNames[name] ?? name)
      : attributeByTag(Number.parseInt(`${digits[1]}${digits[2]}`, 16));
  const tag = digits === null ? attribute?.tag : Number.parseInt(`${digits[1]}${digits[2]}`, 16);
  if (tag !== undefined && ((tag >>> 16) & 1) === 1)
    return unknown(`${quoted(name)} is private, and its block stands elsewhere in every file`);
  if (attribute === undefined || tag === undefined) {
    const nearest = digits === null ? nearestWord(name, allKeywords()) : undefined;
    return unknown(
      `PS3.6 has no attribute ${quoted(name)}${nearest === undefined ? '' : `; ${nearest} may be meant`}`,
    );
  }
  if (tag >>> 16 === 0x0002)
    return unknown(`${quoted(name)} is File Meta Information, which device rules do not look at`);
  return {
    kind: 'found',
    tag: tag.toString(16).toUpperCase().padStart(8, '0'),
    comparable: !uncomparable.includes(attribute.vr),
    isMulti: attribute.vm !== '1',
  };
}

function unknown(message: string): FoundAttribute {
  return { kind: 'unknown', message };
}

import type { RedactionReason, RedactionSource } from '../core/redaction.ts';
import type { PixelTreatment } from '../deidentify/pixels/treatment.ts';

/** Words for people of what was done to pixels; each list is checked against its type. */
export const treatmentTexts: { readonly [T in PixelTreatment['mode'] | 'untouched']: string } = {
  all: 'All text that was found is blanked',
  identifying: 'Text is blanked unless it is a known harmless annotation',
  person: 'A person looked at it and drew what is blanked',
  none: 'Text was not looked for: the profile or a person waived it',
  untouched: 'Text was not looked for: the profile searches no images of low risk',
};

export const sourceTexts: { readonly [S in RedactionSource]: string } = {
  ocr: 'Search for text',
  'ultrasound-region': 'Regions of the ultrasound image',
  rule: 'Device rule',
  person: 'A person',
};

export const reasonTexts: { readonly [R in RedactionReason]: string } = {
  text: 'Text of any kind',
  identifier: 'Repeats an identifier of the object',
  date: 'A date',
  number: 'A number of the form of an identifier',
  name: 'A name behind a title or a label',
  contact: 'A telephone number or an address',
  'not-harmless': 'Not in the list of harmless annotations',
  unreadable: 'Text that could not be read',
  'outside-regions': 'Outside the regions that hold the image',
  'device-rule': 'A rectangle of the rule',
  drawn: 'Drawn by a person',
};

import { notInTable } from '../deidentify/generated/not-in-table.ts';
import { tableE11 } from '../deidentify/generated/table-e1-1.ts';
import type { ProfileDefinition } from '../deidentify/profile-definition.ts';
import type { ProfileOption } from '../deidentify/rules.ts';
import { hex, named } from './attributes.ts';
import type { ProfileFault } from './faults.ts';
import type { PlacedRule } from './rules.ts';

const rows = new Map(
  [...notInTable, ...tableE11].map((row) => [
    row.tag.replace(',', ''),
    { ...row, source: 'inStandardIod' in row ? 'PS3.15 Table E.1-1' : 'the gateway' },
  ]),
);

/** Most attributes a notice names one by one. */
const maxNamed = 3;

/**
 * What is allowed and yet to be known by whoever signs: rules that keep what the tables do not keep under the profile's
 * options. Outputs of such rules carry no codes of PS3.16 CID 7050, because the profile of PS3.15 was not followed.
 */
export function readNotices(definition: ProfileDefinition, rules: readonly PlacedRule[]): ProfileFault[] {
  const notices: ProfileFault[] = [];
  for (const { rule, attributes, line, column } of rules) {
    if (rule.action !== 'keep') continue;
    const consequence = 'instances it applies to leave with it, and carry no PS3.15 codes';
    if (rule.select.kind === 'privateCreator') {
      notices.push({
        line,
        column,
        message: `keeps private elements that nothing has judged: ${consequence}`,
      });
      continue;
    }
    if (rule.select.kind === 'vr') {
      notices.push({
        line,
        column,
        message: `keeps every attribute of VR ${rule.select.vr}, also those that identify: ${consequence}`,
      });
      continue;
    }
    const against = attributes.filter(({ tag }) => isProtected(tag, definition.options));
    if (against.length === 0) continue;
    const names = against.slice(0, maxNamed).map(named).join(', ');
    const more = against.length > maxNamed ? ` and ${against.length - maxNamed} more` : '';
    const [first] = against;
    const source = rows.get(hex(first?.tag ?? 0))?.source ?? 'PS3.15 Table E.1-1';
    notices.push({
      line,
      column,
      message: `keeps ${names}${more}, which ${source} does not keep: ${consequence}`,
    });
  }
  return notices;
}

function isProtected(tag: number, options: readonly ProfileOption[]): boolean {
  const row = rows.get(hex(tag));
  if (row === undefined || row.basic === 'K') return false;
  return !options.some((option) => row.options[option] === 'K');
}

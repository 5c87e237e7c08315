import type { AppliedAction } from '../deidentify/report.ts';
import { condensed } from './condense.ts';
import { actionTexts, optionText, ruleText } from './explanations.ts';
import { reasonTexts, sourceTexts, treatmentTexts } from './pixel-texts.ts';
import type { StudyReport } from './study-report.ts';

/** The report for a terminal: sums first, then every attribute by what became of it. */
export function renderText(report: StudyReport): string {
  const { studyInstanceUid, sopInstanceUid, studies, instances, incomplete } = report;
  const lines = [
    studyInstanceUid === null ? counted(studies, 'study', 'studies') : `study ${studyInstanceUid}`,
    ...(sopInstanceUid === null ? [] : [`instance ${sopInstanceUid}`]),
    `${counted(instances.deidentified, 'instance', 'instances')} de-identified in ${instances.series} series, ${instances.held} held`,
    ...report.profiles.map(
      ({ profile, profileRevision, keyId, options, instances }) =>
        `profile ${profile} ${profileRevision}, key ${keyId}, options ${options.map(optionText).join(', ') || 'none'}: ${instances}`,
    ),
    ...report.methodCodes.map(({ code, meaning, instances }) => `code ${code} ${meaning}: ${instances}`),
    ...report.objects.map(
      ({ sopClassName, modality, deidentified, held }) =>
        `${sopClassName}${modality === null ? '' : ` (${modality})`}: ${deidentified}, ${held} held`,
    ),
    ...report.held.map(({ code, reason, instances }) => `held, ${code}: ${reason}: ${instances}`),
    ...report.released.map(({ code, instances }) => `released, ${code}: ${instances}`),
    ...pixelLines(report),
    ...report.notes.map(({ text, instances }) => `${text} ${instances}`),
  ];
  if (incomplete.lines + incomplete.instances > 0)
    lines.push(
      `NOT WHOLE: ${incomplete.lines} lines could not be read, ${incomplete.instances} instances without a list`,
    );
  if (report.truncated) lines.push('more different paths than are listed; the sums are whole');
  for (const action of Object.keys(actionTexts) as readonly AppliedAction[]) {
    const rows = report.attributes.filter((row) => row.action === action);
    if (rows.length === 0) continue;
    lines.push(
      '',
      `${actionTexts[action].title} (${counted(report.actions[action], 'element', 'elements')})`,
    );
    for (const { path, keyword, rule, elements } of condensed(rows, instances.deidentified))
      lines.push(`  ${path}  ${keyword}  ${elements}  ${ruleText(rule)}`);
  }
  return `${lines.join('\n')}\n`;
}

/** What was thought of the images, done about text in them, and what was blanked. */
function pixelLines({ pixels: { treatments, boxes, boxesLeftOut } }: StudyReport): string[] {
  const dealtWith = treatments.map(({ risk, riskReason, treatment, complete, changed, instances }) => {
    const feared = riskReason === null ? `${risk ?? 'no'} risk` : `${risk ?? 'high'} risk, ${riskReason}`;
    const done = treatmentTexts[treatment ?? 'untouched'];
    return `pixels, ${feared}: ${done}; every frame: ${yesNo(complete)}; changed: ${yesNo(changed)}: ${instances}`;
  });
  const blanked = boxes.map(
    (row) =>
      `blanked, ${sourceTexts[row.source]}, ${reasonTexts[row.reason]}: ${counted(row.boxes, 'region', 'regions')} in ${counted(row.instances, 'instance', 'instances')}`,
  );
  const more = boxesLeftOut === 0 ? [] : [`blanked, and counted in none of these: ${boxesLeftOut}`];
  return [...dealtWith, ...blanked, ...more];
}

const yesNo = (value: boolean): string => (value ? 'yes' : 'no');

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

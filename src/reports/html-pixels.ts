import { escaped, number, table } from './html-parts.ts';
import { reasonTexts, sourceTexts, treatmentTexts } from './pixel-texts.ts';
import type { StudyReport } from './study-report.ts';

/** What was done about text in pixels, as HTML; empty where there is nothing to tell. */
export function pixels({ pixels: { treatments, boxes, boxesLeftOut } }: StudyReport): string {
  const dealtWith =
    treatments.length === 0
      ? ''
      : table(
          'Text in the pixels',
          'What was thought of the images and done about text that may be burned into them.',
          ['Risk', 'Treatment', 'Every frame', 'Pixels changed', '#Instances'],
          treatments.map(({ risk, riskReason, treatment, complete, changed, instances }) => [
            escaped(riskReason === null ? (risk ?? 'none') : `${risk ?? 'high'}: ${riskReason}`),
            escaped(treatmentTexts[treatment ?? 'untouched']),
            complete ? 'yes' : 'no',
            changed ? 'yes' : 'no',
            number(instances),
          ]),
        );
  const more =
    boxesLeftOut === 0 ? '' : ` ${number(boxesLeftOut)} more are not listed one by one, nor counted here.`;
  const blanked =
    boxes.length === 0
      ? ''
      : table(
          'Regions that were blanked',
          `By what found them and why.${more}`,
          ['Found by', 'Reason', '#Regions', '#Instances'],
          boxes.map((row) => [
            escaped(sourceTexts[row.source]),
            escaped(reasonTexts[row.reason]),
            number(row.boxes),
            number(row.instances),
          ]),
        );
  return `${dealtWith}${blanked}`;
}

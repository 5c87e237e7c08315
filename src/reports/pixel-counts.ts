import type { RedactionBox, RedactionReason, RedactionSource } from '../core/redaction.ts';
import type { PixelFacts } from '../deidentify/report.ts';
import type { PixelTreatmentCount, StudyReport } from './study-report.ts';

/** Sums up what was done about text in pixels. */
export class PixelCounts {
  readonly #treatments = new Map<string, { facts: PixelFacts; instances: number }>();
  readonly #boxes = new Map<
    string,
    { source: RedactionSource; reason: RedactionReason; boxes: number; instances: number }
  >();
  #leftOut = 0;

  /** What was thought of the pixels of so many instances; those without pixels do not count. */
  addFacts(facts: PixelFacts, instances: number): void {
    const { risk, riskReason, treatment, complete, changed } = facts;
    if (risk === null && treatment === null) return;
    const key = JSON.stringify([risk, riskReason, treatment, complete, changed]);
    const known = this.#treatments.get(key);
    if (known !== undefined) known.instances += instances;
    else
      this.#treatments.set(key, {
        facts: { risk, riskReason, treatment, complete, changed },
        instances,
      });
  }

  /** The regions of one de-identified instance. */
  addBoxes(boxes: readonly RedactionBox[], leftOut: number): void {
    this.#leftOut += leftOut;
    const met = new Set<string>();
    for (const { source, reason } of boxes) {
      const key = `${source} ${reason}`;
      const row = this.#boxes.get(key) ?? { source, reason, boxes: 0, instances: 0 };
      this.#boxes.set(key, row);
      row.boxes += 1;
      if (!met.has(key)) row.instances += 1;
      met.add(key);
    }
  }

  sums(): StudyReport['pixels'] {
    return {
      treatments: [...this.#treatments.values()]
        .map(({ facts, instances }): PixelTreatmentCount => ({ ...facts, instances }))
        .sort((a, b) => order(keyOf(a), keyOf(b))),
      boxes: [...this.#boxes.values()].sort((a, b) =>
        order(`${a.source} ${a.reason}`, `${b.source} ${b.reason}`),
      ),
      boxesLeftOut: this.#leftOut,
    };
  }
}

function keyOf({ risk, riskReason, treatment, complete, changed }: PixelFacts): string {
  return [risk, treatment, riskReason, complete, changed].join(' ');
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

import type { RedactionBox } from '../../src/core/redaction.ts';
import type { PixelMode } from '../../src/deidentify/pixels/pixel-policy.ts';
import { standardPixelPolicy } from '../../src/deidentify/pixels/pixel-policy.ts';
import { defineProfile, type Profile } from '../../src/deidentify/profile.ts';
import { emptyDefinition } from '../../src/deidentify/profile-definition.ts';
import type { TextEngine } from '../../src/ocr/text-engine.ts';
import { type RedactOptions, redact } from '../../src/redact/redact.ts';
import { drawSettings, type Input } from './planted.ts';

export type Treated =
  | { readonly kind: 'treated'; readonly boxes: readonly RedactionBox[]; readonly output: Input }
  | { readonly kind: 'held'; readonly code: string; readonly boxes: readonly RedactionBox[] };

/** What the product adds to each side of a box, pixels. */
export const padding = standardPixelPolicy.padding;

/** Text alone: no region is blanked because a rule says so, and no image passes because its risk is low. */
export function textProfile(mode: PixelMode): Profile {
  return defineProfile({
    ...emptyDefinition('bench'),
    pixels: {
      ...standardPixelPolicy,
      highRisk: mode,
      lowRisk: mode,
      ultrasoundRegions: false,
      starterRules: false,
      encoding: 'native',
    },
  });
}

const profiles = { all: textProfile('all'), identifying: textProfile('identifying') } as const;

/** What the product does to an instance. */
export async function treat(
  input: Input,
  mode: 'all' | 'identifying',
  engine: TextEngine,
  whatLeaves: Pick<RedactOptions, 'onlyFramesLeave' | 'onlyShownLeaves'> = {},
): Promise<Treated> {
  const result = await redact(input, {
    ...whatLeaves,
    profile: profiles[mode],
    draw: drawSettings,
    engine: async () => engine,
  });
  if (result.kind === 'treated')
    return { kind: 'treated', boxes: result.treatment.boxes, output: result.input };
  if (result.kind === 'held') return { kind: 'held', code: result.code, boxes: result.boxes };
  // Every image is of some risk here: what is not touched is held for another reason, and does not leave.
  return { kind: 'held', code: 'for another reason', boxes: [] };
}

export function boxesIn(boxes: readonly RedactionBox[], frame: number): readonly RedactionBox[] {
  return boxes.filter((box) => box.frame <= frame && frame < box.frame + box.frames);
}

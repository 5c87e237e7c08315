import { seededRandom } from '../random.ts';

/** For every factor its values; a choice is one index for each factor. */
export type Factors = readonly { readonly name: string; readonly values: number }[];

/**
 * Choices in which every pair of values of two factors that can meet does, in no more choices than a greedy search
 * needs. `allowed` judges whole choices, and value 0 of a factor should go with most others; a pair for which none of `tries` completions is allowed counts as one that
 * cannot meet. The same seed gives the same choices.
 */
export function pairwise(
  factors: Factors,
  allowed: (choice: readonly number[]) => boolean,
  options: { readonly seed: string; readonly tries?: number },
): readonly (readonly number[])[] {
  const { seed, tries = 400 } = options;
  const random = seededRandom(seed);
  const missing = new Set<string>();
  const key = (a: number, av: number, b: number, bv: number): string => `${a}.${av}.${b}.${bv}`;
  for (const [a, { values }] of factors.entries()) {
    for (let b = a + 1; b < factors.length; b++) {
      for (let av = 0; av < values; av++) {
        for (let bv = 0; bv < (factors[b]?.values ?? 0); bv++) missing.add(key(a, av, b, bv));
      }
    }
  }
  const covered = (choice: readonly number[]): string[] => {
    const found: string[] = [];
    for (let a = 0; a < choice.length; a++) {
      for (let b = a + 1; b < choice.length; b++) {
        const pair = key(a, choice[a] ?? 0, b, choice[b] ?? 0);
        if (missing.has(pair)) found.push(pair);
      }
    }
    return found;
  };
  // The first value of a factor is the plain one: the longer nothing is found, the more of them are tried.
  const neutral = (attempt: number): number => Math.min(0.9, (2 * attempt) / tries);
  const chosen: (readonly number[])[] = [];
  for (const pair of [...missing]) {
    if (!missing.has(pair)) continue;
    const [a = 0, av = 0, b = 0, bv = 0] = pair.split('.').map(Number);
    let best: readonly number[] | undefined;
    let most: readonly string[] = [];
    let good = 0;
    for (let attempt = 0; attempt < tries && good < 12; attempt++) {
      const choice = factors.map(({ values }, index) =>
        index === a ? av : index === b ? bv : random() < neutral(attempt) ? 0 : Math.floor(random() * values),
      );
      if (!allowed(choice)) continue;
      good += 1;
      const gain = covered(choice);
      if (gain.length <= most.length) continue;
      best = choice;
      most = gain;
    }
    missing.delete(pair);
    if (best === undefined) continue;
    chosen.push(best);
    for (const met of most) missing.delete(met);
  }
  return chosen;
}

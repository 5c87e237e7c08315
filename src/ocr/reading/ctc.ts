/** Candidates kept at each step of the model. */
export const CANDIDATES = 3;

/** The likeliest classes at each step, best first: `CANDIDATES` a step. Class 0 is "no character here". */
export interface StepScores {
  readonly steps: number;
  readonly classes: Uint16Array;
  readonly scores: Float32Array;
}

/** Another character that may stand at a position. */
export interface CharacterAlternative {
  readonly character: string;
  /** 0 to 1. */
  readonly score: number;
}

export interface ReadCharacter {
  readonly character: string;
  /** 0 to 1. */
  readonly confidence: number;
  /** Centre, in steps of the model. */
  readonly position: number;
  /** Others that may stand there, likeliest first. */
  readonly alternatives: readonly CharacterAlternative[];
}

const LEAST_ALTERNATIVE = 0.02;

/** Keeps the best classes of each step of one line of a batch. `scores` begins with that line. */
export function bestOfSteps(scores: Float32Array, steps: number, classes: number): StepScores {
  const kept = {
    steps,
    classes: new Uint16Array(steps * CANDIDATES),
    scores: new Float32Array(steps * CANDIDATES),
  };
  for (let step = 0; step < steps; step += 1) {
    const start = step * classes;
    let first = 0;
    let second = 0;
    let third = 0;
    let firstClass = 0;
    let secondClass = 0;
    let thirdClass = 0;
    for (let index = 0; index < classes; index += 1) {
      const score = scores[start + index] ?? 0;
      if (score <= third) continue;
      if (score > first) {
        third = second;
        thirdClass = secondClass;
        second = first;
        secondClass = firstClass;
        first = score;
        firstClass = index;
      } else if (score > second) {
        third = second;
        thirdClass = secondClass;
        second = score;
        secondClass = index;
      } else {
        third = score;
        thirdClass = index;
      }
    }
    kept.classes.set([firstClass, secondClass, thirdClass], step * CANDIDATES);
    kept.scores.set([first, second, third], step * CANDIDATES);
  }
  return kept;
}

/** Steps of two overlapping pieces of one line as one; the second begins at step `start` of the first. */
export function joinSteps(first: StepScores, second: StepScores, start: number): StepScores {
  const middle = Math.floor((start + first.steps) / 2);
  let cut = middle;
  // Cut where both see no character, as near to the middle of the overlap as may be.
  for (let away = 0; away <= (first.steps - start) / 2 - 1; away += 1) {
    const at = [middle - away, middle + away].find(
      (step) => isBlank(first, step) && isBlank(second, step - start),
    );
    if (at === undefined) continue;
    cut = at;
    break;
  }
  const steps = start + second.steps;
  const classes = new Uint16Array(steps * CANDIDATES);
  const scores = new Float32Array(steps * CANDIDATES);
  classes.set(first.classes.subarray(0, cut * CANDIDATES));
  scores.set(first.scores.subarray(0, cut * CANDIDATES));
  classes.set(second.classes.subarray((cut - start) * CANDIDATES), cut * CANDIDATES);
  scores.set(second.scores.subarray((cut - start) * CANDIDATES), cut * CANDIDATES);
  return { steps, classes, scores };
}

function isBlank(steps: StepScores, step: number): boolean {
  return step >= 0 && step < steps.steps && steps.classes[step * CANDIDATES] === 0;
}

/**
 * Greedy decoding of connectionist temporal classification: equal classes in succession are one character, class 0
 * separates. `characters` gives the character of each class.
 */
export function decodeSteps(steps: StepScores, characters: readonly string[]): readonly ReadCharacter[] {
  const read: ReadCharacter[] = [];
  let step = 0;
  while (step < steps.steps) {
    const found = steps.classes[step * CANDIDATES] ?? 0;
    let end = step + 1;
    while (end < steps.steps && steps.classes[end * CANDIDATES] === found) end += 1;
    if (found !== 0) read.push(characterOfRun(steps, step, end, found, characters));
    step = end;
  }
  return read;
}

function characterOfRun(
  steps: StepScores,
  start: number,
  end: number,
  found: number,
  characters: readonly string[],
): ReadCharacter {
  let confidence = 0;
  let weighted = 0;
  let sum = 0;
  const others = new Map<number, number>();
  for (let step = start; step < end; step += 1) {
    const score = steps.scores[step * CANDIDATES] ?? 0;
    confidence = Math.max(confidence, score);
    weighted += score * (step + 0.5);
    sum += score;
    for (let place = 1; place < CANDIDATES; place += 1) {
      const other = steps.classes[step * CANDIDATES + place] ?? 0;
      const otherScore = steps.scores[step * CANDIDATES + place] ?? 0;
      if (other === 0 || other === found || otherScore < LEAST_ALTERNATIVE) continue;
      others.set(other, Math.max(others.get(other) ?? 0, otherScore));
    }
  }
  const alternatives = [...others]
    .sort((a, b) => b[1] - a[1])
    .map(([other, score]) => ({ character: characters[other] ?? '', score }));
  return {
    character: characters[found] ?? '',
    confidence,
    position: sum > 0 ? weighted / sum : (start + end) / 2,
    alternatives,
  };
}

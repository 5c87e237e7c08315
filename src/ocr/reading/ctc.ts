/** The likeliest class at each step of the model. Class 0 is "no character here". */
export interface StepScores {
  readonly steps: number;
  readonly classes: Uint16Array;
  /** 0 to 1. */
  readonly scores: Float32Array;
}

export interface ReadCharacter {
  readonly character: string;
  /** 0 to 1. */
  readonly confidence: number;
  /** Centre, in steps of the model. */
  readonly position: number;
}

/** Keeps the likeliest class of each step of one line of a batch. `scores` begins with that line. */
export function bestOfSteps(scores: Float32Array, steps: number, classes: number): StepScores {
  const kept = { steps, classes: new Uint16Array(steps), scores: new Float32Array(steps) };
  for (let step = 0; step < steps; step += 1) {
    const start = step * classes;
    let best = start;
    for (let at = start + 1; at < start + classes; at += 1) {
      if ((scores[at] ?? 0) > (scores[best] ?? 0)) best = at;
    }
    kept.classes[step] = best - start;
    kept.scores[step] = scores[best] ?? 0;
  }
  return kept;
}

/** Steps of two overlapping pieces of one line as one; the second begins at step `start` of the first. */
export function joinSteps(first: StepScores, second: StepScores, start: number): StepScores {
  const cut = cutBetween(first, second, start);
  const steps = start + second.steps;
  const classes = new Uint16Array(steps);
  const scores = new Float32Array(steps);
  classes.set(first.classes.subarray(0, cut));
  scores.set(first.scores.subarray(0, cut));
  classes.set(second.classes.subarray(cut - start), cut);
  scores.set(second.scores.subarray(cut - start), cut);
  return { steps, classes, scores };
}

/** Where both see no character, as near to the middle of the overlap as may be: no letter is read twice or lost. */
function cutBetween(first: StepScores, second: StepScores, start: number): number {
  const middle = Math.floor((start + first.steps) / 2);
  for (let away = 0; away < (first.steps - start) / 2; away += 1) {
    for (const step of [middle - away, middle + away]) {
      if (first.classes[step] === 0 && second.classes[step - start] === 0) return step;
    }
  }
  return middle;
}

/**
 * Greedy decoding of connectionist temporal classification: equal classes in succession are one character, class 0
 * separates. `characters` gives the character of each class.
 */
export function decodeSteps(steps: StepScores, characters: readonly string[]): readonly ReadCharacter[] {
  const read: ReadCharacter[] = [];
  let step = 0;
  while (step < steps.steps) {
    const found = steps.classes[step] ?? 0;
    let end = step + 1;
    while (end < steps.steps && steps.classes[end] === found) end += 1;
    if (found !== 0) read.push(characterOfRun(steps, step, end, characters[found] ?? ''));
    step = end;
  }
  return read;
}

function characterOfRun(steps: StepScores, start: number, end: number, character: string): ReadCharacter {
  let confidence = 0;
  let weighted = 0;
  let sum = 0;
  for (let step = start; step < end; step += 1) {
    const score = steps.scores[step] ?? 0;
    confidence = Math.max(confidence, score);
    weighted += score * (step + 0.5);
    sum += score;
  }
  return { character, confidence, position: sum > 0 ? weighted / sum : (start + end) / 2 };
}

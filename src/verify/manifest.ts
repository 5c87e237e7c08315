/** A line of the manifest of `sallyport deidentify`, as far as verification needs it. */
export interface ManifestLine {
  /** Counted from 1. */
  readonly line: number;
  readonly input: string;
  readonly output: string | undefined;
  readonly status: string;
  /** What it says was done to the pixels; undefined where it says nothing of that (another version's). */
  readonly pixels: { readonly complete: boolean; readonly changed: boolean } | undefined;
}

export interface Manifest {
  readonly lines: readonly ManifestLine[];
  /** Numbers of lines that are no JSON object with an input. */
  readonly unreadable: readonly number[];
}

/** Reads a manifest: one JSON object a line, blank lines allowed. A later line about the same input replaces an earlier one (a run that was resumed). */
export function readManifest(text: string): Manifest {
  const byInput = new Map<string, ManifestLine>();
  const unreadable: number[] = [];
  text.split(/\r?\n/).forEach((content, index) => {
    if (content.trim() === '') return;
    const line = lineOf(content, index + 1);
    if (line === undefined) unreadable.push(index + 1);
    else byInput.set(line.input, line);
  });
  return { lines: [...byInput.values()], unreadable };
}

function lineOf(content: string, line: number): ManifestLine | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(content);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const { input, output, status, pixels } = parsed as Record<string, unknown>;
  if (typeof input !== 'string' || typeof status !== 'string') return undefined;
  return {
    line,
    input,
    output: typeof output === 'string' ? output : undefined,
    status,
    pixels: pixelsOf(pixels),
  };
}

function pixelsOf(value: unknown): ManifestLine['pixels'] {
  if (value === null) return { complete: false, changed: false };
  if (typeof value !== 'object') return undefined;
  const { complete, changed } = value as Record<string, unknown>;
  return { complete: complete === true, changed: changed === true };
}

/**
 * Finds the files of a list by the paths a manifest gives: the very path, or, where the folder was moved since, the only
 * file whose path ends alike in the most parts.
 */
export class PathIndex {
  readonly #paths = new Set<string>();
  readonly #byName = new Map<string, string[]>();

  constructor(paths: readonly string[]) {
    for (const path of paths) {
      this.#paths.add(path);
      const name = partsOf(path).at(-1) ?? '';
      const same = this.#byName.get(name);
      if (same === undefined) this.#byName.set(name, [path]);
      else same.push(path);
    }
  }

  find(path: string): string | undefined {
    if (this.#paths.has(path)) return path;
    const parts = partsOf(path).reverse();
    let best: string | undefined;
    let bestLength = 0;
    let isUnique = false;
    for (const candidate of this.#byName.get(parts[0] ?? '') ?? []) {
      const own = partsOf(candidate).reverse();
      let length = 0;
      while (length < own.length && own[length] === parts[length]) length += 1;
      isUnique = length > bestLength || (isUnique && length !== bestLength);
      if (length > bestLength) {
        best = candidate;
        bestLength = length;
      }
    }
    return isUnique ? best : undefined;
  }
}

function partsOf(path: string): string[] {
  return path.split(/[\\/]+/).filter((part) => part !== '' && part !== '.');
}

import { invalid } from './code-stream.ts';

export interface Segment {
  readonly marker: number;
  /** Where the parameters begin, behind the length. */
  readonly body: number;
  readonly length: number;
}

/** The marker segment at or behind `at`, over fill bytes and markers without parameters (T.81 B.1.1). */
export function nextSegment(view: DataView, at: number): Segment {
  for (let from = at; ; ) {
    if (view.getUint8(from) !== 0xff) throw invalid('marker expected');
    const marker = view.getUint8(from + 1);
    if (marker === 0xff) {
      from += 1;
      continue;
    }
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {
      from += 2;
      continue;
    }
    if (marker === 0xd9) throw invalid('image ends before its data');
    const length = view.getUint16(from + 2);
    if (length < 2) throw invalid('marker segment length');
    return { marker, body: from + 4, length };
  }
}

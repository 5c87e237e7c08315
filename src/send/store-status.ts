import { type ErrorCode, isErrorCode } from '../core/errors.ts';

export type StoreOutcome = 'success' | 'warning' | 'failure';

/** What a C-STORE status means (PS3.4 B.2.3, PS3.7 C). Anything unlisted is a failure. */
export function storeOutcome(status: number): StoreOutcome {
  if (status === 0) return 'success';
  const isWarning = status === 0x0001 || status === 0x0107 || status === 0x0116 || status >>> 12 === 0xb;
  return isWarning ? 'warning' : 'failure';
}

const exact: Readonly<Record<number, string>> = {
  0: 'success',
  263: 'attribute list error',
  272: 'processing failure',
  273: 'duplicate SOP instance',
  279: 'invalid SOP instance UID',
  290: 'SOP class not supported',
  292: 'not authorized',
  528: 'duplicate invocation',
  529: 'unrecognized operation',
  530: 'mistyped argument',
  531: 'resource limitation',
  45056: 'coercion of data elements',
  45062: 'elements discarded',
  45063: 'data set does not match SOP class',
  65024: 'cancelled',
};

/** The status in words of the standard, with its number. */
export function storeStatusText(status: number): string {
  return `${meaning(status)} (0x${status.toString(16).toUpperCase().padStart(4, '0')})`;
}

function meaning(status: number): string {
  const known = exact[status];
  if (known !== undefined) return known;
  if (status >>> 8 === 0xa7) return 'out of resources';
  if (status >>> 8 === 0xa9) return 'data set does not match SOP class';
  if (status >>> 12 === 0xc) return 'cannot understand';
  return storeOutcome(status) === 'warning' ? 'warning' : 'failure';
}

/** The registry code at the head of an Error Comment, which a Sallyport gives; a foreign comment gives nothing. */
export function codeInComment(errorComment: string): ErrorCode | undefined {
  const word = /^([A-Z][A-Z_]+):/.exec(errorComment)?.[1];
  return word !== undefined && isErrorCode(word) ? word : undefined;
}

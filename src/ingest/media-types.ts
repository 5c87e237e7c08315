import { SallyportError } from '../core/errors.ts';

/** A media type with its parameters; names in lower case, values as they mean, without their quotes. */
export interface MediaType {
  /** "multipart/related", in lower case. */
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * RFC 2046 5.1.1: 1 to 70 of these, not ending with a blank. Orthanc sends 73, which does no harm; the limit here is there
 * for what is searched for in every byte.
 */
const boundaryPattern = /^[0-9A-Za-z'()+_,./:=? -]{0,199}[0-9A-Za-z'()+_,./:=?-]$/;
/** One parameter of RFC 9110 5.6.6. Many clients leave the quotes out where a value has a slash. */
const parameterPattern = /\s*;\s*(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:"((?:[^"\\]|\\.)*)"|([^";\s]+)))?/y;

/** Reads a media type; undefined where it breaks RFC 9110 8.3.1, or says one parameter twice. */
export function parseMediaType(text: string): MediaType | undefined {
  const type = /^\s*([\w!#$&^.+*-]+\/[\w!#$&^.+*-]+)/.exec(text);
  if (type?.[1] === undefined) return undefined;
  const parameters = new Map<string, string>();
  parameterPattern.lastIndex = type[0].length;
  for (;;) {
    const at = parameterPattern.lastIndex;
    if (text.slice(at).trim() === '') break;
    const found = parameterPattern.exec(text);
    if (found === null) return undefined;
    const [, name, quoted, plain = ''] = found;
    if (name === undefined) continue;
    if (parameters.has(name.toLowerCase())) return undefined;
    parameters.set(name.toLowerCase(), quoted?.replaceAll(/\\(.)/g, '$1') ?? plain);
  }
  return { type: type[1].toLowerCase(), parameters };
}

/**
 * The boundary of a Store request (PS3.18 10.5.1): multipart/related whose root is application/dicom. Throws
 * MEDIA_TYPE_UNSUPPORTED where it is anything else (metadata as JSON or XML with bulk data apart are not taken), and
 * MULTIPART_INVALID where the boundary is missing or none.
 */
export function boundaryOfStore(contentType: string | undefined): string {
  const read = parseMediaType(contentType ?? '');
  if (read === undefined) throw new SallyportError('MULTIPART_INVALID', { detail: 'Content-Type' });
  const { type, parameters } = read;
  if (type !== 'multipart/related') throw new SallyportError('MEDIA_TYPE_UNSUPPORTED');
  const root = parameters.get('type')?.split(';', 1)[0]?.trim().toLowerCase();
  if (root !== 'application/dicom')
    throw new SallyportError('MEDIA_TYPE_UNSUPPORTED', { detail: 'type="application/dicom" only' });
  const boundary = parameters.get('boundary') ?? '';
  if (!boundaryPattern.test(boundary)) throw new SallyportError('MULTIPART_INVALID', { detail: 'boundary' });
  return boundary;
}

const storeAnswerTypes = ['application/dicom+json', 'application/json', 'application/*', '*/*'];

/** Throws ANSWER_TYPE_UNSUPPORTED where an Accept header allows no application/dicom+json (RFC 9110 12.5.1). */
export function assertAcceptsDicomJson(accept: string | undefined): void {
  if (accept === undefined || accept.trim() === '') return;
  const allowed = accept.split(',').some((one) => {
    const read = parseMediaType(one.trim());
    // Weight 0 is "not this".
    const weight = Number(read?.parameters.get('q') ?? 1);
    return storeAnswerTypes.includes(read?.type ?? '') && weight > 0;
  });
  if (!allowed)
    throw new SallyportError('ANSWER_TYPE_UNSUPPORTED', { detail: 'application/dicom+json only' });
}

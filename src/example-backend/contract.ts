import { readFileSync } from 'node:fs';
import { type ErrorObject, Ajv2020 as JsonSchema, type ValidateFunction } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import type { components } from '../core/generated/backend.ts';

export type ImageUpload = components['schemas']['ImageUpload'];
export type ContentType = components['schemas']['Image']['contentType'];
export type UploadResult = components['schemas']['UploadResult'];
export type Problem = components['schemas']['Problem'];

/** Where a value breaks the contract; no value of the body in it. */
export interface ContractFault {
  readonly pointer: string;
  readonly detail: string;
}

const maxFaults = 20;

/** Checks values against the schemas of openapi/backend.yaml (JSON Schema 2020-12). Safe to share. */
export class Contract {
  readonly #upload: ValidateFunction;
  readonly #result: ValidateFunction;
  readonly #problem: ValidateFunction;
  readonly #maxDataLength: number;

  constructor() {
    const document = parse(readFileSync(new URL('../../openapi/backend.yaml', import.meta.url), 'utf8'));
    // Not `strictTypes`: an enum beside a list of types is legal and wanted here.
    const schemas = new JsonSchema({
      allErrors: false,
      strict: true,
      strictTypes: false,
      validateSchema: false,
    });
    schemas.addVocabulary(['openapi', 'info', 'servers', 'security', 'tags', 'paths', 'components']);
    schemas.addSchema(document, 'backend');
    const compiled = (name: string): ValidateFunction =>
      schemas.compile({ $ref: `backend#/components/schemas/${name}` });
    this.#upload = compiled('ImageUpload');
    this.#result = compiled('UploadResult');
    this.#problem = compiled('Problem');
    this.#maxDataLength = document.components.schemas.Image.properties.data.maxLength;
  }

  /**
   * Faults of a request body; none means that it is an ImageUpload. Image data is checked by hand, length and alphabet,
   * because JSON Schema would count its characters one by one.
   */
  uploadFaults(body: unknown): readonly ContractFault[] {
    const { skeleton, faults } = this.#withoutData(body);
    return faults.length > 0 ? faults : faultsOf(this.#upload, skeleton);
  }

  resultFaults(body: unknown): readonly ContractFault[] {
    return faultsOf(this.#result, body);
  }

  problemFaults(body: unknown): readonly ContractFault[] {
    return faultsOf(this.#problem, body);
  }

  #withoutData(body: unknown): { skeleton: unknown; faults: readonly ContractFault[] } {
    if (!isRecord(body) || !Array.isArray(body.images)) return { skeleton: body, faults: [] };
    const faults: ContractFault[] = [];
    const images = body.images.map((image: unknown, index) => {
      if (!isRecord(image) || typeof image.data !== 'string') return image;
      const detail = this.#dataFault(image.data, image.contentType);
      if (detail !== undefined) faults.push({ pointer: `/images/${index}/data`, detail });
      return { ...image, data: 'AAAA' };
    });
    return { skeleton: { ...body, images }, faults: faults.slice(0, maxFaults) };
  }

  #dataFault(data: string, contentType: unknown): string | undefined {
    if (data.length > this.#maxDataLength) return 'is longer than the limit';
    // A content type that is none of the contract's is told of by its schema.
    if (!isContentType(contentType)) return undefined;
    return imageBytes(data, contentType) === undefined ? `is not the base64 of ${contentType}` : undefined;
  }
}

function faultsOf(validate: ValidateFunction, value: unknown): readonly ContractFault[] {
  if (validate(value)) return [];
  return (validate.errors ?? []).slice(0, maxFaults).map(asFault);
}

/** How files of a content type begin and end, bytes in hexadecimal, and how their names do. */
const formats: Readonly<
  Record<
    ContentType,
    { readonly extension: string; readonly begins: readonly string[]; readonly ends: string }
  >
> = {
  'image/jpeg': { extension: 'jpg', begins: ['ffd8'], ends: 'ffd9' },
  'image/png': { extension: 'png', begins: ['89504e470d0a1a0a'], ends: '49454e44ae426082' },
  // A bare code stream, or its container; neither has a mark at its end.
  'image/jxl': { extension: 'jxl', begins: ['ff0a', '0000000c4a584c200d0a870a'], ends: '' },
  'image/jphc': { extension: 'jhc', begins: ['ff4fff51'], ends: 'ffd9' },
};

function isContentType(value: unknown): value is ContentType {
  return typeof value === 'string' && Object.hasOwn(formats, value);
}

/** The ending of file names for a content type. */
export function extensionOf(contentType: ContentType): string {
  return formats[contentType].extension;
}

/** The bytes of image data, or undefined where it is not base64 with padding or not an image of its content type. */
export function imageBytes(data: string, contentType: ContentType): Buffer | undefined {
  const padding = data.endsWith('==') ? 2 : data.endsWith('=') ? 1 : 0;
  const bytes = Buffer.from(data, 'base64');
  // The decoder skips what is not base64, so a wrong character shows as a missing byte.
  if (data.length % 4 !== 0 || bytes.length !== (data.length / 4) * 3 - padding) return undefined;
  const { begins, ends } = formats[contentType];
  const head = bytes.toString('hex', 0, 16);
  const tail = bytes.toString('hex', Math.max(0, bytes.length - ends.length / 2));
  return begins.some((mark) => head.startsWith(mark)) && tail === ends ? bytes : undefined;
}

function asFault(error: ErrorObject): ContractFault {
  return {
    pointer: error.instancePath.slice(0, 1024),
    detail: (error.message ?? error.keyword).slice(0, 1024),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { readFileSync } from 'node:fs';
import { type ErrorObject, Ajv2020 as JsonSchema, type ValidateFunction } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import type { components } from '../core/generated/backend.ts';

export type ImageUpload = components['schemas']['ImageUpload'];
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
      const detail = this.#dataFault(image.data);
      if (detail !== undefined) faults.push({ pointer: `/images/${index}/data`, detail });
      return { ...image, data: 'AAAA' };
    });
    return { skeleton: { ...body, images }, faults: faults.slice(0, maxFaults) };
  }

  #dataFault(data: string): string | undefined {
    if (data.length > this.#maxDataLength) return 'is longer than the limit';
    return jpegOf(data) === undefined ? 'is not the base64 of a JPEG' : undefined;
  }
}

function faultsOf(validate: ValidateFunction, value: unknown): readonly ContractFault[] {
  if (validate(value)) return [];
  return (validate.errors ?? []).slice(0, maxFaults).map(asFault);
}

/** The bytes of image data, or undefined where it is not base64 with padding or not a JPEG from first to last marker. */
export function jpegOf(data: string): Buffer | undefined {
  const padding = data.endsWith('==') ? 2 : data.endsWith('=') ? 1 : 0;
  const bytes = Buffer.from(data, 'base64');
  // The decoder skips what is not base64, so a wrong character shows as a missing byte.
  if (data.length % 4 !== 0 || bytes.length !== (data.length / 4) * 3 - padding) return undefined;
  const whole =
    bytes.length > 4 && bytes.readUInt16BE(0) === 0xffd8 && bytes.readUInt16BE(bytes.length - 2) === 0xffd9;
  return whole ? bytes : undefined;
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

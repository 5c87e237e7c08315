import convict from 'convict';
import { parseFrameSelection, parseWindowChoice } from '../core/render-choices.ts';
import {
  assertAddressList,
  assertAeTitle,
  assertBaseUrl,
  assertCallingAeProfiles,
  assertCallingPeers,
  assertPathList,
  parseDuration,
  parseSize,
} from './formats.ts';
import { assertClaimScopes, assertHostList, assertTlsClients } from './http-security-formats.ts';

function wholeNumber(from: number, to: number, words: string): (value: unknown) => void {
  return (value) => {
    if (!Number.isSafeInteger(value) || Number(value) < from || Number(value) > to)
      throw new Error(`must be ${words}`);
  };
}

const toNumber = (value: unknown): unknown =>
  typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
const jsonList = (value: unknown): unknown => (typeof value === 'string' ? parseJson(value) : value);
const commaList = (value: unknown): unknown =>
  typeof value === 'string'
    ? value
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '')
    : value;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // the format's validation then says what was expected
  }
}

/** Registers our formats with convict; safe to call again. */
export function registerFormats(): void {
  convict.addFormats({
    'tcp-port': { validate: wholeNumber(0, 65535, 'a port number, 0 to 65535'), coerce: toNumber },
    count: { validate: wholeNumber(1, Number.MAX_SAFE_INTEGER, 'a whole number from 1'), coerce: toNumber },
    'count-or-zero': { validate: wholeNumber(0, 1024, 'a whole number from 0 to 1024'), coerce: toNumber },
    'pixels-or-zero': {
      validate: wholeNumber(0, 65_500, 'a whole number from 0 to 65500'),
      coerce: toNumber,
    },
    'frame-selection': {
      validate: (value: unknown) => {
        if (typeof value !== 'string' || parseFrameSelection(value) === undefined)
          throw new Error('must be all, first, middle, every:N or at-most:N');
      },
    },
    'window-choice': {
      validate: (value: unknown) => {
        if (typeof value !== 'string' || parseWindowChoice(value) === undefined)
          throw new Error('must be 1 to 99, automatic or explanation:TEXT');
      },
    },
    percent: { validate: wholeNumber(1, 100, 'a whole number from 1 to 100'), coerce: toNumber },
    'true-or-false': {
      validate: (value: unknown) => {
        if (typeof value !== 'boolean') throw new Error('must be true or false');
      },
      // convict's own Boolean reads every word but "false" as true: a typing error would switch things on.
      coerce: (value: unknown) => (value === 'true' ? true : value === 'false' ? false : value),
    },
    text: {
      validate: (value: unknown) => {
        if (typeof value !== 'string' || value.length > 4096) throw new Error('must be text');
      },
    },
    duration: { validate: (value: unknown) => void parseDuration(value) },
    size: { validate: (value: unknown) => void parseSize(value) },
    'ae-title': { validate: assertAeTitle },
    'calling-peers': { validate: assertCallingPeers, coerce: jsonList },
    profile: {
      validate: (value: unknown) => {
        if (typeof value !== 'string' || value.trim() === '' || value.length > 4096)
          throw new Error('must be the name or path of a profile');
      },
    },
    'calling-ae-profiles': { validate: assertCallingAeProfiles, coerce: jsonList },
    'address-list': { validate: assertAddressList, coerce: commaList },
    'path-list': { validate: assertPathList, coerce: commaList },
    'tls-clients': { validate: assertTlsClients, coerce: jsonList },
    'claim-scopes': { validate: assertClaimScopes, coerce: jsonList },
    'host-list': { validate: assertHostList, coerce: commaList },
    'base-url': { validate: assertBaseUrl },
    'header-name': {
      validate: (value: unknown) => {
        if (typeof value !== 'string' || !/^[A-Za-z0-9-]{1,64}$/.test(value))
          throw new Error('must be an HTTP header name');
      },
    },
  });
}

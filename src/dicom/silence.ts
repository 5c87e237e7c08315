import { createRequire } from 'node:module';

/** The part of a loglevel logger used here. */
interface Logger {
  setLevel(level: 'silent', persist: boolean): void;
  getLoggers?(): Readonly<Record<string, Logger>>;
}

/**
 * Silences a loglevel logger and those derived from it. dcmjs and dcmjs-dimse write values of data sets, AE titles and
 * UIDs to their logs at every level, so none of it may reach an output.
 */
export function silenceLogger(logger: unknown): void {
  if (!isLogger(logger)) return;
  logger.setLevel('silent', false);
  for (const child of Object.values(logger.getLoggers?.() ?? {})) child.setLevel('silent', false);
}

/** Silences the copy of dcmjs that CommonJS packages (dcmjs-dimse) load. */
export function silenceDcmjs(): void {
  const dcmjs: unknown = createRequire(import.meta.url)('dcmjs');
  if (typeof dcmjs === 'object' && dcmjs !== null && 'log' in dcmjs) silenceLogger(dcmjs.log);
}

function isLogger(value: unknown): value is Logger {
  return value !== null && value !== undefined && typeof (value as Logger).setLevel === 'function';
}

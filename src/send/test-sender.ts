import { asSallyportError, errorRow, SallyportError } from '../core/errors.ts';
import { IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION_SOP_CLASS } from '../dicom/uids.ts';
import { type TestInstance, testInstance } from '../synthetic/test-instance.ts';
import { Association, type SendTarget } from './association.ts';
import type { CommandResponse } from './command-set.ts';
import { memoryFile } from './memory-file.ts';
import { echo, PieceBuffers, storeInstance } from './store-scu.ts';
import { codeInComment, storeOutcome, storeStatusText } from './store-status.ts';
import { failureWords, type TestedPeer } from './test-advice.ts';
import type { TestReport, TestStep, TestStepName } from './test-report.ts';

/** Time limits of a test, ms: somebody sits before the page and waits. */
export const testConnectTimeoutMs = 5_000;
export const testAssociationTimeoutMs = 10_000;
export const testResponseTimeoutMs = 20_000;
/** Tests at the same time; more are refused with WORKERS_BUSY. */
export const maxTestsAtOnce = 4;

export interface TestOptions {
  readonly callingAeTitle: string;
  /** The target is the gateway's own listener: the advice is about its options. */
  readonly own: boolean;
  /** Sends one small synthetic instance as well; it goes the way of every other, to the backend. */
  readonly instance?: boolean;
  readonly signal?: AbortSignal;
  readonly connectTimeoutMs?: number;
  readonly associationTimeoutMs?: number;
  readonly responseTimeoutMs?: number;
}

/**
 * Tries a DICOM connection as a PACS would: C-ECHO, and C-STORE of a test image if wanted. The report says what each step
 * found and what to do; nothing of what the peer sends is in it but a DIMSE status. Whoever may call this can make the
 * gateway connect to any host and port: an administrator alone.
 */
export class TestSender {
  readonly #newSeed: () => string;
  #running = 0;

  /** `newSeed` gives another text each time, so that no test instance is a duplicate of an earlier one. */
  constructor(newSeed: () => string) {
    this.#newSeed = newSeed;
  }

  /** Rejects with WORKERS_BUSY alone, and with REQUEST_INVALID where AE titles, host or port cannot be such. */
  async test(target: SendTarget, options: TestOptions): Promise<TestReport> {
    if (!isAeTitle(target.aeTitle) || !isAeTitle(options.callingAeTitle))
      throw new SallyportError('REQUEST_INVALID', { detail: 'AE title' });
    if (!isHost(target.host) || !Number.isInteger(target.port) || target.port < 1 || target.port > 65_535)
      throw new SallyportError('REQUEST_INVALID', { detail: 'host or port' });
    if (this.#running >= maxTestsAtOnce) throw new SallyportError('WORKERS_BUSY');
    this.#running += 1;
    try {
      const instance = options.instance === true ? testInstance(this.#newSeed()) : undefined;
      return await new TestRun(target, options, instance).run();
    } finally {
      this.#running -= 1;
    }
  }
}

/** AE: 1 to 16 characters of the default repertoire, no backslash, not blanks alone (PS3.5 6.2). */
export function isAeTitle(text: string): boolean {
  return /^[\x20-\x5b\x5d-\x7e]{1,16}$/.test(text) && text.trim() !== '';
}

/** A host name, an IPv4 or an IPv6 address; no URL, no blanks. */
export function isHost(text: string): boolean {
  return /^[A-Za-z0-9._:%-]{1,253}$/.test(text);
}

class TestRun {
  readonly #target: SendTarget;
  readonly #options: TestOptions;
  readonly #instance: TestInstance | undefined;
  readonly #peer: TestedPeer;
  readonly #steps: TestStep[] = [];
  readonly #startedAt = performance.now();
  #stepAt = this.#startedAt;

  constructor(target: SendTarget, options: TestOptions, instance: TestInstance | undefined) {
    this.#target = target;
    this.#options = options;
    this.#instance = instance;
    this.#peer = {
      own: options.own,
      callingAeTitle: options.callingAeTitle,
      calledAeTitle: target.aeTitle,
      tls: target.tls !== undefined,
    };
  }

  async run(): Promise<TestReport> {
    const wanted: readonly TestStepName[] = [
      'connect',
      'associate',
      'echo',
      ...(this.#instance === undefined ? [] : (['store'] as const)),
      'release',
    ];
    try {
      await this.#all();
    } catch (thrown) {
      const name = wanted[this.#steps.length] ?? 'release';
      const error = asSallyportError(thrown);
      const { what, advice } = failureWords(name, error, this.#peer);
      this.#add({ name, outcome: 'failed', status: null, code: error.code, what, advice });
    }
    for (const name of wanted.slice(this.#steps.length)) {
      this.#add({
        name,
        outcome: 'skipped',
        status: null,
        code: null,
        what: 'Not tried, because a step before it failed.',
        advice: null,
      });
    }
    return {
      ok: this.#steps.every(({ outcome }) => outcome === 'ok' || outcome === 'warning'),
      ms: Math.round(performance.now() - this.#startedAt),
      steps: this.#steps,
    };
  }

  async #all(): Promise<void> {
    const instance = this.#instance;
    const verification = {
      sopClassUid: VERIFICATION_SOP_CLASS,
      transferSyntaxUid: IMPLICIT_VR_LITTLE_ENDIAN,
    };
    const association = await Association.open(
      this.#target,
      [verification, ...(instance === undefined ? [] : [instance])],
      {
        callingAeTitle: this.#options.callingAeTitle,
        connectTimeoutMs: this.#options.connectTimeoutMs ?? testConnectTimeoutMs,
        associationTimeoutMs: this.#options.associationTimeoutMs ?? testAssociationTimeoutMs,
        responseTimeoutMs: this.#options.responseTimeoutMs ?? testResponseTimeoutMs,
        signal: this.#options.signal,
        onConnected: () => this.#ok('connect', 'The port is reachable.'),
      },
    );
    try {
      this.#ok('associate', 'The association was accepted: both AE titles are right.');
      this.#response('echo', await echo(association, IMPLICIT_VR_LITTLE_ENDIAN));
      if (instance !== undefined) await this.#store(association, instance);
      await association.release();
      this.#ok('release', 'The association was released in order.');
    } catch (thrown) {
      const error = asSallyportError(thrown);
      association.abort(error);
      throw error;
    }
  }

  async #store(association: Association, instance: TestInstance): Promise<void> {
    const context = association.contextFor(instance.sopClassUid, instance.transferSyntaxUid);
    if ('refusal' in context) throw new SallyportError('PEER_CONTEXT_REFUSED', { detail: context.refusal });
    const source = {
      ...instance,
      file: memoryFile(instance.dataSet),
      offset: 0,
      length: instance.dataSet.length,
    };
    this.#response('store', await storeInstance(association, context.id, source, new PieceBuffers()));
  }

  #response(name: 'echo' | 'store', { status, errorComment }: CommandResponse): void {
    const outcome = storeOutcome(status);
    const code = codeInComment(errorComment) ?? null;
    const taken =
      name === 'echo'
        ? 'C-ECHO was answered with Success.'
        : 'The test image was taken. It goes the way of every other: it is de-identified and delivered.';
    this.#add({
      name,
      outcome: outcome === 'success' ? 'ok' : outcome === 'warning' ? 'warning' : 'failed',
      status: `0x${status.toString(16).toUpperCase().padStart(4, '0')}`,
      code,
      what: outcome === 'success' ? taken : `The answer was: ${storeStatusText(status)}.`,
      advice:
        outcome === 'success'
          ? null
          : code === null
            ? 'Look at the log of the receiving application.'
            : `${errorRow(code).advice}.`,
    });
  }

  #ok(name: TestStepName, what: string): void {
    this.#add({ name, outcome: 'ok', status: null, code: null, what, advice: null });
  }

  #add(step: Omit<TestStep, 'ms'>): void {
    const now = performance.now();
    this.#steps.push({ ...step, ms: step.outcome === 'skipped' ? 0 : Math.round(now - this.#stepAt) });
    this.#stepAt = now;
  }
}

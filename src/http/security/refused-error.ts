import { SallyportError } from '../../core/errors.ts';
import type { Refusal } from './actor.ts';

/** A refusal that an operation comes to: its answer says what is wanted, or how long to wait. */
export class RefusedError extends SallyportError {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.refused, refusal.detail === undefined ? {} : { detail: refusal.detail });
    this.refusal = refusal;
  }
}

/**
 * Named places at which crash tests end the process. In production no handler is set and a call costs one comparison.
 * The names are the steps of the path in order, so that a test can loop over all of them.
 */
export const faultPoints = [
  'blob.created',
  'blob.written',
  'blob.synced',
  'blob.renamed',
  'blob.directorySynced',
  'ledger.committed',
  'response.sent',
  'prepare.claimed',
  'prepare.done',
  'post.bound',
  'post.sent',
  'post.accepted',
  'delivery.committed',
  'blob.removed',
] as const;
export type FaultPoint = (typeof faultPoints)[number];

let handler: ((point: FaultPoint) => void) | undefined;

/** Only for tests: called at every fault point from now on. */
export function setFaultHandler(next: ((point: FaultPoint) => void) | undefined): void {
  handler = next;
}

export function faultPoint(point: FaultPoint): void {
  if (handler !== undefined) handler(point);
}

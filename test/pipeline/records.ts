import type { InstanceRecord } from '../../src/core/instance.ts';

/** A row of the ledger as `spool.accept` writes it. */
export function record(fields: Partial<InstanceRecord> & { readonly id: string }): InstanceRecord {
  return {
    state: 'received',
    instanceKey: fields.id.padEnd(32, '0'),
    revision: 1,
    contentDigest: null,
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    callingAeTitle: 'PACS',
    sizeBytes: 1000,
    headBytes: 400,
    receivedAt: 0,
    updatedAt: 0,
    attempts: 0,
    dueAt: 0,
    code: null,
    detail: null,
    releasedCodes: [],
    foundBoxes: null,
    drawnBoxes: null,
    postId: null,
    studyPseudonym: null,
    seriesPseudonym: null,
    ...fields,
  };
}

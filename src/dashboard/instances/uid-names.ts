import { storageSopClassTable } from '../../dicom/storage-sop-classes.ts';
import { transferSyntaxTable } from '../../dicom/transfer-syntaxes.ts';

const sopClasses: ReadonlyMap<string, string> = new Map(
  storageSopClassTable.map(([uid, name]) => [uid, name.replace(/ Storage\b/, '')]),
);
const syntaxes: ReadonlyMap<string, string> = new Map(
  transferSyntaxTable.map(({ uid, name }) => [uid, name]),
);

/** What kind of object a SOP Class is, as people say: "CT Image"; undefined for private ones. */
export function kindOf(sopClassUid: string): string | undefined {
  return sopClasses.get(sopClassUid);
}

/** How it is encoded, as people say: "JPEG Baseline (Process 1)"; undefined for private ones. */
export function encodingOf(transferSyntaxUid: string): string | undefined {
  return syntaxes.get(transferSyntaxUid);
}

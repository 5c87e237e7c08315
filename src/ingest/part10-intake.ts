import type { AuditActor } from '../core/audit.ts';
import { asSallyportError, type ErrorCode, SallyportError } from '../core/errors.ts';
import type { InstanceOrigin } from '../core/instance.ts';
import { memorySource } from '../dicom/byte-source.ts';
import { peekStudy } from '../dicom/head.ts';
import { readFileMeta } from '../dicom/part10.ts';
import { isStorageSopClass, isUid, mayBeStorageSopClass, transferSyntax } from '../dicom/uids.ts';
import { type StoreOutcome, StoreStream, type WriteBuffers } from '../receive/store-stream.ts';
import type { Intake } from '../spool/intake.ts';

export interface Part10IntakeSettings {
  /** What stands for the called AE title. */
  readonly calledAeTitle: string;
  readonly acceptUnknownSopClasses: boolean;
  /** Longest encoded data set, bytes. */
  readonly maxInstanceBytes: number;
  /** From the first byte to the last of one instance, ms. */
  readonly maxInstanceMs: number;
}

/** Who brings an instance: the AE title chooses the profile, the actor is for the audit trail. */
export interface Sender {
  readonly callingAeTitle: string;
  readonly by: AuditActor;
}

/** The instance as its File Meta Information names it. */
export interface NamedInstance {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
}

/** What became of a file; `of` where its File Meta Information could be read. */
export type TakenFile = StoreOutcome & { readonly of?: NamedInstance };

/** Next bytes of a file; undefined at its end. They must stay as they are. */
export type ReadBytes = () => Promise<Uint8Array | undefined>;

export interface Part10Intake {
  readonly intake: Intake;
  readonly buffers: WriteBuffers;
  readonly settings: Part10IntakeSettings;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}

/** File Meta Information has some 300 bytes; private information in it may have more. */
const metaWindowBytes = 64 * 1024;
/** Study Instance UID is looked for so far into the data set. */
const studyWindowBytes = 1024 * 1024;

/**
 * Takes one Part 10 file into the spool as C-STORE takes its data set: what an association would not have been granted is
 * refused, the File Meta Information is written anew, the data set is kept byte for byte and must carry the same UIDs.
 * With `study` its Study Instance UID must be that one, which is known before anything is kept.
 *
 * `kept` only when it is on stable storage. Rejects with what `read` fails with, and with BODY_TOO_SLOW; nothing of it is
 * left then. A refused file may not have been read to its end.
 */
export async function takePart10(
  { intake, buffers, settings, now }: Part10Intake,
  read: ReadBytes,
  sender: Sender,
  study?: string,
): Promise<TakenFile> {
  const begunAt = now();
  const start = new FileStart(async () => {
    const bytes = await read();
    if (now() - begunAt > settings.maxInstanceMs) throw new SallyportError('BODY_TOO_SLOW');
    return bytes;
  });
  await start.gather(metaWindowBytes);
  const meta = metaOf(start.bytes());
  if (meta === undefined) return { kind: 'refused', code: 'NOT_DICOM' };
  const { sopClassUid, sopInstanceUid, transferSyntaxUid, dataSetOffset } = meta;
  const of = { sopClassUid, sopInstanceUid };
  const refusal =
    refusalOf(meta, settings) ??
    (study === undefined ? undefined : await strangerTo(study, start, transferSyntaxUid, dataSetOffset));
  if (refusal !== undefined) return { kind: 'refused', code: refusal, of };
  const { callingAeTitle, by } = sender;
  const { calledAeTitle, maxInstanceBytes } = settings;
  const origin: InstanceOrigin = { ...of, transferSyntaxUid, callingAeTitle, calledAeTitle, by };
  let wake: (() => void) | undefined;
  const store = new StoreStream(intake, origin, buffers, maxInstanceBytes, () => wake?.());
  try {
    let bytes: Uint8Array | undefined = start.bytes().subarray(dataSetOffset);
    while (bytes !== undefined) {
      for (let taken = store.accept(bytes); taken < bytes.length; taken = store.accept(bytes)) {
        bytes = bytes.subarray(taken);
        // Less than given was taken, so both buffers are full and one is being written: room is told of when that ends.
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      bytes = await start.next();
    }
  } catch (thrown) {
    await store.abandon();
    throw thrown;
  }
  return { ...(await store.finish()), of };
}

/** The first bytes of a file, held as long as they have to be looked at. */
class FileStart {
  readonly #read: ReadBytes;
  #pieces: Uint8Array[] = [];
  #length = 0;
  #ended = false;

  constructor(read: ReadBytes) {
    this.#read = read;
  }

  /** True when no more bytes will come. */
  get ended(): boolean {
    return this.#ended;
  }

  get length(): number {
    return this.#length;
  }

  /** Reads until so many bytes are here, or all. */
  async gather(bytes: number): Promise<void> {
    while (!this.#ended && this.#length < bytes) {
      const piece = await this.next();
      if (piece === undefined) break;
      this.#pieces.push(piece);
      this.#length += piece.length;
    }
  }

  bytes(): Uint8Array {
    const [first, ...others] = this.#pieces;
    if (first !== undefined && others.length === 0) return first;
    const whole = Buffer.concat(this.#pieces);
    this.#pieces = [whole];
    return whole;
  }

  /** The bytes behind those gathered; undefined at the end. */
  async next(): Promise<Uint8Array | undefined> {
    if (this.#ended) return undefined;
    const piece = await this.#read();
    if (piece === undefined) this.#ended = true;
    return piece;
  }
}

interface ReadMeta extends NamedInstance {
  readonly transferSyntaxUid: string;
  readonly dataSetOffset: number;
}

/** Undefined where there is no File Meta Information that names instance and transfer syntax (PS3.10 7.1). */
function metaOf(bytes: Uint8Array): ReadMeta | undefined {
  try {
    const { prefixed, sopClassUid, sopInstanceUid, transferSyntaxUid, dataSetOffset } = readFileMeta(
      memorySource(bytes),
    );
    if (!prefixed || !named(sopClassUid) || !named(sopInstanceUid) || !named(transferSyntaxUid))
      return undefined;
    return { sopClassUid, sopInstanceUid, transferSyntaxUid, dataSetOffset };
  } catch (thrown) {
    const { code } = asSallyportError(thrown);
    if (code === 'UNEXPECTED') throw thrown;
    return undefined;
  }
}

function named(uid: string | undefined): uid is string {
  return uid !== undefined && isUid(uid);
}

/** What no association would have been granted a presentation context for. */
function refusalOf(
  { sopClassUid, transferSyntaxUid }: ReadMeta,
  { acceptUnknownSopClasses }: Part10IntakeSettings,
): ErrorCode | undefined {
  const isStorage =
    isStorageSopClass(sopClassUid) || (acceptUnknownSopClasses && mayBeStorageSopClass(sopClassUid));
  if (!isStorage) return 'SOP_CLASS_REFUSED';
  return transferSyntax(transferSyntaxUid)?.storable === true ? undefined : 'TRANSFER_SYNTAX_REFUSED';
}

/** What speaks against this file being of the study; undefined where nothing does. */
async function strangerTo(
  study: string,
  start: FileStart,
  transferSyntaxUid: string,
  dataSetOffset: number,
): Promise<ErrorCode | undefined> {
  for (let window = metaWindowBytes; ; window = Math.min(window * 2, studyWindowBytes)) {
    await start.gather(dataSetOffset + window);
    const found = peekStudy(start.bytes().subarray(dataSetOffset), transferSyntaxUid, start.ended);
    if (found.kind === 'study') return found.studyInstanceUid === study ? undefined : 'STUDY_MISMATCH';
    if (found.kind === 'not-dicom') return 'NOT_DICOM';
    if (start.ended || window === studyWindowBytes) return 'STUDY_MISMATCH';
  }
}

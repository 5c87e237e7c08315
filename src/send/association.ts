import { SallyportError } from '../core/errors.ts';
import { PduConnection, type PeerAddress } from './connection.ts';
import {
  type AnsweredContext,
  type ContextRefusal,
  decodeAssociateAccept,
  describeReject,
  encodeAssociateRequest,
  encodePdu,
  type Pdu,
  type ProposedContext,
  pduTypes,
  protocolError,
} from './pdu.ts';

/** Where to send. */
export interface SendTarget extends PeerAddress {
  /** Called AE title, 1 to 16 characters. */
  readonly aeTitle: string;
}

export interface AssociationOptions {
  readonly callingAeTitle: string;
  readonly connectTimeoutMs: number;
  /** For the answers to A-ASSOCIATE-RQ and A-RELEASE-RQ. */
  readonly associationTimeoutMs: number;
  /** For a response, and for the peer to take one piece (at most 1 MiB) of a data set. */
  readonly responseTimeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** The connection is there, the association not yet. */
  readonly onConnected?: () => void;
}

export interface ContextPair {
  readonly sopClassUid: string;
  readonly transferSyntaxUid: string;
}

/** Odd ids from 1 to 255 (PS3.8 9.3.2.2). */
export const maxContexts = 128;
/** Largest P-DATA-TF body announced: responses are small. */
const ownMaxPduLength = 64 * 1024;

/** One accepted association, as SCU. Ends by `release` or `abort`, or by any error of its connection. */
export class Association {
  readonly connection: PduConnection;
  /** Largest P-DATA-TF body the peer takes; 0 means any. */
  readonly maxPduLength: number;
  readonly #options: AssociationOptions;
  readonly #answers: ReadonlyMap<string, AnsweredContext>;
  #nextMessageId = 1;

  private constructor(
    connection: PduConnection,
    options: AssociationOptions,
    accept: { readonly maxPduLength: number },
    answers: ReadonlyMap<string, AnsweredContext>,
  ) {
    this.connection = connection;
    this.#options = options;
    this.maxPduLength = accept.maxPduLength;
    this.#answers = answers;
  }

  /**
   * Opens an association that proposes each pair as a presentation context of its own, so that the peer answers for each
   * and no data set needs converting. At most `maxContexts` distinct pairs. Rejects with PEER_UNREACHABLE, PEER_REJECTED
   * (detail: the reason in words), PEER_ABORTED, PEER_LOST, PEER_TIMEOUT, PEER_PROTOCOL_ERROR or CANCELLED.
   */
  static async open(
    target: SendTarget,
    pairs: readonly ContextPair[],
    options: AssociationOptions,
  ): Promise<Association> {
    const contexts = new Map(
      pairs.slice(0, maxContexts).map((pair, index): [string, ProposedContext] => [
        keyOf(pair.sopClassUid, pair.transferSyntaxUid),
        {
          id: index * 2 + 1,
          abstractSyntaxUid: pair.sopClassUid,
          transferSyntaxUids: [pair.transferSyntaxUid],
        },
      ]),
    );
    const connection = await PduConnection.open(target, options.connectTimeoutMs, options.signal);
    options.onConnected?.();
    const request = encodeAssociateRequest({
      calledAeTitle: target.aeTitle,
      callingAeTitle: options.callingAeTitle,
      contexts: [...contexts.values()],
      maxPduLength: ownMaxPduLength,
    });
    await connection.write(request, options.associationTimeoutMs);
    const answer = await connection.read(
      options.associationTimeoutMs,
      'waiting for the answer to the association',
    );
    const accept = acceptOf(connection, answer);
    const byId = new Map(accept.contexts.map((context) => [context.id, context]));
    const answers = new Map<string, AnsweredContext>();
    for (const [key, { id }] of contexts) {
      const context = byId.get(id);
      if (context !== undefined) answers.set(key, context);
    }
    return new Association(connection, options, accept, answers);
  }

  /** The context id under which the pair may be sent, or why there is none. */
  contextFor(sopClassUid: string, transferSyntaxUid: string): { id: number } | { refusal: ContextRefusal } {
    const answer = this.#answers.get(keyOf(sopClassUid, transferSyntaxUid));
    if (answer === undefined) return { refusal: 'no-reason' };
    if (answer.refusal !== undefined) return { refusal: answer.refusal };
    // Only what was proposed may be accepted; sending under another transfer syntax would corrupt the instance.
    return answer.transferSyntaxUid === transferSyntaxUid
      ? { id: answer.id }
      : { refusal: 'transfer-syntaxes' };
  }

  /** Message ids run from 1 to 65535 and again. */
  nextMessageId(): number {
    const id = this.#nextMessageId;
    this.#nextMessageId = id === 0xffff ? 1 : id + 1;
    return id;
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.connection.write(bytes, this.#options.responseTimeoutMs);
  }

  read(waitingFor: string): Promise<Pdu> {
    return this.connection.read(this.#options.responseTimeoutMs, waitingFor);
  }

  /** A-RELEASE; resolves when the peer has agreed. What was sent is not in doubt where it rejects. */
  async release(): Promise<void> {
    await this.connection.write(
      encodePdu(pduTypes.releaseRequest, Buffer.alloc(4)),
      this.#options.associationTimeoutMs,
    );
    const answer = await this.connection.read(this.#options.associationTimeoutMs, 'waiting for the release');
    this.connection.close();
    if (answer.type !== pduTypes.releaseResponse)
      throw protocolError(`PDU type ${answer.type} for a release`);
  }

  abort(error: SallyportError): void {
    this.connection.abort(error);
  }
}

function acceptOf(connection: PduConnection, answer: Pdu): ReturnType<typeof decodeAssociateAccept> {
  let error: SallyportError;
  if (answer.type === pduTypes.associateAccept) {
    try {
      return decodeAssociateAccept(answer.body);
    } catch (cause) {
      error = cause instanceof SallyportError ? cause : protocolError('the association answer');
    }
  } else if (answer.type === pduTypes.associateReject) {
    connection.close();
    throw new SallyportError('PEER_REJECTED', { detail: describeReject(answer.body) });
  } else {
    error = protocolError(`PDU type ${answer.type} as the answer to an association`);
  }
  connection.abort(error);
  throw error;
}

function keyOf(sopClassUid: string, transferSyntaxUid: string): string {
  return `${sopClassUid} ${transferSyntaxUid}`;
}

import { type DimseOutcome, dimseStatus, errorComment } from '../dicom/status.ts';
import { type CommandSet, commandField, NO_DATA_SET, parseCommandSet } from './command-set.ts';
import type { NegotiatedContext } from './negotiation.ts';
import { contextResult } from './negotiation.ts';
import { abortReason, type ProtocolFault } from './pdu.ts';
import { MAX_COMMAND_BYTES } from './settings.ts';

/** Takes the data set of one C-STORE. */
export interface DataSetSink {
  /** Returns the number of bytes taken; fewer = hold the rest. */
  accept(bytes: Uint8Array): number;
}

/** What the receiver makes known. A method may answer at once or later; the connection is held in between. */
export interface MessageHandler {
  /** A C-STORE begins; its data set follows. */
  storeBegins(context: NegotiatedContext, command: CommandSet): DataSetSink;
  /** The data set of the C-STORE is complete. */
  storeEnds(message: Message): void;
  /** Any other message is complete (its data set, if any, was dropped), with the answer it gets. */
  answer(message: Message, outcome: DimseOutcome): void;
  fault(fault: ProtocolFault): void;
}

export interface Message {
  readonly contextId: number;
  readonly command: CommandSet;
  /** The command set as received, but marked as having no data set. */
  readonly bytes: Buffer;
}

const dropped: DataSetSink = { accept: (bytes) => bytes.length };

/**
 * Puts PDVs together to messages (PS3.7 6.3, PS3.8 annex E): a command set in one or more fragments, then its data set in
 * the same presentation context, then the next. Anything else is a fault.
 */
export class MessageReceiver {
  readonly #contexts = new Map<number, NegotiatedContext>();
  readonly #handler: MessageHandler;
  readonly #command = Buffer.alloc(MAX_COMMAND_BYTES);
  #commandFill = 0;
  #contextId = 0;
  #isLast = false;
  #isCommand = false;
  /** Set while a data set is on its way. */
  #expecting: { readonly message: Message; readonly sink: DataSetSink; readonly store: boolean } | undefined;
  #refusal: DimseOutcome | undefined;

  constructor(contexts: readonly NegotiatedContext[], handler: MessageHandler) {
    for (const context of contexts) {
      if (context.result === contextResult.accepted) this.#contexts.set(context.id, context);
    }
    this.#handler = handler;
  }

  /** False between two messages. */
  get inMessage(): boolean {
    return this.#expecting !== undefined || this.#commandFill > 0;
  }

  pdvStart(contextId: number, isCommand: boolean, isLast: boolean): boolean {
    if (!this.#contexts.has(contextId)) {
      return this.#fault({ fault: 'context-not-accepted', reason: abortReason.invalidParameter });
    }
    const wrongKind = isCommand === (this.#expecting !== undefined);
    if (wrongKind || (this.inMessage && contextId !== this.#contextId)) {
      return this.#fault({ fault: 'unexpected-fragment', reason: abortReason.unexpectedParameter });
    }
    this.#contextId = contextId;
    this.#isCommand = isCommand;
    this.#isLast = isLast;
    return true;
  }

  pdvData(bytes: Uint8Array): number {
    if (!this.#isCommand) return this.#expecting?.sink.accept(bytes) ?? bytes.length;
    if (this.#commandFill + bytes.length > MAX_COMMAND_BYTES) {
      this.#fault({ fault: 'command-too-long', reason: abortReason.invalidParameter });
      return 0;
    }
    this.#command.set(bytes, this.#commandFill);
    this.#commandFill += bytes.length;
    return bytes.length;
  }

  pdvEnd(): void {
    if (!this.#isLast) return;
    if (this.#isCommand) this.#commandComplete();
    else this.#dataSetComplete();
  }

  #commandComplete(): void {
    const bytes = Buffer.from(this.#command.subarray(0, this.#commandFill));
    this.#commandFill = 0;
    const command = parseCommandSet(bytes);
    const context = this.#contexts.get(this.#contextId);
    // A response (high bit set) answers a request this side never makes.
    if (command === undefined || context === undefined || (command.field & 0x8000) !== 0) {
      this.#fault({ fault: 'command-set', reason: abortReason.invalidParameter });
      return;
    }
    bytes.writeUInt16LE(NO_DATA_SET, command.dataSetTypeOffset);
    const message: Message = { contextId: this.#contextId, command, bytes };
    this.#refusal = judge(command, context);
    if (!command.hasDataSet) {
      this.#complete(message);
      return;
    }
    const store = this.#refusal === undefined && command.field === commandField.cStoreRq;
    const sink = store ? this.#handler.storeBegins(context, command) : dropped;
    this.#expecting = { message, sink, store };
  }

  #dataSetComplete(): void {
    const expecting = this.#expecting;
    this.#expecting = undefined;
    if (expecting === undefined) return;
    if (expecting.store) this.#handler.storeEnds(expecting.message);
    else this.#complete(expecting.message);
  }

  #complete(message: Message): void {
    // C-CANCEL has no response (PS3.7 9.3.2.3), and nothing here can be cancelled.
    if (message.command.field === commandField.cCancelRq) return;
    this.#handler.answer(message, this.#refusal ?? { status: dimseStatus.success });
  }

  #fault(fault: ProtocolFault): false {
    this.#handler.fault(fault);
    return false;
  }
}

/** The answer a command earns by itself; undefined when it may go on. */
function judge(command: CommandSet, context: NegotiatedContext): DimseOutcome | undefined {
  if (command.field === commandField.cEchoRq) return undefined;
  if (command.field !== commandField.cStoreRq) return { status: dimseStatus.unrecognizedOperation };
  if (command.affectedSopClassUid !== context.abstractSyntax) {
    return {
      status: dimseStatus.sopClassNotSupported,
      comment: errorComment('SOP_CLASS', 'not the one of the presentation context'),
    };
  }
  if (command.affectedSopInstanceUid === undefined) {
    return {
      status: dimseStatus.invalidObjectInstance,
      comment: errorComment('SOP_INSTANCE_UID', 'missing or not a UID'),
    };
  }
  if (!command.hasDataSet) {
    return {
      status: dimseStatus.cannotUnderstand,
      comment: errorComment('NOT_DICOM', 'C-STORE without data set'),
    };
  }
  return undefined;
}

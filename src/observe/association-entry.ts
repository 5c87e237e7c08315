import type { ErrorCode } from '../core/errors.ts';
import { contextFix, endAdvice, rejectionAdvice, statusAdvice } from './association-advice.ts';
import type { AssociationNews, AssociationTitles, ContextNews } from './association-observer.ts';
import type { AssociationFacts, AssociationView, ContextView, EndView } from './association-view.ts';
import type { AssociationRejection } from './events.ts';

/** Contexts kept of one association, refused ones first. */
export const maxContextsKept = 40;
/** Kinds of answers counted of one association; there are fewer in truth. */
const maxStatuses = 32;

/** One association, running or over: counts while it runs, becomes plain JSON when asked. */
export class AssociationEntry {
  readonly id: string;
  readonly address: string;
  readonly tls: boolean;
  readonly titles: AssociationTitles;
  readonly startedAt: number;
  readonly #contexts: readonly ContextNews[];
  readonly #acceptedContexts: number;
  readonly #refusedContexts: number;
  readonly #statuses = new Map<
    string,
    { readonly status: number; readonly code: ErrorCode | null; count: number }
  >();
  #rejection: { readonly reason: AssociationRejection; count: number; lastAt: number } | undefined;
  #end: { readonly how: EndView['how']; readonly at: number } | undefined;
  #fault: string | null = null;
  #instances = 0;
  #duplicates = 0;
  #refused = 0;
  #echoes = 0;
  #bytes = 0;

  constructor(news: Extract<AssociationNews, { kind: 'accepted' | 'rejected' }>, at: number) {
    this.id = news.id;
    this.address = news.address;
    this.tls = news.tls;
    this.titles = news.titles;
    this.startedAt = at;
    const contexts = news.kind === 'accepted' ? news.contexts : [];
    const refused = contexts.filter(({ result }) => result !== 'accepted');
    const accepted = contexts.filter(({ result }) => result === 'accepted');
    this.#contexts = [...refused, ...accepted].slice(0, maxContextsKept);
    this.#acceptedContexts = accepted.length;
    this.#refusedContexts = refused.length;
    if (news.kind === 'rejected') this.#rejection = { reason: news.reason, count: 1, lastAt: at };
  }

  /** Something happened in the running association. */
  add(news: Extract<AssociationNews, { kind: 'echo' | 'stored' | 'refused' | 'fault' }>): void {
    if (news.kind === 'fault') {
      this.#fault = news.fault;
    } else if (news.kind === 'echo') {
      this.#echoes += 1;
    } else if (news.kind === 'stored') {
      this.#instances += 1;
      this.#bytes += news.bytes;
      if (news.how === 'duplicate') this.#duplicates += 1;
      this.#answered(0, null);
    } else {
      this.#refused += 1;
      this.#answered(news.status, news.code);
    }
  }

  end(how: 'released' | 'aborted' | 'lost' | 'timeout', at: number): void {
    this.#end = { how: this.#fault === null ? how : 'fault', at };
  }

  /** True when it is the same rejection once more, soon after the last; then it is counted here. */
  rejectedAgain(news: Extract<AssociationNews, { kind: 'rejected' }>, at: number, withinMs: number): boolean {
    const rejection = this.#rejection;
    if (rejection === undefined || rejection.reason !== news.reason || at - rejection.lastAt > withinMs)
      return false;
    const { callingAeTitle, calledAeTitle } = this.titles;
    const same =
      this.address === news.address &&
      callingAeTitle === news.titles.callingAeTitle &&
      calledAeTitle === news.titles.calledAeTitle;
    if (!same) return false;
    rejection.count += 1;
    rejection.lastAt = at;
    return true;
  }

  view(now: number, facts: AssociationFacts): AssociationView {
    const rejection = this.#rejection;
    const endedAt = rejection?.lastAt ?? this.#end?.at ?? null;
    return {
      id: this.id,
      state: rejection !== undefined ? 'rejected' : this.#end === undefined ? 'running' : 'ended',
      startedAt: iso(this.startedAt),
      endedAt: endedAt === null ? null : iso(endedAt),
      durationMs: rejection === undefined ? Math.max(0, (endedAt ?? now) - this.startedAt) : 0,
      address: this.address,
      tls: this.tls,
      callingAeTitle: this.titles.callingAeTitle,
      calledAeTitle: this.titles.calledAeTitle,
      rejection:
        rejection === undefined
          ? null
          : {
              reason: rejection.reason,
              ...rejectionAdvice(rejection.reason, this.titles, this.address, facts),
              count: rejection.count,
              lastAt: iso(rejection.lastAt),
            },
      contexts: {
        accepted: this.#acceptedContexts,
        refused: this.#refusedContexts,
        leftOut: this.#acceptedContexts + this.#refusedContexts - this.#contexts.length,
        list: this.#contexts.map(contextView),
      },
      instances: this.#instances,
      duplicates: this.#duplicates,
      refused: this.#refused,
      echoes: this.#echoes,
      bytes: this.#bytes,
      statuses: [...this.#statuses.values()].map(({ status, code, count }) => ({
        status: `0x${status.toString(16).toUpperCase().padStart(4, '0')}`,
        code,
        count,
        ...statusAdvice(status, code),
      })),
      ended:
        this.#end === undefined
          ? null
          : {
              how: this.#end.how,
              fault: this.#fault,
              ...endAdvice(this.#end.how, this.#instances, this.#acceptedContexts, facts),
            },
    };
  }

  #answered(status: number, code: ErrorCode | null): void {
    const key = `${status} ${code}`;
    const known = this.#statuses.get(key);
    if (known !== undefined) known.count += 1;
    else if (this.#statuses.size < maxStatuses) this.#statuses.set(key, { status, code, count: 1 });
  }
}

function contextView(context: ContextNews): ContextView {
  const { abstractSyntaxName, abstractSyntaxUid, result, transferSyntaxNames } = context;
  const accepted = result === 'accepted';
  return {
    sopClass: abstractSyntaxName,
    sopClassUid: abstractSyntaxUid,
    accepted,
    transferSyntax: accepted ? (transferSyntaxNames[0] ?? null) : null,
    offered: accepted ? [] : transferSyntaxNames,
    reason: result === 'accepted' ? null : result,
    fix: contextFix(context),
  };
}

export function iso(at: number): string {
  return new Date(at).toISOString();
}

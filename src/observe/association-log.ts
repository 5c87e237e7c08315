import { connectionAdvice } from './association-advice.ts';
import { AssociationEntry, iso } from './association-entry.ts';
import type { AssociationNews, AssociationTitles, NoAssociationKind } from './association-observer.ts';
import type { AssociationFacts, AssociationView, ConnectionView, EchoView } from './association-view.ts';

/** Associations kept after their end, and rejections beside them: a peer that is rejected all day pushes out none that worked. */
export const maxEndedKept = 400;
export const maxRejectionsKept = 100;
/** Running ones that are followed; the listener admits fewer. */
export const maxRunningKept = 1024;
export const maxEchoesKept = 200;
export const maxConnectionsKept = 200;
/** The same again within this time is counted, not listed, ms. */
export const sameAgainMs = 10 * 60_000;
/** How far back the same is looked for. */
const sameAgainAmong = 20;

interface EchoEntry {
  readonly id: string;
  readonly at: number;
  readonly association: AssociationEntry;
}

interface ConnectionEntry {
  readonly id: string;
  readonly at: number;
  readonly address: string;
  readonly tls: boolean;
  readonly kind: NoAssociationKind;
  count: number;
  lastAt: number;
}

/** What a follower is told; the view is made when the follower wants it. */
export type LogChange =
  | {
      readonly kind: 'association';
      readonly id: string;
      readonly ongoing: boolean;
      readonly view: () => AssociationView;
    }
  | { readonly kind: 'echo'; readonly id: string; readonly view: () => EchoView }
  | { readonly kind: 'connection'; readonly id: string; readonly view: () => ConnectionView };

/**
 * The last associations, C-ECHOs and connections without association, in memory alone: who sent what, what was answered
 * and how to put right what was refused. Holds AE titles and addresses, so it is for authorised eyes; no log line or
 * metric is made from it.
 */
export class AssociationLog {
  readonly #facts: AssociationFacts;
  readonly #now: () => number;
  readonly #running = new Map<string, AssociationEntry>();
  /** Each of these oldest first. */
  readonly #ended: AssociationEntry[] = [];
  readonly #rejections: AssociationEntry[] = [];
  readonly #echoes: EchoEntry[] = [];
  readonly #connections: ConnectionEntry[] = [];
  #echoNumber = 0;
  #follower: ((change: LogChange) => void) | undefined;

  /** `now` is epoch milliseconds. */
  constructor(facts: AssociationFacts, now: () => number) {
    this.#facts = facts;
    this.#now = now;
  }

  /** One follower hears of every change (the live feed). */
  follow(follower: (change: LogChange) => void): void {
    this.#follower = follower;
  }

  /** To be handed to the listener. */
  readonly observer = (news: AssociationNews): void => {
    const at = this.#now();
    switch (news.kind) {
      case 'no-association':
        this.#connection(news, at);
        break;
      case 'rejected':
        this.#rejected(news, at);
        break;
      case 'accepted':
        this.#accepted(news, at);
        break;
      case 'ended':
        this.#closed(news.id, news.how, at);
        break;
      default: {
        const entry = this.#running.get(news.id);
        if (entry === undefined) return;
        entry.add(news);
        if (news.kind === 'echo') this.#echo(entry, at);
        this.#tell(entry, true);
      }
    }
  };

  /** Running ones first, then the others, each newest first. */
  list(): readonly AssociationView[] {
    const now = this.#now();
    const over = [...this.#ended, ...this.#rejections].sort((a, b) => b.startedAt - a.startedAt);
    return [...[...this.#running.values()].reverse(), ...over].map((entry) => entry.view(now, this.#facts));
  }

  get(id: string): AssociationView | undefined {
    const entry =
      this.#running.get(id) ?? [...this.#ended, ...this.#rejections].find((candidate) => candidate.id === id);
    return entry?.view(this.#now(), this.#facts);
  }

  /** Newest first. */
  echoes(): readonly EchoView[] {
    return this.#echoes.toReversed().map(echoView);
  }

  /** Newest first. */
  connections(): readonly ConnectionView[] {
    return this.#connections.toSorted((a, b) => b.lastAt - a.lastAt).map(connectionView);
  }

  #accepted(news: Extract<AssociationNews, { kind: 'accepted' }>, at: number): void {
    if (this.#running.size >= maxRunningKept) return;
    const entry = new AssociationEntry(clean(news), at);
    this.#running.set(news.id, entry);
    this.#tell(entry, false);
  }

  #closed(id: string, how: 'released' | 'aborted' | 'lost' | 'timeout', at: number): void {
    const entry = this.#running.get(id);
    if (entry === undefined) return;
    entry.end(how, at);
    this.#running.delete(id);
    keep(this.#ended, entry, maxEndedKept);
    this.#tell(entry, false);
  }

  #rejected(dirty: Extract<AssociationNews, { kind: 'rejected' }>, at: number): void {
    const news = clean(dirty);
    const again = this.#rejections
      .slice(-sameAgainAmong)
      .find((candidate) => candidate.rejectedAgain(news, at, sameAgainMs));
    const entry = again ?? new AssociationEntry(news, at);
    if (again === undefined) keep(this.#rejections, entry, maxRejectionsKept);
    this.#tell(entry, again !== undefined);
  }

  #echo(association: AssociationEntry, at: number): void {
    this.#echoNumber += 1;
    const entry: EchoEntry = { id: `${association.id}-${this.#echoNumber}`, at, association };
    keep(this.#echoes, entry, maxEchoesKept);
    this.#follower?.({ kind: 'echo', id: entry.id, view: () => echoView(entry) });
  }

  #connection(news: Extract<AssociationNews, { kind: 'no-association' }>, at: number): void {
    const { id, address, tls, why: kind } = news;
    let entry = this.#connections
      .slice(-sameAgainAmong)
      .find((other) => other.address === address && other.kind === kind && at - other.lastAt <= sameAgainMs);
    if (entry === undefined) {
      entry = { id, at, address, tls, kind, count: 0, lastAt: at };
      keep(this.#connections, entry, maxConnectionsKept);
    }
    entry.count += 1;
    entry.lastAt = at;
    const told = entry;
    this.#follower?.({ kind: 'connection', id: told.id, view: () => connectionView(told) });
  }

  #tell(entry: AssociationEntry, ongoing: boolean): void {
    this.#follower?.({
      kind: 'association',
      id: entry.id,
      ongoing,
      view: () => entry.view(this.#now(), this.#facts),
    });
  }
}

function keep<T>(list: T[], entry: T, most: number): void {
  list.push(entry);
  if (list.length > most) list.shift();
}

/** Titles are printable and short already; nothing that is not may reach a page even if a later change forgets that. */
function clean<T extends { readonly titles: AssociationTitles }>(news: T): T {
  const title = (text: string): string => text.replace(/[^ -~]/g, '?').slice(0, 16);
  const { callingAeTitle, calledAeTitle } = news.titles;
  return { ...news, titles: { callingAeTitle: title(callingAeTitle), calledAeTitle: title(calledAeTitle) } };
}

function echoView({ id, at, association }: EchoEntry): EchoView {
  const { address, tls, titles } = association;
  return { id, at: iso(at), associationId: association.id, address, tls, ...titles };
}

function connectionView(entry: ConnectionEntry): ConnectionView {
  const { id, address, tls, kind, count } = entry;
  return {
    id,
    at: iso(entry.at),
    lastAt: iso(entry.lastAt),
    count,
    address,
    tls,
    kind,
    ...connectionAdvice[kind],
  };
}

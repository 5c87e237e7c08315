import type {
  CataloguedStudy,
  CountedSeries,
  StudyFilter,
  StudyPage,
  StudyRow,
  Tally,
} from '../core/catalogue.ts';
import type { LedgerOperationName, LedgerOperations } from './ledger-operations.ts';
import { assertCursor } from './sqlite-study-list.ts';
import type { DueRequest, DueStudy, FhirTroubles, SettledStudy, StudyCatalogue } from './study-catalogue.ts';

type Ask = <N extends LedgerOperationName>(
  name: N,
  input: LedgerOperations[N]['input'],
) => Promise<LedgerOperations[N]['output']>;

/** The catalogue in the ledger's database: same thread, same commits. */
export class LedgerCatalogue implements StudyCatalogue {
  readonly #ask: Ask;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  async list(filter: StudyFilter): Promise<StudyPage> {
    // Here, not in the ledger's thread: what is thrown there sends the calls of a whole batch through once more.
    assertCursor(filter);
    return await this.#ask('catalogueList', filter);
  }

  get(studyPseudonym: string): Promise<StudyRow | undefined> {
    return this.#ask('catalogueGet', studyPseudonym);
  }

  series(studyPseudonym: string, limit: number): Promise<readonly CountedSeries[]> {
    return this.#ask('catalogueSeries', { studyPseudonym, limit });
  }

  studiesOf(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return this.#ask('catalogueStudiesOf', ids);
  }

  unassigned(limit: number): Promise<readonly Tally[]> {
    return this.#ask('catalogueUnassigned', limit);
  }

  whole(studyPseudonym: string, maxImages: number): Promise<CataloguedStudy | undefined> {
    return this.#ask('catalogueWhole', { studyPseudonym, maxImages });
  }

  due(request: DueRequest): Promise<readonly DueStudy[]> {
    return this.#ask('catalogueDue', request);
  }

  async settle(settled: SettledStudy): Promise<void> {
    await this.#ask('catalogueSettle', settled);
  }

  postAgain(studyPseudonym: string): Promise<boolean> {
    return this.#ask('cataloguePostAgain', studyPseudonym);
  }

  troubles(): Promise<FhirTroubles> {
    return this.#ask('catalogueTroubles', null);
  }

  postRefusedAgain(): Promise<number> {
    return this.#ask('cataloguePostRefusedAgain', null);
  }
}

import { SallyportError } from '../../core/errors.ts';
import { type Operations, ok, optionalText, textOf } from '../operation.ts';

/** One profile that is in force. */
export interface ProfileSummary {
  readonly name: string;
  readonly revision: string;
  readonly description: string;
  readonly standard: boolean;
  readonly callingAeTitles: readonly string[];
  readonly options: readonly string[];
}

export interface AskedProfile {
  readonly modality?: string;
  readonly callingAeTitle?: string;
}

export interface ExplainedAttribute {
  readonly tag: string;
  readonly keyword: string;
  readonly vr: string;
  readonly outcome: string;
  readonly action: string;
  readonly why: string;
  /** True where a rule of the profile lets through what PS3.15 does not. */
  readonly weakens?: true;
  /** What happens where a condition holds that was left open. */
  readonly unless?: readonly {
    readonly when: string;
    readonly outcome: string;
    readonly action: string;
    readonly line: number;
    readonly weakens?: true;
  }[];
}

export interface ExplainedProfile {
  readonly name: string;
  readonly revision: string;
  readonly description: string;
  /** Base, options, pixels, devices, in words. */
  readonly lines: readonly string[];
  /** Private elements, and what PS3.6 does not know, in words. */
  readonly beyond: readonly string[];
  readonly attributes: readonly ExplainedAttribute[];
}

export interface ConfiguredOption {
  readonly path: string;
  readonly doc: string;
  readonly format: string;
  readonly default: unknown;
  readonly value: unknown;
  readonly environment: string;
  readonly sensitive: boolean;
}

export interface ExplanationSource {
  readonly profiles: () => readonly ProfileSummary[];
  /** Undefined: no profile of this name is in force. */
  readonly explain: (name: string, asked: AskedProfile) => ExplainedProfile | undefined;
  readonly options: () => readonly ConfiguredOption[];
  readonly setup: () => Promise<object>;
}

/** What is configured, in words for people. */
export function explanationOperations({ profiles, explain, options, setup }: ExplanationSource): Operations {
  return {
    listProfiles: async () => ok({ profiles: profiles() }),
    explainProfile: async ({ params, query }) => {
      const modality = optionalText(query.modality);
      const callingAeTitle = optionalText(query.callingAeTitle);
      const page = explain(textOf(params.name), {
        ...(modality === undefined ? {} : { modality }),
        ...(callingAeTitle === undefined ? {} : { callingAeTitle }),
      });
      if (page === undefined) throw new SallyportError('PROFILE_UNKNOWN');
      const sought = optionalText(query.search)?.toLowerCase();
      const attributes = page.attributes.filter(
        ({ tag, keyword }) =>
          sought === undefined ||
          tag.toLowerCase().includes(sought) ||
          keyword.toLowerCase().includes(sought),
      );
      const counts: Record<string, number> = {};
      for (const { outcome } of attributes) counts[outcome] = (counts[outcome] ?? 0) + 1;
      const rows = attributes.map(({ tag, keyword, vr, outcome, action, why, weakens, unless }) => ({
        tag,
        keyword,
        vr,
        outcome,
        action,
        why,
        ...(weakens === undefined ? {} : { weakens }),
        ...(unless === undefined ? {} : { unless }),
      }));
      return ok({ ...page, counts, attributes: rows });
    },
    getConfiguration: async () => ok({ options: options() }),
    getSetup: async () => ok(await setup()),
  };
}

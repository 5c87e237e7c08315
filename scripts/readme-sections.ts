import { loadConfig } from '../src/config/load.ts';
import { errorRegistry } from '../src/core/error-registry.ts';
import { errorRow, isErrorCode } from '../src/core/errors.ts';
import { retryDelayMs } from '../src/core/retry-policy.ts';
import { Metrics } from '../src/observe/metrics.ts';
import { fillSections, type Sections, table } from './marked-sections.ts';

/** The tables of README that are made from the code, by the name of their markers. */
const sections: Sections = {
  errors: () =>
    table(
      ['code', 'what happened', 'what to do', 'becomes', 'C-STORE status'],
      Object.keys(errorRegistry)
        .filter(isErrorCode)
        .map((code) => {
          const row = errorRow(code);
          const becomes = `${row.disposition}${row.releasable === true ? ', releasable' : ''}`;
          const status =
            row.dicomStatus === undefined ? '' : `0x${row.dicomStatus.toString(16).toUpperCase()}`;
          return [`\`${code}\``, row.message, row.advice, becomes, status];
        }),
    ),
  retries: () => {
    const { backend } = loadConfig({ environment: {}, args: [] }).config;
    const policy = { initialMs: backend.retryInitial, maxMs: backend.retryMax };
    let total = 0;
    const rows = Array.from({ length: 12 }, (_, index) => {
      const delay = retryDelayMs(policy, index + 1);
      total += delay;
      return [String(index + 1), seconds(delay), seconds(total)];
    });
    return table(['after failure', 'longest delay', 'longest time since the first'], rows);
  },
  metrics: async () => {
    const metrics = new Metrics();
    metrics.watch({
      spool: async () => ({ byState: {}, oldestWaitingMs: 0, freeBytes: 0 }),
      associations: () => 0,
      destinationUp: () => false,
    });
    const all = await metrics.registry.getMetricsAsJSON();
    const rows = all
      .filter(({ name }) => name.startsWith('sallyport_'))
      .map(({ name, help, type }) => [`\`${name}\``, String(type), help]);
    metrics.registry.clear();
    return table(['metric', 'type', 'meaning'], rows);
  },
};

/** README with each marked section made anew. Throws where a marker is missing. */
export async function fillReadme(text: string): Promise<string> {
  return fillSections('README.md', text, sections);
}

function seconds(ms: number): string {
  const whole = Math.round(ms / 1000);
  return whole < 120 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

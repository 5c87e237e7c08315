import { SallyportError } from '../core/errors.ts';
import type { TextEngine, TextEngineSettings } from './text-engine.ts';

/**
 * Gives the text engine of a thread: loaded when it is first asked for, then always the same one. The program that runs
 * the models is not even read before, so that threads whose profiles look for no text do without its memory. Rejects with
 * TEXT_SEARCH_UNAVAILABLE, and tries anew when it is asked again.
 */
export function textEngineOnce(
  settings: TextEngineSettings,
  load: (settings: TextEngineSettings) => Promise<TextEngine> = loadEngine,
): () => Promise<TextEngine> {
  let opened: Promise<TextEngine> | undefined;
  return () => {
    opened ??= load(settings).catch((cause: unknown) => {
      opened = undefined;
      throw isOfRegistry(cause) ? cause : new SallyportError('TEXT_SEARCH_UNAVAILABLE', { cause });
    });
    return opened;
  };
}

function isOfRegistry(thrown: unknown): thrown is SallyportError {
  return thrown instanceof SallyportError;
}

async function loadEngine(settings: TextEngineSettings): Promise<TextEngine> {
  const { openTextEngine } = await import('./engine.ts');
  return openTextEngine(settings);
}

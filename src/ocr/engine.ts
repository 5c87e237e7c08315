import { SallyportError } from '../core/errors.ts';
import { findText } from './find-text.ts';
import type { FoundText, Picture } from './picture.ts';
import { openSessions } from './sessions.ts';
import type { TextEngine, TextEngineSettings, TextSearch } from './text-engine.ts';

/**
 * Opens what finds and reads text: the network of our own, then the recogniser of the installed package. Loaded once
 * a thread; costs some hundred milliseconds and 100 to 400 MB.
 *
 * @throws SallyportError TEXT_SEARCH_UNAVAILABLE
 */
export async function openTextEngine(settings: TextEngineSettings): Promise<TextEngine> {
  const sessions = await openSessions(settings);
  let closed = false;
  return {
    find: async (picture: Picture, search: TextSearch): Promise<readonly FoundText[]> => {
      if (closed) throw new SallyportError('TEXT_SEARCH_UNAVAILABLE', { detail: 'closed' });
      return findText(sessions, picture, search);
    },
    close: async () => {
      closed = true;
      await sessions.close();
    },
  };
}

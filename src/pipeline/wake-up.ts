/**
 * Lets a loop sleep until something happens: a poke, a deadline or the end. Pokes while nobody sleeps are remembered, so
 * none is lost between looking for work and going to sleep.
 */
export class WakeUp {
  #poked = false;
  #resolve: (() => void) | undefined;

  poke(): void {
    this.#poked = true;
    this.#resolve?.();
  }

  /** Resolves after a poke, after `ms` or when the signal aborts, whichever is first. */
  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#poked && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        const stop = (): void => resolve();
        signal.addEventListener('abort', stop, { once: true });
        this.#resolve = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', stop);
          resolve();
        };
      });
      this.#resolve?.();
      this.#resolve = undefined;
    }
    this.#poked = false;
  }
}

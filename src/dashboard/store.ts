import { useEffect, useState } from 'preact/hooks';

/** A value that pages share; those who look at it are drawn anew when it is set. */
export interface Store<T> {
  get(): T;
  set(value: T): void;
  subscribe(listener: () => void): () => void;
}

export function createStore<T>(first: T): Store<T> {
  let value = first;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The store's value, or a part of it; drawn anew only where that part changed. */
export function useStore<T, P = T>(
  store: Store<T>,
  part: (value: T) => P = (value) => value as unknown as P,
): P {
  const [seen, setSeen] = useState<P>(() => part(store.get()));
  useEffect(() => {
    const look = (): void => setSeen(() => part(store.get()));
    look();
    return store.subscribe(look);
  }, [store]);
  return seen;
}

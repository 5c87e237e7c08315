import { createStore, useStore } from '../store.ts';

/** Where one is: `#/instances/abc?frame=2` is page `instances`, rest `['abc']`, query `frame=2`. */
export interface Route {
  readonly page: string;
  readonly rest: readonly string[];
  readonly query: URLSearchParams;
}

const route = createStore<Route>(parse(location.hash));
addEventListener('hashchange', () => route.set(parse(location.hash)));

export function useRoute(): Route {
  return useStore(route);
}

/** The address of a page, for links: parts are encoded, empty and undefined values of the query left out. */
export function href(
  page: string,
  rest: readonly string[] = [],
  query: Readonly<Record<string, string | number | undefined>> = {},
): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== '') search.set(name, String(value));
  const text = search.toString();
  return `#/${[page, ...rest].map(encodeURIComponent).join('/')}${text === '' ? '' : `?${text}`}`;
}

/** Goes there; `replace` leaves no step in the history, as while a filter is typed. */
export function go(target: string, options: { readonly replace?: boolean } = {}): void {
  if (options.replace !== true) {
    location.hash = target;
    return;
  }
  history.replaceState(null, '', target);
  route.set(parse(target));
}

/** An address that cannot be decoded leads to the start. */
function parse(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  try {
    const [page = '', ...rest] = path.split('/').map(decodeURIComponent);
    return { page: page === '' ? 'live' : page, rest, query: new URLSearchParams(search) };
  } catch {
    return { page: 'live', rest: [], query: new URLSearchParams() };
  }
}

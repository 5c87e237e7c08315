import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { signOut, useRight } from '../api/session.ts';
import type { Actor } from '../api/types.ts';
import { Button } from '../ui/button.tsx';
import { Page } from '../ui/page.tsx';
import { type PageEntry, pages } from './pages.ts';
import { href, type Route, useRoute } from './router.ts';
import { ThemeChoice } from './theme-choice.tsx';

/** Head with navigation, and the page. A change of page moves the focus to its heading, as a new document would. */
export function Layout({ actor }: { readonly actor: Actor }): JSX.Element {
  const route = useRoute();
  const [menu, setMenu] = useState(false);
  const main = useRef<HTMLElement>(null);
  const place = `${route.page}/${route.rest.join('/')}`;
  const first = useRef(true);
  useEffect(() => {
    setMenu(false);
    if (first.current) {
      first.current = false;
      return;
    }
    scrollTo(0, 0);
    (main.current?.querySelector('h1') ?? main.current)?.focus();
  }, [place]);
  const entry = pages.find(({ name }) => name === route.page);
  return (
    <div class="shell">
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        Skip to the content
      </button>
      <header class="head">
        <a class="brand" href={href('live')}>
          <img src="/assets/icon.svg" alt="" width="28" height="28" />
          <span>Sallyport</span>
        </a>
        <button
          type="button"
          class="menu-button"
          aria-expanded={menu}
          aria-controls="navigation"
          onClick={() => setMenu(!menu)}
        >
          Menu
        </button>
        <nav id="navigation" aria-label="Pages" class={menu ? 'open' : undefined}>
          <ul>
            {pages
              .filter(({ hidden }) => hidden !== true)
              .map((page) => (
                <NavigationEntry key={page.name} page={page} here={page === entry} />
              ))}
          </ul>
        </nav>
        <div class="head-end">
          <ThemeChoice />
          <span class="who" title={`Rights: ${actor.scopes.join(', ')}`}>
            {actor.name}
          </span>
          <Button kind="quiet" onClick={() => void signOut()}>
            Sign out
          </Button>
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        {entry === undefined ? <Unknown /> : <Shown key={entry.name} entry={entry} route={route} />}
      </main>
    </div>
  );
}

function NavigationEntry({ page, here }: { readonly page: PageEntry; readonly here: boolean }): JSX.Element {
  const allowed = useRight(page.right);
  return (
    <li>
      <a
        href={href(page.name)}
        aria-current={here ? 'page' : undefined}
        class={allowed ? undefined : 'barred'}
        title={allowed ? undefined : `Needs the right ${page.right}`}
      >
        {page.title}
      </a>
    </li>
  );
}

function Shown({ entry, route }: { readonly entry: PageEntry; readonly route: Route }): JSX.Element {
  const allowed = useRight(entry.right);
  if (allowed) return <entry.component route={route} />;
  return (
    <Page title={entry.title}>
      <p>
        This page needs the right <b>{entry.right}</b>, which your token does not have. A gateway
        administrator can make a token that has it.
      </p>
    </Page>
  );
}

function Unknown(): JSX.Element {
  return (
    <Page title="There is no such page">
      <p>
        <a href={href('live')}>Go to the start</a>
      </p>
    </Page>
  );
}

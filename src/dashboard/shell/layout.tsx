import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { followGateway, live } from '../api/live.ts';
import { signOut, useRight } from '../api/session.ts';
import type { Actor } from '../api/types.ts';
import { useStore } from '../store.ts';
import { Button } from '../ui/button.tsx';
import { Page } from '../ui/page.tsx';
import { Time } from '../ui/time.tsx';
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
  useEffect(followGateway, []);
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
          <img src="/icon.svg" alt="" width="28" height="28" />
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
      <ConnectionBar />
      <main id="main" ref={main} tabIndex={-1}>
        {entry === undefined ? <Unknown /> : <Shown key={entry.name} entry={entry} route={route} />}
      </main>
    </div>
  );
}

/** Alarms are seen from every page. */
function AlarmCount(): JSX.Element | null {
  const urgent = useStore(
    live,
    ({ status }) => status?.alarms.filter(({ severity }) => severity !== 'info').length ?? 0,
  );
  return urgent === 0 ? null : (
    <span class="alarm-count">
      {urgent}
      <span class="visually-hidden"> {urgent === 1 ? 'alarm' : 'alarms'}</span>
    </span>
  );
}

/** How many wait for a person, from every page too. */
function HeldCount(): JSX.Element | null {
  const held = useStore(live, ({ status }) => status?.backlog.held.instances ?? 0);
  return held === 0 ? null : (
    <span class="alarm-count waiting">
      {held > 999 ? '999+' : held}
      <span class="visually-hidden"> held</span>
    </span>
  );
}

/** Says so where figures are old, and from when they are. */
function ConnectionBar(): JSX.Element {
  const connection = useStore(live, (state) => state.connection);
  const at = useStore(live, ({ status }) => status?.at ?? null);
  return (
    <div role="status" class={`connection ${connection}`}>
      {connection === 'lost' ? (
        <p>
          <b>The connection to the gateway is lost.</b>{' '}
          {at === null ? null : (
            <>
              Figures are those of <Time at={at} />.{' '}
            </>
          )}
          It is tried again every few seconds.
        </p>
      ) : null}
      {connection === 'polling' ? (
        <p>Live news do not come through; figures are fetched every five seconds.</p>
      ) : null}
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
        {allowed ? null : <span class="visually-hidden"> (needs the right {page.right})</span>}
        {page.name === 'live' ? <AlarmCount /> : null}
        {page.name === 'review' ? <HeldCount /> : null}
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

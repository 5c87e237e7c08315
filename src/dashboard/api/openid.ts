import { get } from './client.ts';

/** Words of the gateway for a sign-in at the identity provider that failed. */
const faults = ['cancelled', 'declined', 'late', 'refused', 'no-right', 'unavailable', 'too-many'] as const;
export type SignInFault = (typeof faults)[number];

const returnKey = 'sallyport-return';
const leftKey = 'sallyport-left';
let fault: SignInFault | undefined;

/** Where one signs in at the identity provider; undefined where that is not set up, or cannot be asked. */
export async function openidAddress(): Promise<string | undefined> {
  const { openid } = await get('/api/session/ways').catch(() => ({ openid: null }));
  // Who has signed out here is still known there: the next person at this browser must not become the one before.
  return openid === null
    ? undefined
    : `${openid}${stored('localStorage', leftKey) === null ? '' : '?prompt=login'}`;
}

/** Keeps the page one wanted, in this tab, while one is away. */
export function rememberPage(): void {
  store('sessionStorage', returnKey, location.hash);
}

/**
 * To be called once, before the page is drawn: takes the word of a failed sign-in out of the address. The page one wanted,
 * where one comes back from the identity provider; else undefined.
 */
export function comeBack(): string | undefined {
  const word = new URLSearchParams(location.search).get('signIn');
  fault = faults.find((known) => known === word);
  const page = stored('sessionStorage', returnKey);
  store('sessionStorage', returnKey, null);
  if (word !== null) history.replaceState(null, '', `/${location.hash}`);
  return location.hash === '' && page?.startsWith('#/') === true ? page : undefined;
}

/** Why the last sign-in at the identity provider failed; told once. */
export function takeFault(): SignInFault | undefined {
  const told = fault;
  fault = undefined;
  return told;
}

/** Whether the last person at this browser signed out. */
export function noteLeft(left: boolean): void {
  store('localStorage', leftKey, left ? '1' : null);
}

type Place = 'localStorage' | 'sessionStorage';

/** Storage may be turned off: then nothing is remembered. */
function stored(place: Place, key: string): string | null {
  try {
    return globalThis[place].getItem(key);
  } catch {
    return null;
  }
}

function store(place: Place, key: string, value: string | null): void {
  try {
    if (value === null) globalThis[place].removeItem(key);
    else globalThis[place].setItem(key, value);
  } catch {
    // As above.
  }
}

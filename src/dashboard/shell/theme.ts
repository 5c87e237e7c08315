import { createStore } from '../store.ts';

export type Theme = 'system' | 'light' | 'dark';
const key = 'sallyport-theme';

export const theme = createStore<Theme>(stored());

/** Sets the theme and remembers it in this browser, where it lets us. */
export function chooseTheme(next: Theme): void {
  theme.set(next);
  if (next === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  try {
    if (next === 'system') localStorage.removeItem(key);
    else localStorage.setItem(key, next);
  } catch {
    // Storage is switched off: the choice lasts until the page is left.
  }
}

function stored(): Theme {
  const now = document.documentElement.dataset.theme;
  return now === 'light' || now === 'dark' ? now : 'system';
}

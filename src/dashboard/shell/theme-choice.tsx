import type { JSX } from 'preact';
import { useStore } from '../store.ts';
import { chooseTheme, type Theme, theme } from './theme.ts';

const choices: readonly { readonly value: Theme; readonly text: string }[] = [
  { value: 'system', text: 'Auto' },
  { value: 'light', text: 'Light' },
  { value: 'dark', text: 'Dark' },
];

export function ThemeChoice(): JSX.Element {
  const chosen = useStore(theme);
  return (
    <label class="theme-choice">
      <span class="visually-hidden">Theme</span>
      <select value={chosen} onChange={(event) => chooseTheme(event.currentTarget.value as Theme)}>
        {choices.map(({ value, text }) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

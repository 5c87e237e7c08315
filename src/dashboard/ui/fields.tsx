import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';

interface Common {
  readonly label: string;
  readonly hint?: ComponentChildren;
  readonly fault?: string | undefined;
}

export interface TextFieldProps extends Common {
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly type?: 'text' | 'search' | 'number' | 'datetime-local';
  readonly maxLength?: number;
  readonly min?: number;
  readonly max?: number;
  readonly placeholder?: string;
  /** Options to choose from while typing. */
  readonly suggestions?: readonly string[];
}

/** One line of text with its label above and, where wrong, what is wrong below. */
export function TextField(props: TextFieldProps): JSX.Element {
  const {
    label,
    hint,
    fault,
    value,
    onValue,
    type = 'text',
    maxLength,
    min,
    max,
    placeholder,
    suggestions,
  } = props;
  const id = useId();
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {label}
      </label>
      <input
        id={id}
        type={type}
        value={value}
        maxLength={maxLength}
        min={min}
        max={max}
        placeholder={placeholder}
        autocomplete="off"
        spellcheck={false}
        list={suggestions === undefined ? undefined : `${id}-list`}
        aria-invalid={fault !== undefined}
        aria-describedby={`${id}-hint`}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      {suggestions === undefined ? null : (
        <datalist id={`${id}-list`}>
          {suggestions.map((text) => (
            <option key={text} value={text} />
          ))}
        </datalist>
      )}
      <p id={`${id}-hint`} class="hint">
        {fault === undefined ? null : <span class="fault">{fault} </span>}
        {hint}
      </p>
    </div>
  );
}

export interface SelectFieldProps<V extends string> extends Common {
  readonly value: V;
  readonly onValue: (value: V) => void;
  readonly options: readonly { readonly value: V; readonly text: string }[];
}

export function SelectField<V extends string>(props: SelectFieldProps<V>): JSX.Element {
  const { label, hint, fault, value, onValue, options } = props;
  const id = useId();
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {label}
      </label>
      <select
        id={id}
        value={value}
        aria-describedby={`${id}-hint`}
        onChange={(event) => onValue(event.currentTarget.value as V)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
      <p id={`${id}-hint`} class="hint">
        {fault === undefined ? null : <span class="fault">{fault} </span>}
        {hint}
      </p>
    </div>
  );
}

export interface CheckFieldProps {
  readonly label: ComponentChildren;
  readonly hint?: ComponentChildren;
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly onValue: (checked: boolean) => void;
}

export function CheckField({
  label,
  hint,
  checked,
  disabled = false,
  onValue,
}: CheckFieldProps): JSX.Element {
  const id = useId();
  return (
    <div class="check">
      <input
        id={id}
        type="checkbox"
        checked={checked}
        disabled={disabled}
        aria-describedby={`${id}-hint`}
        onChange={(event) => onValue(event.currentTarget.checked)}
      />
      <label for={id}>{label}</label>
      <p id={`${id}-hint`} class="hint">
        {hint}
      </p>
    </div>
  );
}

/** Small fields of a panel, as high as its buttons. */
import type { ComponentProps } from 'react';
import { Field } from '../parts/field.tsx';

export type EntryProps = Omit<ComponentProps<typeof Field>, 'onChange'> & { onText: (text: string) => void };

/** A line of text or a number. */
export function Entry({ onText, ...rest }: EntryProps) {
  return (
    <div className="min-w-32 flex-1">
      <Field {...rest} onChange={(event) => onText(event.target.value)} />
    </div>
  );
}

export type ChoiceProps = {
  label: string;
  value: string;
  /** Value and word of each. */
  options: readonly (readonly string[])[];
  onChoose: (value: string) => void;
};

/** One of a few. */
export function Choice({ label, value, options, onChoose }: ChoiceProps) {
  return (
    <label className="flex min-w-32 flex-1 flex-col gap-1.5 text-13 font-medium text-soft">
      {label}
      <select
        value={value}
        onChange={(event) => onChoose(event.target.value)}
        className="h-14 w-full rounded-card border border-line-strong bg-surface px-3 text-15 font-normal text-text"
      >
        {options.map(([each = '', word = each]) => (
          <option key={each} value={each}>
            {word}
          </option>
        ))}
      </select>
    </label>
  );
}

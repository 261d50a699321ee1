/** A labelled line of text. */
import { cx } from '@holdfast/ui';
import type { ComponentProps } from 'react';

/** An `<input>` named by `label`, which stands above it. */
export function Field({ label, className, ...rest }: ComponentProps<'input'> & { label: string }) {
  return (
    <label className="flex flex-col gap-1.5 text-13 font-medium text-soft">
      {label}
      <input
        autoComplete="off"
        spellCheck={false}
        className={cx(
          'h-14 w-full rounded-card border border-line-strong bg-surface px-4 text-17 font-normal text-text',
          className,
        )}
        {...rest}
      />
    </label>
  );
}

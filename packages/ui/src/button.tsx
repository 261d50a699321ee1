/** Buttons. `primary` is the next action: at most one stands on a screen. */
import type { ComponentProps } from 'react';
import { cx } from './cx.ts';

const LOOKS = {
  primary:
    'bg-accent text-on-accent font-semibold hover:bg-accent-press disabled:bg-sunken disabled:text-soft aria-disabled:bg-sunken aria-disabled:text-soft',
  secondary: 'bg-surface border border-line hover:bg-sunken font-medium disabled:text-soft',
  quiet: 'hover:bg-sunken font-medium disabled:text-soft',
  danger: 'bg-act-ground text-act border border-act-line font-medium',
} as const;

const SIZES = {
  /** The smallest a finger may be asked to hit. */
  normal: 'min-h-14 px-4 text-15 gap-2',
  icon: 'size-14 shrink-0',
  large: 'min-h-18 px-6 text-22 gap-3',
} as const;

export type ButtonProps = ComponentProps<'button'> & {
  look?: keyof typeof LOOKS;
  size?: keyof typeof SIZES;
};

/** A `<button type="button">` unless told otherwise; its name is its content or `aria-label`. */
export function Button({ look = 'secondary', size = 'normal', className, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      className={cx(
        'inline-flex items-center justify-center rounded-card transition-colors duration-120 select-none',
        LOOKS[look],
        SIZES[size],
        className,
      )}
      {...rest}
    />
  );
}

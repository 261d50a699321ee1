/** A big thing to tap: an article, a person, a banknote. */
import type { ComponentProps } from 'react';
import { cx } from './cx.ts';

/** A card-shaped `<button>`; `selected` shows a choice and is told to assistive technology as pressed. */
export function Tile({ selected, className, ...rest }: ComponentProps<'button'> & { selected?: boolean }) {
  return (
    <button
      type="button"
      aria-pressed={selected}
      // A tap leaves the focus where Enter does the next thing.
      onMouseDown={(event) => event.preventDefault()}
      className={cx(
        'rounded-card border bg-surface text-start select-none transition-colors duration-120 hover:border-line-strong active:bg-sunken disabled:text-soft',
        selected === true ? 'border-accent outline-2 -outline-offset-2 outline-accent' : 'border-line',
        className,
      )}
      {...rest}
    />
  );
}

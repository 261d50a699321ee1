/** What scrolls by itself: a region that the keyboard reaches even where nothing in it can be focused. */
import { cx } from '@holdfast/ui';
import type { ReactNode } from 'react';

export type ScrollerProps = { label: string; className?: string; children: ReactNode };

export function Scroller({ label, className, children }: ScrollerProps) {
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
      tabIndex={0}
      aria-label={label}
      className={cx('-outline-offset-3', className)}
    >
      {children}
    </section>
  );
}

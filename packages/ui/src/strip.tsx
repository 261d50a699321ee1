/** The strip on top of a screen. Its height is the same in every state, so that nothing below it ever moves. */
import type { ReactNode } from 'react';
import { cx } from './cx.ts';

export type StripTone = 'calm' | 'waiting' | 'act';

const TONES: Record<StripTone, string> = {
  calm: 'bg-surface border-line',
  waiting: 'bg-waiting-ground border-waiting-line',
  act: 'bg-act-ground border-act-line',
};

/** A region named by `label`. */
export function Strip({ tone, label, children }: { tone: StripTone; label: string; children: ReactNode }) {
  return (
    <section
      aria-label={label}
      data-tone={tone}
      className={cx(
        'h-(--strip-height) shrink-0 overflow-visible border-b transition-colors duration-160',
        TONES[tone],
      )}
    >
      {children}
    </section>
  );
}

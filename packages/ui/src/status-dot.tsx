/** The state of a thing on its way: an icon, a colour and a word, never colour alone. */
import { CircleAlert, CircleCheck, Clock, type LucideIcon } from 'lucide-react';
import { cx } from './cx.ts';

export type DotState = 'waiting' | 'arrived' | 'act';

const DOTS: Record<DotState, { icon: LucideIcon; look: string }> = {
  waiting: { icon: Clock, look: 'text-waiting bg-waiting-ground' },
  arrived: { icon: CircleCheck, look: 'text-arrived bg-arrived-ground' },
  act: { icon: CircleAlert, look: 'text-act bg-act-ground' },
};

/** The icon is made anew when the state changes, which plays the short motion of arriving. */
export function StatusDot({ state, word }: { state: DotState; word: string }) {
  const { icon: Icon, look } = DOTS[state];
  return (
    <span
      data-state={state}
      className={cx(
        'inline-flex items-center gap-1.5 rounded-full px-2.5 py-1 text-13 font-medium whitespace-nowrap transition-colors duration-160',
        look,
      )}
    >
      <Icon key={state} aria-hidden size={15} className="animate-arrive" />
      {word}
    </span>
  );
}

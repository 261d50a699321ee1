/** A short message beside what it is about: what happened, what is safe, what to do. */
import { cx } from '@holdfast/ui';
import { CircleAlert, Info } from 'lucide-react';
import type { ReactNode } from 'react';

const LOOKS = {
  act: { icon: CircleAlert, look: 'bg-act-ground text-act border-act-line' },
  waiting: { icon: Info, look: 'bg-waiting-ground text-waiting border-waiting-line' },
} as const;

export type NoticeProps = {
  tone: keyof typeof LOOKS;
  /** False for what changes every second, which would be read out every second. */
  spoken?: boolean;
  children: ReactNode;
};

/** Told to assistive technology as soon as it appears. */
export function Notice({ tone, spoken = true, children }: NoticeProps) {
  const { icon: Icon, look } = LOOKS[tone];
  return (
    <p
      role={spoken ? 'alert' : undefined}
      className={cx('flex items-start gap-2 rounded-card border px-3 py-2.5 text-15', look)}
    >
      <Icon aria-hidden size={20} className="shrink-0" />
      <span>{children}</span>
    </p>
  );
}

/** A quiet placeholder. It shows after 200 ms only: most answers come sooner, and a flash would be noise. */
import { cx } from './cx.ts';

/** Decoration: hidden from assistive technology. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={cx('block animate-late rounded-card bg-sunken', className)} />;
}

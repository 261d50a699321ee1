/** The first letters of a name, as a picture of a person who has none. */
import { cx } from '@holdfast/ui';

/** Decoration beside the name itself, or on a button that bears it. */
export function Initials({ name, className }: { name: string; className?: string }) {
  const letters = name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => [...word][0] ?? '')
    .join('');
  return (
    <span
      aria-hidden
      className={cx('grid place-items-center rounded-full font-semibold text-soft', className)}
    >
      {letters.toUpperCase()}
    </span>
  );
}

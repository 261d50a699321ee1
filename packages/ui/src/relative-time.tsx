/** How old something is; the absolute time shows on hover and on focus. */
import { ageText } from './age.ts';
import { useLocale } from './locale.tsx';

export type RelativeTimeProps = {
  /** RFC 3339. */
  at: string;
  /** Milliseconds since the epoch by the clock that wrote `at`. */
  nowMs: number;
  /** Puts the age into words, such as "4 min ago". */
  words?: (age: string) => string;
};

/** Rendered as `<time>`; it can be focused, since the absolute time must be reachable by keyboard. */
export function RelativeTime({ at, nowMs, words }: RelativeTimeProps) {
  const locale = useLocale();
  const atMs = Date.parse(at);
  const absolute = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(atMs);
  const age = ageText(nowMs - atMs, locale);
  return (
    <time
      dateTime={at}
      data-absolute={absolute}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the absolute time is shown on focus.
      tabIndex={0}
      className="hf-age whitespace-nowrap tabular-nums"
    >
      {words === undefined ? age : words(age)}
    </time>
  );
}

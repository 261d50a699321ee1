/** How old something is by the edge's clock, counting on while one looks. */
import { RelativeTime } from '@holdfast/ui';
import { useT } from '../context.tsx';
import { useNow } from '../hooks/use-now.ts';
import type { StringKey } from '../strings/en.ts';

/** `words` is a message with a hole for the age. */
export function Age({ at, words = 'ago' }: { at: string; words?: StringKey }) {
  const t = useT();
  const nowMs = useNow();
  return <RelativeTime at={at} nowMs={nowMs} words={(age) => t(words, { age })} />;
}

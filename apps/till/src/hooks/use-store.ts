/** The store's calendar: its time zone, and what day it has. */
import { useLocale } from '@holdfast/ui';
import { useTill } from '../context.tsx';
import { dayOf } from '../logic/days.ts';
import { useStatus } from './queries.ts';

/** Before the first status the browser's own time zone stands in. */
export function useStore(): { timeZone: string | undefined; locale: string; today: string } {
  const { clock } = useTill();
  const locale = useLocale();
  const { data: status } = useStatus();
  const timeZone = status?.time_zone;
  return { timeZone, locale, today: dayOf(clock.nowMs(), { timeZone, locale }) };
}

/** Sales by the day of the store, in the order they come. */

export type Calendar = { timeZone: string | undefined; locale: string };

/** The day of a time, in words. */
export function dayOf(atMs: number, { timeZone, locale }: Calendar): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeZone }).format(atMs);
}

/** Runs of sales of one day; a list sorted by time gives each day once. */
export function byDay<T extends { created_at: string }>(
  sales: readonly T[],
  calendar: Calendar,
): { day: string; sales: T[] }[] {
  const days: { day: string; sales: T[] }[] = [];
  for (const sale of sales) {
    const day = dayOf(Date.parse(sale.created_at), calendar);
    const last = days.at(-1);
    if (last?.day === day) last.sales.push(sale);
    else days.push({ day, sales: [sale] });
  }
  return days;
}

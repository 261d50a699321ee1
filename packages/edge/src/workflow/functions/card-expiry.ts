/** Whether a card has expired. */

/** What is wrong with a card that is no longer good: it is until the end of its month, `YYYY-MM`, in UTC. */
export function expiryOf(expiry: string | undefined, nowMs: number): string | undefined {
  const month = new Date(nowMs).toISOString().slice(0, 'YYYY-MM'.length);
  return expiry !== undefined && expiry < month ? `The card expired in ${expiry}.` : undefined;
}

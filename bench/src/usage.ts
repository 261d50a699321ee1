/** What a process has used: the steadiest figure on a machine that others use too. */

/** Processor time of all threads since the start, and resident memory now. */
export type Usage = { cpuMicros: number; rssBytes: number };

/** Of this process. */
export async function usageNow(): Promise<Usage> {
  const { user, system } = process.cpuUsage();
  return { cpuMicros: user + system, rssBytes: process.memoryUsage.rss() };
}

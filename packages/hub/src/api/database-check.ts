/** Whether the database answers, asked at most once a second however many want to know. */
import type { Ports } from '@holdfast/base';
import type { Logger } from '@holdfast/runtime';
import type { Pool } from 'pg';

/** A database that takes longer is no use to a device either. */
const ANSWER_WITHIN_MS = 2_000;
const KEPT_MS = 1_000;

/** A check of the database of `hub`. Never rejects; a change of what it finds is logged. */
export function createDatabaseCheck(hub: {
  pool: Pool;
  ports: Pick<Ports, 'clock' | 'timers'>;
  logger: Logger;
}): () => Promise<boolean> {
  const { pool, ports, logger } = hub;
  let asked: { untilMs: number; isUp: Promise<boolean> } | undefined;
  let wasUp = true;
  const ask = async () => {
    const isUp = await answers(pool, ports.timers);
    if (isUp !== wasUp) {
      if (isUp) logger.info('the database answers again');
      else logger.warn('the database does not answer');
    }
    wasUp = isUp;
    return isUp;
  };
  return () => {
    const nowMs = ports.clock.monotonicMs();
    if (asked === undefined || nowMs >= asked.untilMs) asked = { untilMs: nowMs + KEPT_MS, isUp: ask() };
    return asked.isUp;
  };
}

async function answers(pool: Pool, timers: Ports['timers']): Promise<boolean> {
  const inTime = new AbortController();
  const asked = pool.query('SELECT 1').then(
    () => true,
    () => false, // Whatever the reason is, the answer is no; requests that matter tell it.
  );
  const late = timers.sleep(ANSWER_WITHIN_MS, inTime.signal).then(() => false);
  const isUp = await Promise.race([asked, late]);
  inTime.abort();
  return isUp;
}

/**
 * The log of refused signatures. Anybody can send what is refused, as often and as long as they like: a line has a
 * bounded length, and a second a bounded number of lines.
 */
import type { Clock } from '@holdfast/base';
import type { Logger } from '@holdfast/runtime';

const LINES_MAX = 10;
const WINDOW_MS = 1_000;
const TEXT_MAX = 200;

/** What was refused, and why; `path` and `reason` may be of any length. */
export type Refusal = { code: string; reason: string; method: string; path: string };

export type RefusalLog = { note(refusal: Refusal): void };

/** A log of at most ten lines a second; the first line after that tells by `suppressed` how many are missing. */
export function createRefusalLog({
  clock,
  logger,
}: {
  clock: Pick<Clock, 'monotonicMs'>;
  logger: Pick<Logger, 'info'>;
}): RefusalLog {
  let windowFromMs = Number.NEGATIVE_INFINITY;
  let lines = 0;
  let suppressed = 0;
  return {
    note({ code, reason, method, path }) {
      const nowMs = clock.monotonicMs();
      if (nowMs - windowFromMs >= WINDOW_MS) {
        windowFromMs = nowMs;
        lines = 0;
      }
      if (lines >= LINES_MAX) {
        suppressed += 1;
        return;
      }
      lines += 1;
      const missing = suppressed === 0 ? {} : { suppressed };
      suppressed = 0;
      logger.info(
        { code, reason: reason.slice(0, TEXT_MAX), method, path: path.slice(0, TEXT_MAX), ...missing },
        'signature refused',
      );
    },
  };
}

/** `holdfast sync`. */
import type { PushResult } from '@holdfast/protocol';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { openEdge, TARGET_ARGS } from '../targets.ts';
import { count } from '../text.ts';

const TIMEOUT_MS = 60_000;
const PAUSE_MS = 500;
/** Pushes in a row that move nothing before it is left to the edge, which goes on by itself. */
const STALLS_MAX = 5;

export const sync = defineCommand({
  name: 'sync',
  summary: 'Sends everything that waits to the hub now, and says when it has been confirmed.',
  details: 'The edge does this by itself as soon as the link is up; nothing is lost by not asking for it.',
  examples: [['holdfast sync', 'exit code 0 when nothing waits any more, 75 while the hub is not reachable']],
  args: TARGET_ARGS,
  async run(args, shell) {
    const edge = await openEdge(args, shell, TIMEOUT_MS);
    const progress = shell.progress('Sending');
    try {
      const result = await pushUntilEmpty({
        push: () => edge.push(),
        pause: () => shell.ports.timers.sleep(PAUSE_MS),
        onProgress: ({ pushed, pending }) =>
          progress.update(`${pushed} sent, ${count(pending, 'sale')} to go`),
      });
      const held =
        result.skipped === 0 ? '' : ` ${count(result.skipped, 'sale')} waits for a person at the hub.`;
      return {
        text:
          result.pending === 0
            ? `${count(result.pushed, 'sale')} sent; nothing waits.${held}`
            : `${count(result.pushed, 'sale')} sent; ${result.pending} still wait, and the edge goes on by itself.${held}`,
        json: result,
        exitCode: result.pending === 0 ? EXIT.ok : EXIT.tryAgain,
      };
    } finally {
      progress.end();
    }
  },
});

/** Pushes until nothing waits, or nothing moves any more; the counts are those of all pushes. */
export async function pushUntilEmpty(steps: {
  push(): Promise<PushResult>;
  pause(): Promise<void>;
  onProgress(total: PushResult): void;
}): Promise<PushResult> {
  let total: PushResult = { pushed: 0, skipped: 0, pending: 0, online: true };
  for (let stalls = 0; stalls < STALLS_MAX; ) {
    const result = await steps.push();
    total = { ...result, pushed: total.pushed + result.pushed };
    steps.onProgress(total);
    if (result.pending === 0) return total;
    stalls = result.pushed === 0 ? stalls + 1 : 0;
    if (result.pushed === 0) await steps.pause();
  }
  return total;
}

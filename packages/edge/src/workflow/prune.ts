/** Removes instances that ended long ago, in small commits with pauses between them: sales come first. */
import { AppError, type Ports, type Service } from '@holdfast/base';
import type { Logger } from '@holdfast/runtime';
import type { Db } from '../store/open.ts';
import { hasPrunableWorkflows } from '../store/workflow-admin.ts';
import type { Writer } from '../writer/writer.ts';

export type WorkflowPruning = Service & {
  /** Removes all that may go now; returns how many instances went. */
  pruneNow(signal?: AbortSignal): Promise<number>;
};

type Options = { db: Db; writer: Writer; retentionMs: number; nowMs(): number; ports: Ports; logger: Logger };

const LOOK_MS = 600_000;
/** Between two commits. */
const PAUSE_MS = 20;

export function createWorkflowPruning(options: Options): WorkflowPruning {
  const { ports, logger } = options;
  return {
    name: 'workflow pruning',
    pruneNow: (signal) => pruneAll(options, signal),
    async run(signal) {
      while (!signal.aborted) {
        await ports.timers.sleep(LOOK_MS, signal);
        if (signal.aborted) return;
        try {
          await pruneAll(options, signal);
        } catch (error) {
          // A full disk or a busy writer: what may go may go later as well.
          if (!(error instanceof AppError)) throw error;
          logger.warn({ err: error }, 'no ended workflow could be removed now; it will be tried again');
        }
      }
    },
  };
}

async function pruneAll(options: Options, signal: AbortSignal | undefined): Promise<number> {
  const { db, writer, ports, logger } = options;
  const before_ms = options.nowMs() - options.retentionMs;
  let total = 0;
  while (!signal?.aborted && hasPrunableWorkflows(db, before_ms)) {
    const { pruned, lines } = await writer.submit({ type: 'workflow_prune', before_ms });
    if (pruned + lines === 0) break;
    total += pruned;
    await ports.timers.sleep(PAUSE_MS, signal);
  }
  if (total > 0) logger.info({ workflows: total }, 'ended workflows were removed');
  return total;
}

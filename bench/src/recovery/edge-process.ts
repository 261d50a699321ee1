/** The edge in a process of its own: opens workflows and is killed, or finds them and goes on. */
import { systemTimers } from '@holdfast/base';
import type { RunningEdge } from '@holdfast/edge';
import { serveParent } from '../child.ts';
import { loadText, type PinPad, startBenchEdge } from '../workflow/bench-edge.ts';
import { countOf, DEFINITIONS, inputOf, turnsOf } from './definitions.ts';
import { openAll, type RecoveryAnswer, type RecoveryOrder, usedSinceStart } from './orders.ts';

const LOOK_MS = 2;

await serveParent<{ folder: string; pinPad: PinPad }, null, RecoveryOrder, RecoveryAnswer>(
  'bench-recovery-edge',
  async ({ folder, pinPad }) => {
    const edge = await startBenchEdge(folder, pinPad);
    return {
      ready: null,
      async answer(order) {
        const { count } = order;
        const dueMs = order.order === 'open' ? await open(edge, count) : await goneOn(edge, count);
        return { ...usedSinceStart(), dueMs };
      },
      close: () => edge.close(),
    };
  },
);

async function open(edge: RunningEdge, count: number): Promise<number> {
  const { workflows } = edge.context;
  for (const { text } of Object.values(DEFINITIONS)) await loadText(edge, text);
  const dueMs = await openAll(count, (kind, due) =>
    workflows.start({ workflow_type: DEFINITIONS[kind].workflowType, input: inputOf(kind, due), by: null }),
  );
  if (openIn(edge) !== count)
    throw new Error(`${count} workflows were started, and ${openIn(edge)} are open`);
  return dueMs;
}

/** Those whose turn it is have completed, and those that wait for a person still do. */
async function goneOn(edge: RunningEdge, count: number): Promise<null> {
  const { workflows } = edge.context;
  while ((workflows.ended.get('completed') ?? 0) < turnsOf(count)) await systemTimers.sleep(LOOK_MS);
  const waiting = countOf('signal', count);
  if (openIn(edge) !== waiting) throw new Error(`${openIn(edge)} workflows are open, not ${waiting}`);
  return null;
}

function openIn({ context }: RunningEdge): number {
  return context.workflows.countOpen().reduce((sum, { count }) => sum + count, 0);
}

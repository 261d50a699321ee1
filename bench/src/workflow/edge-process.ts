/** The edge, in a process of its own: workflows are started and waited for where the local API would do it. */
import type { RunningEdge } from '@holdfast/edge';
import { serveParent } from '../child.ts';
import { loadText, startBenchEdge } from './bench-edge.ts';
import { MEASURED, type Measured } from './definitions.ts';
import { runWindow, type WindowOrder, type WindowResult } from './window.ts';

/** Much longer than any workflow takes. */
const SETTLED_MS = 30_000;

await serveParent<{ folder: string }, null, WindowOrder, WindowResult>(
  'bench-workflow-edge',
  async ({ folder }) => {
    const edge = await startBenchEdge(folder, 'answers');
    for (const { text } of Object.values(MEASURED)) await loadText(edge, text);
    return {
      ready: null,
      answer: (order) => answer(edge, order),
      close: () => edge.close(),
    };
  },
);

/** Every workflow of the window must be in the store as completed before its figures count. */
async function answer(edge: RunningEdge, order: WindowOrder): Promise<WindowResult> {
  const { workflows } = edge.context;
  const before = workflows.ended.get('completed') ?? 0;
  const result = await runWindow(order, () => runOne(edge, MEASURED[order.name]));
  const completed = (workflows.ended.get('completed') ?? 0) - before;
  if (completed !== result.latenciesMs.length || workflows.countOpen().length > 0)
    throw new Error(`${result.latenciesMs.length} workflows were started, and ${completed} completed`);
  return result;
}

async function runOne({ context }: RunningEdge, { workflowType, input }: Measured): Promise<void> {
  const { workflows } = context;
  const { instance_id, status } = await workflows.start({ workflow_type: workflowType, input, by: null });
  if (status === 'completed') return;
  if (!(await workflows.settled(instance_id, SETTLED_MS)))
    throw new Error(`the workflow ${instance_id} did not end within ${SETTLED_MS} ms`);
}

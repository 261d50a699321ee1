/**
 * Durable workflows of five steps: an edge with its store on a disk, beside DBOS Transact on PostgreSQL. Each runs in a
 * process of its own with clients inside it; they take turns in short windows, so that all see the same machine.
 */
import { join } from 'node:path';
import { type Child, startChild } from '../child.ts';
import { withFolder } from '../folder.ts';
import { installPeers } from '../peers/install.ts';
import { log } from '../report.ts';
import { COMMIT_PER_STEP, FUSED, type WorkflowName } from './definitions.ts';
import { startReferencePostgres } from './postgres.ts';
import { type WorkflowRow, workflowRow } from './rows.ts';
import type { WindowOrder, WindowResult } from './window.ts';

type System = Child<null, WindowOrder, WindowResult>;

const CLIENTS = [1, 8, 32];
const NAMES = [COMMIT_PER_STEP, FUSED] as const satisfies readonly WorkflowName[];
const ROUNDS = 3;
const WARM_CLIENTS = 32;
const WARM_MS = 1_500;

/** Measures for about `seconds` in all, besides starting and warming up. */
export async function benchWorkflow(seconds: number): Promise<WorkflowRow[]> {
  await installPeers('workflow');
  return await withFolder(async (folder) => {
    await using stack = new AsyncDisposableStack();
    const { edge, dbos } = await start(stack, folder);
    const windows = CLIENTS.length * ROUNDS * (NAMES.length + 1);
    const durationMs = (seconds * 1000) / windows;
    for (const name of NAMES) await edge.ask({ name, clients: WARM_CLIENTS, durationMs: WARM_MS });
    await dbos.ask({ name: COMMIT_PER_STEP, clients: WARM_CLIENTS, durationMs: WARM_MS });
    const rows: WorkflowRow[] = [];
    for (const clients of CLIENTS) rows.push(...(await measure({ edge, dbos }, { clients, durationMs })));
    return rows;
  });
}

async function start(stack: AsyncDisposableStack, folder: string): Promise<{ edge: System; dbos: System }> {
  const postgres = stack.adopt(await startReferencePostgres(folder), (it) => it.close());
  const started = async (entry: URL, settings: object) =>
    stack.adopt<System>(await startChild(entry, settings), (it) => it.close());
  const edge = await started(new URL('./edge-process.ts', import.meta.url), { folder: join(folder, 'edge') });
  const databaseUrl = postgres.urlOf('bench');
  const dbos = await started(new URL('./dbos-process.ts', import.meta.url), { databaseUrl });
  return { edge, dbos };
}

async function measure(
  { edge, dbos }: { edge: System; dbos: System },
  window: { clients: number; durationMs: number },
): Promise<WorkflowRow[]> {
  const reference: WindowResult[] = [];
  const subjects = new Map<WorkflowName, WindowResult[]>(NAMES.map((name) => [name, []]));
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    reference.push(await dbos.ask({ name: COMMIT_PER_STEP, ...window }));
    for (const [name, results] of subjects) results.push(await edge.ask({ name, ...window }));
  }
  const { clients } = window;
  return [...subjects].map(([name, subject]) => {
    const row = workflowRow({ name, clients }, { subject, reference });
    log(`${name}, ${clients} clients: ${row.per_s} workflows/s beside ${row.reference_per_s}`);
    return row;
  });
}

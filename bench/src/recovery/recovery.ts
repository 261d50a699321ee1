/**
 * Open workflows after a crash: 10,000 are opened, their process is killed, and a new one finds them. Timed is how long
 * it takes from the start of that process until all whose turn it is have completed. Beside it DBOS Transact does the
 * same with a tenth of them. Every round begins on a copy of what the killed process has left.
 */
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { must, systemPorts, systemTimers } from '@holdfast/base';
import { type Child, startChild } from '../child.ts';
import { withFolder } from '../folder.ts';
import { round } from '../numbers.ts';
import { installPeers } from '../peers/install.ts';
import { log } from '../report.ts';
import { type ReferencePostgres, startReferencePostgres } from '../workflow/postgres.ts';
import { countOf, turnsOf } from './definitions.ts';
import type { RecoveryAnswer, RecoveryOrder } from './orders.ts';
import { type Recovery, type RecoveryRow, recoveryRow } from './rows.ts';

type System = Child<null, RecoveryOrder, RecoveryAnswer>;

const OPEN = 10_000;
const REFERENCE_OPEN = 1_000;
const ROUNDS_MAX = 5;
const LOOK_MS = 20;

/** Repeats rounds for about `seconds`, one at least, besides opening. */
export async function benchRecovery(seconds: number): Promise<RecoveryRow[]> {
  await installPeers('workflow');
  return await withFolder(async (folder) => {
    await using stack = new AsyncDisposableStack();
    const postgres = stack.adopt(await startReferencePostgres(folder), (it) => it.close());
    const openingMs = await openOurs(folder);
    const referenceMs = await openTheirs(postgres);
    await untilMs(Math.max(openingMs, referenceMs));
    const subject: Recovery[] = [];
    const reference: Recovery[] = [];
    const endMs = performance.now() + seconds * 1000;
    while (subject.length === 0 || (subject.length < ROUNDS_MAX && performance.now() < endMs)) {
      subject.push(await recoverOurs(folder, subject.length));
      reference.push(await recoverTheirs(postgres, reference.length));
    }
    return [recoveryRow(subject, reference)];
  });
}

const edgeEntry = new URL('./edge-process.ts', import.meta.url);
const dbosEntry = new URL('./dbos-process.ts', import.meta.url);

/** Resolves with the time that some of them wait for, when all are open and their process is dead. */
async function openOurs(folder: string): Promise<number> {
  const edge: System = await startChild(edgeEntry, { folder: join(folder, 'edge'), pinPad: 'hangs' });
  return await openIn(edge, OPEN);
}

async function openTheirs(postgres: ReferencePostgres): Promise<number> {
  const dbos: System = await startChild(dbosEntry, { databaseUrl: postgres.urlOf('bench'), isHanging: true });
  return await openIn(dbos, REFERENCE_OPEN, async () => {
    // A start resolves before the workflow has come to its sleep: that, and the time-out of an answer, is a row.
    const sleeping = countOf('timer', REFERENCE_OPEN) + countOf('signal', REFERENCE_OPEN);
    await untilCount(postgres, { database: 'bench', from: 'dbos.operation_outputs', count: sleeping });
  });
}

async function openIn(system: System, count: number, untilStored = async () => {}): Promise<number> {
  const startedMs = performance.now();
  const dueMs = must((await system.ask({ order: 'open', count })).dueMs, 'some of them wait for a time');
  await untilStored();
  await system.kill();
  if (systemPorts.clock.nowMs() >= dueMs)
    throw new Error(
      'the machine is too busy: workflows fell due before their process was killed. Try again.',
    );
  log(`${count} workflows opened in ${round((performance.now() - startedMs) / 1000, 1)} s`);
  return dueMs;
}

async function recoverOurs(folder: string, number: number): Promise<Recovery> {
  const copy = join(folder, `copy-${number}`);
  await cp(join(folder, 'edge'), copy, { recursive: true });
  const startedMs = performance.now();
  const edge: System = await startChild(edgeEntry, { folder: copy, pinPad: 'answers' });
  const readyMs = performance.now() - startedMs;
  const { cpuMicros, peakBytes } = await edge.ask({ order: 'await', count: OPEN });
  const elapsedMs = performance.now() - startedMs;
  await edge.close();
  log(`edge: ready to sell after ${round(readyMs, 0)} ms, all have gone on after ${round(elapsedMs, 0)} ms`);
  return { open: OPEN, elapsedMs, cpuMicros, peakBytes };
}

async function recoverTheirs(postgres: ReferencePostgres, number: number): Promise<Recovery> {
  const database = `copy_${number}`;
  await postgres.query('postgres', `CREATE DATABASE ${database} TEMPLATE bench`);
  const startedMs = performance.now();
  const dbos: System = await startChild(dbosEntry, {
    databaseUrl: postgres.urlOf(database),
    isHanging: false,
  });
  const from = "dbos.workflow_status WHERE status = 'SUCCESS'";
  await untilCount(postgres, { database, from, count: turnsOf(REFERENCE_OPEN) });
  const elapsedMs = performance.now() - startedMs;
  const { cpuMicros, peakBytes } = await dbos.ask({ order: 'await', count: REFERENCE_OPEN });
  await dbos.kill();
  log(`DBOS Transact: ${turnsOf(REFERENCE_OPEN)} have gone on after ${round(elapsedMs, 0)} ms`);
  return { open: REFERENCE_OPEN, elapsedMs, cpuMicros, peakBytes };
}

async function untilCount(
  postgres: ReferencePostgres,
  { database, from, count }: { database: string; from: string; count: number },
): Promise<void> {
  for (;;) {
    const [row] = await postgres.query(database, `SELECT count(*)::integer AS count FROM ${from}`);
    if (Number(row?.count) >= count) return;
    await systemTimers.sleep(LOOK_MS);
  }
}

async function untilMs(dueMs: number): Promise<void> {
  await systemTimers.sleep(Math.max(0, dueMs - systemPorts.clock.nowMs()));
}

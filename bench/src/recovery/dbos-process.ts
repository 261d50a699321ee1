/** DBOS Transact in a process of its own: opens workflows and is killed, or finds them and goes on. */
import { systemPorts } from '@holdfast/base';
import { serveParent } from '../child.ts';
import { configureDbos } from '../workflow/dbos.ts';
import type { OpenKind } from './definitions.ts';
import { openAll, type RecoveryAnswer, type RecoveryOrder, usedSinceStart } from './orders.ts';

/** Longer than the benchmark. */
const ANSWER_SECONDS = 86_400;

await serveParent<{ databaseUrl: string; isHanging: boolean }, null, RecoveryOrder, RecoveryAnswer>(
  'bench-recovery-dbos',
  async ({ databaseUrl, isHanging }) => {
    const dbos = configureDbos(databaseUrl);
    const approve = async () => ({ approved: true });
    const verify = () =>
      isHanging ? new Promise<never>(() => undefined) : Promise.resolve({ pin_verified: true });
    const waits: Record<OpenKind, (dueMs: number) => Promise<unknown>> = {
      call: () => dbos.runStep(verify, { name: 'verify' }),
      timer: (dueMs) => dbos.sleep(Math.max(0, dueMs - systemPorts.clock.nowMs())),
      signal: () => dbos.recv('review', ANSWER_SECONDS),
    };
    const register = (kind: OpenKind) =>
      dbos.registerWorkflow(
        async (dueMs: number) => {
          await waits[kind](dueMs);
          return await dbos.runStep(approve, { name: 'approve' });
        },
        { name: kind },
      );
    const workflows = { call: register('call'), timer: register('timer'), signal: register('signal') };
    await dbos.launch();
    return {
      ready: null,
      async answer({ order, count }) {
        const open = () => openAll(count, (kind, due) => dbos.startWorkflow(workflows[kind])(due));
        const dueMs = order === 'open' ? await open() : null;
        return { ...usedSinceStart(), dueMs };
      },
      close: () => dbos.shutdown(),
    };
  },
);

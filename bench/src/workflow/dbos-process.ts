/** DBOS Transact in a process of its own: a workflow of five steps, each of which answers at once. */
import { serveParent } from '../child.ts';
import { configureDbos } from './dbos.ts';
import { STEPS } from './definitions.ts';
import { runWindow, type WindowOrder, type WindowResult } from './window.ts';

await serveParent<{ databaseUrl: string }, null, WindowOrder, WindowResult>(
  'bench-workflow-dbos',
  async ({ databaseUrl }) => {
    const dbos = configureDbos(databaseUrl);
    const verify = async () => ({ pin_verified: true });
    const run = async (cardToken: string) => {
      for (let step = 1; step <= STEPS; step += 1) await dbos.runStep(verify, { name: `verify-${step}` });
      return { card_token: cardToken, pin_verified: true };
    };
    const workflow = dbos.registerWorkflow(run, { name: 'five-steps' });
    await dbos.launch();
    const runOne = async () => {
      await workflow('tok-1');
    };
    return {
      ready: null,
      answer: (order) => runWindow(order, runOne),
      close: () => dbos.shutdown(),
    };
  },
);

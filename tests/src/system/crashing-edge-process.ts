/** An edge that ends at the point of its plan, with devices that a real server stands for. */
import { must } from '@holdfast/base';
import { fetchTransport } from '@holdfast/client';
import { noHardware, startWriterThread } from '@holdfast/edge';
import { liveAsEdge } from '../support/edge-life.ts';
import { CRASH_PLAN, type CrashPlan, createCrashPoints } from './crash-points.ts';

const plan: CrashPlan & { devices: string } = JSON.parse(must(process.env[CRASH_PLAN], 'a plan is given'));
const points = createCrashPoints(plan);
const transport = points.aroundCalls(fetchTransport);

type Device = 'print' | 'cash';
const NOT_DONE = { kind: 'failed', code: 'not_done', message: 'It was not done.' } as const;

/** Asks the server that stands for the devices. */
async function ask(device: Device, of: { method: 'POST' | 'GET'; key: string }): Promise<boolean> {
  const headers = { 'idempotency-key': of.key };
  const url = `${plan.devices}/${device}`;
  const { status } = await transport({ method: of.method, url, headers, timeoutMs: 5_000 });
  return status === 200;
}

await liveAsEdge({
  transport,
  openWriter: async (...given) => points.around(await startWriterThread(...given)),
  workflow: {
    hardware: {
      ...noHardware,
      async print({ key }) {
        await ask('print', { method: 'POST', key });
        return { kind: 'ok', output: {} };
      },
      findPrint: async ({ key }) =>
        (await ask('print', { method: 'GET', key })) ? { kind: 'ok', output: {} } : NOT_DONE,
      async dispenseCash({ key, amount }) {
        await ask('cash', { method: 'POST', key });
        return { kind: 'ok', output: { dispensed: amount } };
      },
      findDispense: async ({ key, amount }) =>
        (await ask('cash', { method: 'GET', key }))
          ? { kind: 'ok', output: { dispensed: amount } }
          : NOT_DONE,
    },
  },
});

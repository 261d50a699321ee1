import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { must } from '@holdfast/base';
import { operate } from '@holdfast/hardware';
import type { Json } from '@holdfast/workflow';
import { afterEach, expect, it } from 'vitest';
import { testEdge } from '../testing.ts';

let edge: Awaited<ReturnType<typeof testEdge>> | undefined;
afterEach(async () => {
  await edge?.close();
  edge = undefined;
});

const definition = (...names: string[]) =>
  `workflow_type: Till\nstate: { amount: money, currency: string }\nsteps:\n${names.map((name) => `  - name: ${name}\n`).join('')}`;

async function opened(flags: Record<string, string>, ...steps: string[]) {
  edge = await testEdge(flags);
  const { workflows, devices, options } = edge.edge.context;
  expect((await workflows.load(definition(...steps))).ok).toBe(true);
  const started = await workflows.start({
    workflow_type: 'Till',
    input: { amount: '20.00', currency: options.currency },
    by: null,
  });
  const settled = async (): Promise<{ code: string | null; state: Record<string, Json> }> => {
    await workflows.settled(started.instance_id, 20_000);
    const { error, state } = must(workflows.find(started.instance_id), 'it was started').instance;
    return { code: error?.code ?? null, state };
  };
  return { devices, options, settled };
}

it('an edge has no devices unless it was told to', async () => {
  const { devices, options, settled } = await opened({}, 'Read_Card');
  expect((await settled()).code).toBe('no_card_reader');
  expect([devices.simulated, devices.terminal]).toEqual([undefined, undefined]);
  expect(existsSync(join(options.dataFolder, 'devices'))).toBe(false);
});

it('simulated ones take a card, and keep their memories in the data folder', async () => {
  const { devices, options, settled } = await opened(
    { '--hardware-simulated': 'true' },
    ...['Read_Card', 'Approve_Offline', 'Print_Receipt', 'Queue_For_Sync'],
  );
  const { simulators } = must(devices.simulated, 'it was told to');
  const reader = must(simulators.card_reader, 'a till has a reader');
  for (let turn = 0; turn < 100 && JSON.stringify(reader.snapshot().waits_for) === '[]'; turn += 1)
    await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await operate(reader, { name: 'insert', args: { card: 'visa-no-pin' } })).toEqual({ kind: 'done' });
  const { code, state } = await settled();
  expect([code, state.card_type, state.payment_status]).toEqual([null, 'visa', 'queued_for_sync']);
  expect(JSON.stringify(must(simulators.printer, 'a till has a printer').snapshot())).toContain('20.00');
  expect(readdirSync(join(options.dataFolder, 'devices'))).toContain('cards');
});

it('a printer on the network is what receipts go to', async () => {
  const connected: string[] = [];
  const server = createServer((socket) => {
    connected.push(socket.remoteAddress ?? '');
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has a port');
  try {
    const printer = { '--printer': `127.0.0.1:${address.port}`, '--printer-width': '48' };
    const { settled } = await opened({ ...printer, '--hardware-simulated': 'true' }, 'Print_Receipt');
    expect((await settled()).code).toBe('printer_unavailable');
    expect(connected[0]).toBe('127.0.0.1');
  } finally {
    server.close();
  }
});

it('an address that is none is refused', async () => {
  await expect(testEdge({ '--printer': 'http://printer/' })).rejects.toMatchObject({
    code: 'config_invalid',
  });
});

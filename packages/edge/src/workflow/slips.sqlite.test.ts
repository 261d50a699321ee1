import { afterEach, expect, it } from 'vitest';
import { createTestDevices } from './testing-devices.ts';
import { createWorld, type World } from './testing-world.ts';

let world: World | undefined;
afterEach(async () => {
  await world?.close();
});

const definition = (steps: readonly string[]) =>
  `workflow_type: Print\nstate: { amount: money, currency: string, edge_transaction_id: string? }\nsteps:\n${steps.map((name) => `  - name: ${name}\n`).join('')}`;

async function printed(steps: readonly string[], input: object = {}): Promise<string[]> {
  const texts: string[] = [];
  const { hardware } = createTestDevices();
  world = await createWorld([definition(steps)], {
    hardware: {
      print: (call) => {
        texts.push(call.text);
        expect(call.bytes.length).toBeGreaterThan(call.text.trim().length / 2);
        return hardware.print(call);
      },
    },
  });
  const id = await world.start('Print', { amount: '12.50', currency: 'SEK', ...input });
  await world.end();
  const { status, error } = world.instance(id);
  return [error?.code ?? status, ...texts];
}

it('a receipt of the sale that is in the journal', async () => {
  const [status, receipt] = await printed(['Queue_For_Sync', 'Print_Receipt']);
  const [sale] = (world?.rows('SELECT receipt_code FROM edge_transactions') ?? []) as {
    receipt_code: string;
  }[];
  expect(status).toBe('completed');
  expect(receipt).toContain(sale?.receipt_code);
  expect(receipt).toContain('12.50');
});

it('a slip before there is one', async () => {
  const [status, slip] = await printed(['Print_Receipt', 'Queue_For_Sync']);
  expect(status).toBe('completed');
  expect(slip).toContain('12.50');
  expect(slip).toContain('STORE-1');
});

it('nothing for a sale that is not there', async () => {
  const input = { edge_transaction_id: '01920000-0000-7000-8000-000000000001' };
  expect(await printed(['Print_Receipt'], input)).toEqual(['not_found']);
});

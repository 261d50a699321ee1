import { afterEach, expect, it } from 'vitest';
import type { Hardware } from './hardware-port.ts';
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

/** A step that is left to a person when nobody knows what became of it. */
const PARKING = 'Print_Receipt\n    on_unknown: park';

/** A printer that says nothing about the first so many prints, and remembers nothing. */
function forgetful(silences: number, print: Hardware['print']): Partial<Hardware> {
  let left = silences;
  return {
    async print(call) {
      const printed = await print(call);
      left -= 1;
      return left < 0 ? printed : { kind: 'unknown', message: 'The line broke.' };
    },
    findPrint: async () => ({ kind: 'unknown', message: 'A printer does not remember.' }),
  };
}

it.each([
  ['the receipt of a sale', ['Queue_For_Sync', PARKING]],
  ['a slip', [PARKING]],
])('%s that may be on paper already is printed again as a copy', async (_what, steps) => {
  const texts: string[] = [];
  const hardware = forgetful(2, async ({ text }) => {
    texts.push(text);
    return { kind: 'ok', output: {} };
  });
  world = await createWorld([definition(steps)], { hardware });
  const id = await world.start('Print', { amount: '12.50', currency: 'SEK' });
  for (let tries = 0; tries < 2; tries += 1) {
    await world.pass(1_000);
    expect(world.instance(id).status).toBe('parked');
    // What is done is found in the store alone: the process that knew it is gone.
    await world.restart();
    await world.told(world.workflows.redrive(id, { by: 'kim', reason: 'half of it is missing' }));
  }
  await world.end();
  expect(world.instance(id).status).toBe('completed');
  expect(texts.map((text) => /COPY \d/i.exec(text)?.[0].toUpperCase())).toEqual([
    undefined,
    'COPY 1',
    'COPY 2',
  ]);
});

it('a receipt that was not printed for want of paper is no copy when it is', async () => {
  const texts: string[] = [];
  const devices = createTestDevices();
  devices.paperOut = 1;
  world = await createWorld([definition(['Print_Receipt'])], {
    hardware: {
      ...devices.hardware,
      print: (call) => {
        texts.push(call.text);
        return devices.hardware.print(call);
      },
    },
  });
  const id = await world.start('Print', { amount: '12.50', currency: 'SEK' });
  await world.end();
  expect(world.instance(id).error?.code).toBe('paper_out');
  await world.told(world.workflows.redrive(id, { by: 'kim', reason: 'a new roll' }));
  await world.end();
  expect(world.instance(id).status).toBe('completed');
  expect([texts.length, new Set(texts).size]).toEqual([2, 1]);
});

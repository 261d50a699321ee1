import { type AppError, uuidV7 } from '@holdfast/base';
import { StepFailure } from '@holdfast/workflow';
import { afterEach, describe, expect, it } from 'vitest';
import { saleText } from '../testing.ts';
import type { Command } from '../writer/commands.ts';
import { takeSale } from '../writer/handlers/sale.ts';
import type { InsideFunction, OutsideFunction } from './functions/function.ts';
import { createFunctionSet } from './functions/index.ts';
import { CASH, INPUT, LOCAL, SALES, SPEC, STATE } from './testing-definitions.ts';
import { createTestDevices } from './testing-devices.ts';
import { createWorld, type World, type WorldOptions } from './testing-world.ts';

let world: World | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});

async function open(definitions: readonly string[], options?: WorldOptions): Promise<World> {
  world = await createWorld(definitions, options);
  return world;
}

describe('local steps', () => {
  it('are one commit with the sale that they take', async () => {
    const { start, instance, workflows, rows } = await open([LOCAL]);
    const id = await start('Local', INPUT);
    expect(instance(id)).toMatchObject({
      status: 'completed',
      state: { online: true, payment_status: 'queued_for_sync', seq: 1 },
    });
    expect(workflows.find(id)?.summary).toMatchObject({ revision: 1, step: '', wake_ms: null });
    expect(workflows.find(id)?.timeline.map(({ step, what }) => `${step} ${what}`)).toEqual([
      'Validate_Payment done',
      'Check done',
      'Check_Connectivity done',
      'Queue_For_Sync done',
      ' ended',
    ]);
    expect(rows('SELECT record_no FROM workflow_record')).toEqual([{ record_no: 1 }]);
    expect(rows('SELECT amount_minor, cashier_id FROM edge_transactions')).toEqual([
      { amount_minor: 2000, cashier_id: 'workflow' },
    ]);
    expect(world?.facts.sales).toBe(1);
  });

  it('leave nothing of a function that failed, and try again when they said so', async () => {
    let failures = 2;
    const sell: InsideFunction = {
      spec: { name: 'edge.sell', summary: '', effect: 'local', input: {}, output: {}, failures: ['busy'] },
      run(_, { tx, call }) {
        const text = saleText();
        takeSale(tx, { type: 'sale', op_id: call.key, text, terminal_id: null, staff_id: null });
        failures -= 1;
        if (failures >= 0) throw new StepFailure('busy', 'Not now.');
        return {};
      },
    };
    const retry = 'retry: { attempts: 3, initial: 5s, jitter: 0, multiplier: 1 }';
    const definition = `workflow_type: Sell\nsteps:\n  - name: Sell\n    ${retry}\n`;
    const functions = createFunctionSet({ inside: [sell] });
    const { start, instance, pass, rows } = await open([definition], { functions });
    const id = await start('Sell', INPUT);
    expect(instance(id)).toMatchObject({ status: 'waiting', frame: { phase: { kind: 'backoff' } } });
    expect(rows(SALES)).toEqual([{ count: 0 }]);
    await pass(6_000);
    expect(instance(id).status).toBe('waiting');
    await pass(6_000);
    expect(instance(id).status).toBe('completed');
    expect(rows(SALES)).toEqual([{ count: 1 }]);
    // What failed left no gap in the chain either.
    expect(rows('SELECT tip_seq FROM stream')).toEqual([{ tip_seq: 1 }]);
  });

  it('fail when a function throws what none of its kind does, and the store goes on', async () => {
    const broken: InsideFunction = {
      spec: { name: 'edge.broken', summary: '', effect: 'local', input: {}, output: {}, failures: [] },
      run: () => {
        throw new TypeError('x is not a function');
      },
    };
    const functions = createFunctionSet({ inside: [broken] });
    const { start, instance } = await open([LOCAL, 'workflow_type: Broken\nsteps:\n  - name: Broken\n'], {
      functions,
    });
    expect(instance(await start('Broken', INPUT))).toMatchObject({
      status: 'failed',
      error: { code: 'function_threw', step: 'Broken' },
    });
    expect(instance(await start('Local', INPUT)).status).toBe('completed');
  });

  it('sell once what two functions queue, and again what a loop sells', async () => {
    const queues = ['Queue_For_Auth', 'Queue_For_Settlement'].map((name) => `  - name: ${name}`).join('\n');
    const once = `workflow_type: Once\n${STATE}\nsteps:\n${queues}\n`;
    const loop = `
workflow_type: Loop
${STATE}
steps:
  - name: Twice
    type: LOOP
    mode: WHILE
    while_condition: index < 2
    max_iterations: 2
    loop_body:
      - name: Queue_For_Sync
`;
    const { start, instance, rows } = await open([once, loop.replace('index < 2', 'true')]);
    const id = await start('Once', INPUT);
    expect(instance(id).state).toMatchObject({ seq: 1, payment_status: 'queued_for_settlement' });
    expect(rows(SALES)).toEqual([{ count: 1 }]);
    await start('Loop', INPUT);
    expect(rows(SALES)).toEqual([{ count: 3 }]);
  });

  it('pass off no sale as theirs that another workflow took', async () => {
    const sell = `workflow_type: Sell\n${STATE}\nsteps:\n  - name: Queue_For_Auth\n`;
    const pay = 'workflow_type: Pay\nsteps:\n  - name: Queue_For_Settlement\n';
    const { start, instance, rows } = await open([sell, pay]);
    const { edge_transaction_id = null, payment_status = null } = instance(await start('Sell', INPUT)).state;
    const id = await start('Pay', { ...INPUT, edge_transaction_id, payment_status });
    expect(instance(id)).toMatchObject({ status: 'failed', error: { code: 'not_found' } });
    expect(rows(SALES)).toEqual([{ count: 1 }]);
  });

  it('take no sale whose items come to another sum', async () => {
    const definition = LOCAL.replace(STATE, STATE.replace('}', ', items: json }')).replace(
      'items: json',
      ITEMS,
    );
    const { start, instance, rows } = await open([definition]);
    const items = [{ sku: 'a', name: 'A', quantity: 3, unit_price: '6.00' }];
    expect(instance(await start('Local', { ...INPUT, items })).error?.code).toBe('amount_mismatch');
    expect(instance(await start('Local', { ...INPUT, amount: '18.00', items })).status).toBe('completed');
    expect(rows(SALES)).toEqual([{ count: 1 }]);
  });
});

describe('a start', () => {
  it('is the same for the same id and for the same key, with the same input', async () => {
    const { start, workflows, rows } = await open([LOCAL]);
    const order = { workflow_type: 'Local', input: INPUT, by: null };
    const instance_id = '01920000-0000-7000-8000-000000000001';
    const answers: unknown[] = [];
    for (const again of [order, order, { ...order, input: { ...INPUT, amount: '21.00' } }])
      answers.push(await told(workflows.start({ ...again, instance_id })));
    expect(answers).toMatchObject([
      { replayed: false },
      { replayed: true, status: 'completed' },
      'idempotency_key_reused',
    ]);
    const id = await start('Local', INPUT, { business_key: 'order-7' });
    expect(await start('Local', INPUT, { business_key: 'order-7' })).toBe(id);
    const other = workflows.start({ ...order, input: { ...INPUT, amount: '1.00' }, business_key: 'order-7' });
    expect(await told(other)).toBe('idempotency_key_reused');
    expect(rows(SALES)).toEqual([{ count: 2 }]);
  });

  it('is refused for what does not fit', async () => {
    const { workflows } = await open([LOCAL]);
    const start = (more: object) =>
      told(workflows.start({ workflow_type: 'Local', input: INPUT, by: null, ...more }));
    expect(await start({ workflow_type: 'Nothing' })).toBe('not_found');
    expect(await start({ input: { ...INPUT, colour: 'red' } })).toBe('invalid_request');
    expect(await start({ input: { currency: 'SEK' } })).toBe('invalid_request');
    expect(await start({ input: { ...INPUT, amount: '1.001' } })).toBe('invalid_request');
    expect(await start({ currency: 'XXA' })).toBe('unknown_currency');
    expect(workflows.list({}, { limit: 10 }).instances).toEqual([]);
  });
});

describe('a commit that fails', () => {
  it.each(['before', 'after'] as const)('%s it was made loses and repeats nothing', async (when) => {
    for (let at = 1; at <= 8; at += 1) {
      const devices = createTestDevices();
      const plan = { fail: (group: number) => (group === at ? when : undefined) };
      const { start, end, rows, close } = await createWorld([CASH], { hardware: devices.hardware, plan });
      const id = await start('Cash', INPUT).catch((error: AppError) => error.code);
      if (at === 1 && when === 'before') {
        expect(id).toBe('store_unavailable');
      } else {
        await end();
        expect(rows('SELECT status FROM workflow_instance')).toEqual([{ status: 'completed' }]);
        expect([...devices.dispensed.values()]).toEqual([1]);
        expect([...devices.printed.values()]).toEqual([1]);
        expect(rows(SALES)).toEqual([{ count: 1 }]);
      }
      await close();
    }
  });
});

describe('the end of the process', () => {
  it.each(['before', 'after'] as const)('%s each commit: it goes on where it stood', async (when) => {
    let kills = 0;
    for (let at = 1; at <= 12; at += 1) {
      const devices = createTestDevices();
      const plan = { [when]: (group: number) => (group === at ? 'kill' : undefined) } as const;
      const killed = await createWorld([CASH], { hardware: devices.hardware, plan });
      const input = { workflow_type: 'Cash', input: INPUT, by: null, instance_id: uuidV7(killed.ports) };
      void killed.workflows.start(input);
      await killed.pass(0);
      await killed.end();
      if (killed.isDead) kills += 1;
      await killed.restart();
      await killed.told(killed.workflows.start(input));
      await killed.end();
      const { state, status } = killed.instance(input.instance_id);
      expect([at, status, state.dispensed]).toEqual([at, 'completed', '20.00']);
      expect([...devices.dispensed.values(), ...devices.printed.values()]).toEqual([1, 1]);
      expect(killed.rows(SALES)).toEqual([{ count: 1 }]);
      expect(killed.rows('SELECT tip_seq FROM stream')).toEqual([{ tip_seq: 1 }]);
      await killed.close();
    }
    expect(kills).toBeGreaterThanOrEqual(4);
  });

  it('leaves ten thousand open instances that all go on', async () => {
    const ask = `workflow_type: Ask\n${STATE}\nsteps:\n  - name: Notify\n    function: edge.wait_for_it\n`;
    let isAnswering = false;
    const wait: OutsideFunction = {
      spec: { ...SPEC, name: 'edge.wait_for_it', effect: 'external', canQuery: true },
      call: () => new Promise(() => undefined),
      query: async () => (isAnswering ? { kind: 'ok', output: {} } : new Promise(() => undefined)),
    };
    const functions = createFunctionSet({ outside: [wait] });
    const { execute, ports, restart, end, workflows: _, ...of } = await open([ask], { functions });
    for (let count = 0; count < 10_000; count += 500) {
      const orders = Array.from({ length: 500 }, () => startCommand(uuidV7(ports), 'Ask'));
      expect(execute(...orders).every(({ ok }) => ok)).toBe(true);
    }
    isAnswering = true;
    const beganMs = performance.now();
    await restart();
    for (let turn = 0; turn < 5_000 && (world?.workflows.countOpen().length ?? 0) > 0; turn += 1)
      await of.pass(1);
    process.stdout.write(
      `10,000 open instances went on within ${Math.round(performance.now() - beganMs)} ms\n`,
    );
    expect(of.rows("SELECT count(*) AS count FROM workflow_instance WHERE status = 'completed'")).toEqual([
      { count: 10_000 },
    ]);
  });
});

const ITEMS =
  'items: { type: list, optional: true, of: { sku: string, name: string, quantity: integer, unit_price: money } }';

function startCommand(instance_id: string, workflow_type: string): Command {
  const start = { kind: 'start', instance_id, workflow_type, business_key: null, input: INPUT } as const;
  return { type: 'workflow', online: true, order: { ...start, currency: 'SEK', by: null } };
}

const told = async (promise: Promise<unknown>) => await world?.told(promise);

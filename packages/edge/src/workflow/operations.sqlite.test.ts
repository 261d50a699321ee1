/** What people and programs do with workflows, and what becomes of them in time. */
import type { AppError } from '@holdfast/base';
import type { JsonObject } from '@holdfast/workflow';
import { afterEach, describe, expect, it } from 'vitest';
import type { InstanceCursor } from '../store/workflow-reads.ts';
import type { OutsideFunction } from './functions/function.ts';
import { createFunctionSet } from './functions/index.ts';
import { CASH, INPUT, LOCAL, SPEC, STATE } from './testing-definitions.ts';
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

describe('waiting', () => {
  const WAITING = `
workflow_type: Waiting
${STATE}
steps:
  - name: Pause
    type: WAIT
    for: 10m
  - name: Agree
    type: HUMAN_IN_LOOP
    role: manager
    fields: { agreed: boolean }
    timeout: 1h
    on_timeout: Decline_Offline
  - name: Check_Connectivity
    next: END
  - name: Decline_Offline
`;

  it('ends at its time, also when the process ended meanwhile', async () => {
    const { start, instance, pass, restart, workflows } = await open([WAITING]);
    const id = await start('Waiting', INPUT);
    expect(workflows.find(id)?.summary).toMatchObject({ status: 'waiting', step: 'Pause' });
    await pass(9 * 60_000);
    await restart();
    await pass(59_000);
    expect(instance(id).frame.at).toBe('Pause');
    await pass(2_000);
    expect(instance(id).frame.at).toBe('Agree');
    await pass(3_600_000);
    expect(instance(id)).toMatchObject({ status: 'completed', state: { approved: false } });
  });

  it('lasts no longer for a clock that was ahead and was set back; an instant that was named stays', async () => {
    const yearsMs = 10 * 31_557_600_000;
    const instant =
      'workflow_type: Instant\nstate: { at: timestamp }\nsteps: [{ name: W, type: WAIT, until: state.at }]\n';
    const { start, instance, pass, restart, ports } = await open([WAITING, instant]);
    ports.jumpWallClock(yearsMs);
    const id = await start('Waiting', INPUT);
    const at = new Date(ports.clock.nowMs() + 300_000).toISOString();
    const named = await start('Instant', { at });
    await pass(1_000);
    ports.jumpWallClock(-yearsMs);
    await restart();
    await pass(599_000);
    expect(instance(id).frame.at).toBe('Pause');
    await pass(2_000);
    expect(instance(id).frame.at).toBe('Agree');
    expect(instance(named).status).toBe('waiting');
    await restart();
    await pass(3_600_000);
    expect(instance(id)).toMatchObject({ status: 'completed', state: { approved: false } });
    ports.jumpWallClock(yearsMs);
    await pass(3_600_000);
    expect(instance(named).status).toBe('completed');
  });

  it('for a signal ends with it, for those who may', async () => {
    const { start, instance, pass, workflows } = await open([WAITING]);
    const id = await start('Waiting', INPUT);
    await pass(600_000);
    const send = (payload: JsonObject, roles: string[] | null) =>
      told(workflows.signal(id, { signal: 'agree', payload, by: 'kim', roles }));
    expect(await send({ agreed: true }, ['cashier'])).toBe('forbidden');
    expect(await send({ agreed: 'yes' }, ['manager'])).toBe('invalid_request');
    expect(await send({ agreed: true }, ['manager'])).toMatchObject({ status: 'completed' });
    expect(instance(id).state).toMatchObject({ agreed: true, online: true });
    expect(workflows.find(id)?.timeline).toContainEqual(
      expect.objectContaining({ what: 'signal', by: 'kim' }),
    );
  });

  it('can be paused, gone on with, and called off', async () => {
    const { start, instance, pass, workflows } = await open([WAITING]);
    const id = await start('Waiting', INPUT);
    expect(await told(workflows.pause(id, { by: 'kim' }))).toMatchObject({ status: 'paused' });
    await pass(700_000);
    expect(instance(id).frame.at).toBe('Pause');
    await told(workflows.resume(id, { by: 'kim' }));
    await pass(1_000);
    expect(instance(id).frame.at).toBe('Agree');
    const answer = await told(workflows.cancel(id, { by: 'kim', reason: 'closing' }));
    expect(answer).toMatchObject({ status: 'cancelled' });
    expect(workflows.list({ statuses: ['cancelled'] }, { limit: 1 }).instances).toHaveLength(1);
  });

  it('for a person after a call of which nobody knows what became of it', async () => {
    const lost: OutsideFunction = {
      spec: { ...SPEC, name: 'edge.charge', effect: 'external' },
      call: async () => ({ kind: 'unknown', message: 'the line went dead' }),
    };
    const functions = createFunctionSet({ outside: [lost] });
    const charge = `workflow_type: Charge\n${STATE}\nsteps:\n  - name: Charge\n`;
    const { start, instance, pass, workflows } = await open([charge], { functions });
    const id = await start('Charge', INPUT);
    await pass(61_000);
    expect(instance(id).status).toBe('parked');
    expect(workflows.attention).toContain('1 workflows wait for a person');
    const skipped = workflows.skip(id, { step: 'Charge', output: {}, by: 'kim', reason: 'seen on the slip' });
    expect(await told(skipped)).toMatchObject({ status: 'completed' });
  });
});

describe('a printer without paper', () => {
  it('is tried again, and then failed', async () => {
    const devices = createTestDevices();
    devices.paperOut = 2;
    const { start, end, instance, pass, workflows } = await open([CASH], { hardware: devices.hardware });
    const id = await start('Cash', INPUT);
    await end();
    expect(instance(id).status).toBe('completed');
    expect(workflows.find(id)?.timeline.filter(({ what }) => what === 'retry')).toHaveLength(2);
    devices.paperOut = 3;
    const other = await start('Cash', INPUT);
    await end();
    expect(instance(other)).toMatchObject({ status: 'failed', error: { code: 'paper_out' } });
    expect(await told(workflows.redrive(other, { by: null, reason: 'paper' }))).toMatchObject({
      status: 'running',
    });
    await pass(1_000);
    expect(instance(other).status).toBe('completed');
    expect(devices.dispensed.size).toBe(2);
  });

  it('is no printer at all at an edge without one', async () => {
    const { start, end, instance } = await open([
      `workflow_type: Print\n${STATE}\nsteps:\n  - name: Print_Receipt\n`,
    ]);
    const id = await start('Print', INPUT);
    await end();
    expect(instance(id).error).toMatchObject({ code: 'no_printer', step: 'Print_Receipt' });
  });
});

describe('definitions', () => {
  const TWO = LOCAL.replace('Local', 'Moving').replace(
    '- name: Queue_For_Sync\n',
    '- name: Pause\n    type: WAIT\n    for: 1h\n    next: Queue_For_Sync\n  - name: Queue_For_Sync\n',
  );

  it('are pinned by what runs, counted, and can be moved to', async () => {
    const { start, instance, workflows, pass } = await open([TWO]);
    const id = await start('Moving', INPUT);
    const before = instance(id).definition_hash;
    await told(workflows.load(TWO.replace('1h', '2h')));
    expect(instance(await start('Moving', INPUT)).definition_hash).not.toBe(before);
    expect(
      workflows
        .definitions()
        .map(({ open_instances, is_current }) => [open_instances, is_current])
        .sort(),
    ).toEqual([
      [1, false],
      [1, true],
    ]);
    const dry = await workflows.migrate('Moving', { apply: false, by: null, limit: 10 });
    expect(dry).toEqual({
      rows: [{ instance_id: id, step: 'Pause', misfit: null, is_moved: false }],
      next: null,
    });
    const moved = await told(workflows.migrate('Moving', { apply: true, by: 'kim', limit: 10 }));
    expect(moved).toMatchObject({ rows: [{ is_moved: true }] });
    expect(workflows.find(id)?.timeline).toContainEqual(
      expect.objectContaining({ what: 'migrated', by: 'kim' }),
    );
    await pass(3_700_000);
    expect(instance(id).status).toBe('completed');
  });

  it('are not moved to by what does not fit', async () => {
    const { start, workflows, instance } = await open([TWO]);
    const id = await start('Moving', INPUT);
    const hash = instance(id).definition_hash;
    for (const [text, misfit] of [
      [TWO.replaceAll('Pause', 'Wait'), 'has no step Pause'],
      [TWO.replace('type: WAIT\n    for: 1h', 'function: edge.validate_payment'), 'is of another type'],
      [TWO.replace('currency: string', 'currency: string, table: string'), 'its state has no table'],
    ] as const) {
      expect(await told(workflows.load(text))).toMatchObject({ ok: true });
      const answer = await told(workflows.migrate('Moving', { apply: true, by: null, limit: 10 }));
      expect(answer).toMatchObject({ rows: [{ is_moved: false, misfit: expect.stringContaining(misfit) }] });
    }
    expect(instance(id).definition_hash).toBe(hash);
  });

  it('lose no time that came while they were moved to', async () => {
    const { start, instance, workflows, pass, ports } = await open([TWO]);
    const id = await start('Moving', INPUT);
    await told(workflows.load(TWO.replace('1h', '2h')));
    ports.jumpWallClock(3_700_000);
    const moved = await told(workflows.migrate('Moving', { apply: true, by: null, limit: 10 }));
    expect(moved).toMatchObject({ rows: [{ is_moved: true }] });
    expect(workflows.find(id)?.summary.wake_ms).toBeLessThan(ports.clock.nowMs());
    // The driver sleeps for what was left by the clock that it went by.
    await pass(3_600_000);
    expect(instance(id).status).toBe('completed');
  });

  it('are not moved to where rounds have become branches, or go on by another rule', async () => {
    const pause = 'steps: [{ name: Pause, type: WAIT, for: 1h }]';
    const body = pause.replace('steps', 'loop_body');
    const head = 'workflow_type: Round\nstate: { items: { type: list, of: integer } }\nsteps:\n';
    const loop = `${head}  - { name: Go, type: LOOP, iterate_over: items, max_iterations: 9, ${body} }\n`;
    const { start, workflows } = await open([loop]);
    await start('Round', { items: [1, 2, 3] });
    for (const other of [
      `${head}  - { name: Go, type: PARALLEL, iterate_over: items, ${pause} }\n`,
      `${head}  - { name: Go, type: LOOP, while_condition: "true", max_iterations: 9, ${body} }\n`,
      loop.replace('iterate_over: items', 'iterate_over: items, item_var_name: other'),
    ]) {
      expect(await told(workflows.load(other))).toMatchObject({ ok: true });
      const answer = await told(workflows.migrate('Round', { apply: true, by: null, limit: 10 }));
      expect(answer).toMatchObject({
        rows: [{ is_moved: false, misfit: expect.stringContaining('another type') }],
      });
    }
    expect(await told(workflows.load(loop.replace('max_iterations: 9', 'max_iterations: 8')))).toMatchObject({
      ok: true,
    });
    const answer = await told(workflows.migrate('Round', { apply: true, by: null, limit: 10 }));
    expect(answer).toMatchObject({ rows: [{ is_moved: true }] });
  });

  it('that are retired begin nothing, and what runs goes on', async () => {
    const { start, workflows, instance, pass } = await open([TWO]);
    const id = await start('Moving', INPUT);
    await told(workflows.retire('Moving'));
    expect(await start('Moving', INPUT).catch((error: AppError) => error.code)).toBe('not_found');
    await pass(3_700_000);
    expect(instance(id).status).toBe('completed');
  });

  it('with problems leave what was there', async () => {
    const { start, workflows } = await open([LOCAL]);
    const answer = await told(workflows.load(LOCAL.replace('target: Check_Connectivity', 'target: Nowhere')));
    expect(answer).toMatchObject({ ok: false, problems: [{ code: 'unknown_target', line: 10 }] });
    expect(await start('Local', INPUT)).toBeDefined();
  });
});

describe('an instance that nothing moves', () => {
  it('is told of once it takes longer than it may', async () => {
    const hang: OutsideFunction = {
      spec: { ...SPEC, name: 'edge.hang', effect: 'external' },
      call: () => new Promise(() => undefined),
    };
    const functions = createFunctionSet({ outside: [hang] });
    const text = `workflow_type: Hang\n${STATE}\nsteps:\n  - name: Hang\n    timeout: none\n`;
    const { start, pass, workflows } = await open([text], { functions });
    const id = await start('Hang', INPUT);
    await pass(14 * 60_000);
    expect([workflows.stuck, workflows.attention]).toEqual([[], undefined]);
    await pass(3 * 60_000);
    expect(workflows.stuck.map(({ instance_id, step }) => [instance_id, step])).toEqual([[id, 'Hang']]);
    expect(workflows.attention).toContain(`Hang ${id} at Hang`);
  });
});

describe('what ended long ago', () => {
  it('goes with its timeline; what is open stays', async () => {
    const wait = LOCAL.replace('Local', 'Long').replace(
      '- name: Validate_Payment',
      '- name: Pause\n    type: WAIT\n    for: 300d',
    );
    const { start, pass, ports, workflows, rows } = await open([LOCAL, wait]);
    for (let count = 0; count < 150; count += 1) await start('Local', INPUT);
    const open_ = await start('Long', INPUT);
    ports.jumpWallClock(91 * 86_400_000);
    await start('Local', INPUT);
    const pruning = workflows.pruneNow();
    await pass(1_000);
    expect(await pruning).toBe(150);
    expect(rows('SELECT count(*) AS count FROM workflow_instance')).toEqual([{ count: 2 }]);
    expect(rows('SELECT count(DISTINCT instance_no) AS count FROM workflow_record')).toEqual([{ count: 1 }]);
    expect(workflows.find(open_)).toBeDefined();
  });
});

describe('lists', () => {
  it('go on where a page ended, newest first', async () => {
    const { start, pass, workflows } = await open([LOCAL]);
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      ids.push(await start('Local', INPUT, { business_key: `k${count}` }));
      if (count % 2 === 0) await pass(10);
    }
    const found: string[] = [];
    for (let after: InstanceCursor | undefined; ; ) {
      const page = workflows.list({ workflow_type: 'Local' }, { after, limit: 2 });
      found.push(...page.instances.map(({ instance_id }) => instance_id));
      if (page.next === null) break;
      after = page.next;
    }
    expect(found).toEqual(ids.toReversed());
    expect(
      workflows.list({ business_key: 'k3' }, { limit: 9 }).instances.map(({ instance_id }) => instance_id),
    ).toEqual([ids[3]]);
    expect(workflows.list({ statuses: ['failed'] }, { limit: 9 }).instances).toEqual([]);
  });
});

const told = async (promise: Promise<unknown>) => await world?.told(promise);

import { mkdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, type World } from './testing-world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld([]);
  mkdirSync(join(world.folder, 'workflows'));
});
afterEach(() => world.close());

const text = (type: string, seconds = 1) =>
  `workflow_type: ${type}\nstate: { amount: money }\nsteps:\n  - name: Pause\n    type: WAIT\n    for: ${seconds}s\n`;
const put = (name: string, contents: string) =>
  writeFileSync(join(world.folder, 'workflows', name), contents);
const current = () =>
  world.workflows
    .definitions()
    .filter(({ is_current }) => is_current)
    .map(({ workflow_type }) => workflow_type)
    .sort();
const codes = () =>
  world.workflows.problems().map(({ file, problems }) => [file, ...problems.map(({ code }) => code)]);
const reload = async () => {
  const done = world.workflows.reload();
  await world.pass(0);
  await done;
};

describe('files of the folder', () => {
  it('are loaded as they come and change, without a restart', async () => {
    put('a.yaml', text('First'));
    put('b.yml', text('Second'));
    put('notes.txt', 'not a workflow');
    put('.hidden.yaml', text('Hidden'));
    await world.pass(12_000);
    expect(current()).toEqual(['First', 'Second']);
    const id = await world.start('First', { amount: '1.00' });
    put('a.yaml', text('First', 7_200));
    await world.pass(12_000);
    expect(world.instance(id).status).toBe('completed');
    const other = await world.start('First', { amount: '1.00' });
    expect(world.instance(other).definition_hash).not.toBe(world.instance(id).definition_hash);
    expect(codes()).toEqual([]);
  });

  it('are not read while they are being written', async () => {
    put('a.yaml', 'workflow_type: Fir');
    for (let size = 20; size < text('First').length; size += 10) {
      await world.pass(240);
      put('a.yaml', text('First').slice(0, size));
      expect(codes()).toEqual([]);
    }
    put('a.yaml', text('First'));
    await world.pass(12_000);
    expect([current(), codes()]).toEqual([['First'], []]);
  });

  it('that are much too large are not read as a whole', async () => {
    put('a.yaml', text('First'));
    truncateSync(join(world.folder, 'workflows', 'a.yaml'), 3 * 2 ** 30);
    await reload();
    expect(codes()).toEqual([['a.yaml', 'too_large']]);
  });

  it('that are refused leave what was there, and are told of until they are mended', async () => {
    put('a.yaml', text('First'));
    await reload();
    put('a.yaml', text('First').replace('WAIT', 'WEIGHT'));
    put('b.yaml', '\ufeff{[');
    put('c.yaml', `${text('Big')}# ${'x'.repeat(300_000)}`);
    await reload();
    expect(current()).toEqual(['First']);
    expect(codes().map(([file]) => file)).toEqual(['a.yaml', 'b.yaml', 'c.yaml']);
    expect(await world.start('First', { amount: '1.00' })).toBeDefined();
    put('a.yaml', text('First'));
    rmSync(join(world.folder, 'workflows', 'b.yaml'));
    rmSync(join(world.folder, 'workflows', 'c.yaml'));
    await world.pass(12_000);
    expect(codes()).toEqual([]);
  });

  it('of one name: the first has it, until it goes', async () => {
    put('a.yaml', text('First'));
    put('b.yaml', text('First', 2));
    await reload();
    expect(codes()).toEqual([['b.yaml', 'duplicate_workflow']]);
    const { definitions } = world.workflows;
    expect(definitions()).toHaveLength(1);
    rmSync(join(world.folder, 'workflows', 'a.yaml'));
    await world.pass(12_000);
    expect([codes(), definitions().length]).toEqual([[], 2]);
  });

  it('that go leave their definition, which can be retired', async () => {
    put('a.yaml', text('First'));
    await reload();
    rmSync(join(world.folder, 'workflows', 'a.yaml'));
    await world.pass(12_000);
    expect(current()).toEqual(['First']);
    await Promise.all([world.workflows.retire('First'), world.pass(0)]);
    await world.pass(12_000);
    expect(current()).toEqual([]);
  });

  it('may start each other, whichever comes first', async () => {
    const start =
      'workflow_type: A\nstate: { amount: money }\nsteps:\n  - name: Go\n    type: SUB_WORKFLOW\n    workflow_type: Z\n    input: { amount: state.amount }\n';
    put('a.yaml', start);
    put('z.yaml', text('Z'));
    await reload();
    expect([current(), codes()]).toEqual([['A', 'Z'], []]);
    const id = await world.start('A', { amount: '1.00' });
    await world.end();
    expect(world.instance(id).status).toBe('completed');
  });

  it('are found again when the folder goes and comes', async () => {
    const folder = join(world.folder, 'workflows');
    renameSync(folder, `${folder}.away`);
    await world.pass(12_000);
    renameSync(`${folder}.away`, folder);
    put('a.yaml', text('First'));
    await world.pass(12_000);
    expect(current()).toEqual(['First']);
  });
});

/** Signals that come before they are waited for. */
import { isAppError } from '@holdfast/base';
import { afterEach, expect, test } from 'vitest';
import type { JsonObject } from '../types.ts';
import type { TestWorld } from './testing-world.ts';
import { openYaml } from './testing-yaml.ts';

let world: TestWorld | undefined;
afterEach(async () => await world?.close());

function open(): TestWorld {
  world = openYaml(
    [
      `workflow_type: W
state: {}
steps:
  - { name: Pause, type: WAIT, for: 1m }
  - { name: Cashier, type: HUMAN_IN_LOOP, signal: approval, role: cashier, fields: { seen: boolean, note: string? } }
  - { name: Manager, type: HUMAN_IN_LOOP, signal: approval, role: manager, fields: { agreed: boolean } }
`,
    ],
    { functions: [], call: () => ({ kind: 'ok', output: {} }) },
  );
  return world;
}

const send = (opened: TestWorld, instance_id: string, roles: string[], payload: JsonObject) =>
  opened.order({
    ...{ kind: 'event', instance_id },
    event: { kind: 'signal', signal: 'approval', payload, by: null, roles },
  });

test('answer no step that their sender may not answer', async () => {
  const opened = open();
  const id = await opened.start('W');
  await send(opened, id, ['cashier'], { seen: true });
  await send(opened, id, ['cashier'], { seen: true });
  const refused = await send(opened, id, ['cashier'], { agreed: true }).catch((error: unknown) => error);
  expect(isAppError(refused, 'invalid_request')).toBe(true);
  await opened.pass(60_000);
  expect(opened.get(id)).toMatchObject({
    status: 'waiting',
    frame: { at: 'Manager' },
    state: { seen: true },
  });
});

test('answer the step that asks for what they carry', async () => {
  const opened = open();
  const id = await opened.start('W');
  await send(opened, id, ['manager', 'cashier'], { agreed: true });
  await send(opened, id, ['cashier'], { seen: true });
  await opened.pass(60_000);
  expect(opened.get(id)).toMatchObject({ status: 'completed', state: { seen: true, agreed: true } });
});

test('take no more room together than a state', async () => {
  const opened = open();
  const id = await opened.start('W');
  const note = 'x'.repeat(200_000);
  await send(opened, id, ['cashier'], { seen: true, note });
  const refused = await send(opened, id, ['cashier'], { seen: true, note }).catch((error: unknown) => error);
  expect(isAppError(refused, 'workflow_conflict')).toBe(true);
  expect(opened.get(id).mail).toHaveLength(1);
});

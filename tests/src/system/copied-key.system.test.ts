/** A copy of a disk carries the key of its device along; each copy gets a name of its own all the same. */
import { cpSync, rmSync } from 'node:fs';
import { pathsOf } from '@holdfast/edge';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Constellation, saleOf, startConstellation, type TestEdge } from './constellation.ts';

let system: Constellation;
beforeEach(async () => {
  system = await startConstellation();
});
afterEach(() => system.close());

async function copyOf(edge: TestEdge): Promise<TestEdge> {
  await edge.close();
  const { folder } = pathsOf(edge.options);
  const copy = await system.addEdge({
    enrol: false,
    prepare: async (options) => {
      rmSync(pathsOf(options).folder, { recursive: true, force: true });
      cpSync(folder, pathsOf(options).folder, { recursive: true });
    },
  });
  await edge.restart();
  return copy;
}

async function enrol(edge: TestEdge): Promise<string> {
  const { claim_token } = await system.operator.createClaim('STHLM-001');
  const status = await edge.client.enrol({ hub_url: system.hub.url, claim_token });
  return status.device_id ?? '';
}

test('a disk that was copied before its enrolment is enrolled, and so is the copy', async () => {
  const edge = await system.addEdge({ enrol: false });
  await edge.client.sell(saleOf('45.00'), 'before-the-copy');
  const copy = await copyOf(edge);
  await copy.client.sell(saleOf('45.00'), 'at-the-copy');
  const names = [await enrol(edge), await enrol(copy)];
  expect(new Set(names).size).toBe(2);
  for (const each of [edge, copy]) expect(await each.client.push()).toMatchObject({ pending: 0 });
});

test('a disk that was copied while a key was made for it is enrolled, and so is the copy', async () => {
  const edge = await system.addEdge();
  await edge.running.context.writer.submit({ type: 'next_key' });
  const copy = await copyOf(edge);
  const names = [await enrol(edge), await enrol(copy)];
  expect(new Set(names).size).toBe(2);
});

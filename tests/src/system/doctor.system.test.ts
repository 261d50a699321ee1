/** What `holdfast doctor` says of a real hub on good and on bad days. */
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { systemPorts, uuidV7 } from '@holdfast/base';
import { fetchTransport } from '@holdfast/client';
import { examineEdge } from '@holdfast/edge';
import { examineHub, hubOptions } from '@holdfast/hub';
import { createLogger, type Finding, loadOptions } from '@holdfast/runtime';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  type Constellation,
  saleOf,
  startConstellation,
  type TestEdge,
  untilSynced,
} from './constellation.ts';

let world: Constellation;
let edge: TestEdge;
beforeEach(async () => {
  world = await startConstellation();
  edge = await world.addEdge();
});
afterEach(async () => await world.close());

const sell = () => edge.client.sell(saleOf('10.00'), uuidV7(systemPorts));

async function lookAtHub(): Promise<Finding[]> {
  const { dataFolder } = world.hub.context.settings;
  const flags = { '--data': dataFolder, '--port': String(world.hub.port) };
  return await examineHub({
    options: loadOptions(hubOptions, { env: {}, flags }),
    ports: systemPorts,
    logger: createLogger({ level: 'silent', service: 'test' }),
    transport: fetchTransport,
    baseUrl: world.hub.url,
  });
}

const of = (findings: Finding[], check: string) => findings.filter((finding) => finding.check === check);

it('is content with a hub and an edge that have nothing to settle', async () => {
  await sell();
  await untilSynced(edge);
  const hub = await lookAtHub();
  expect(hub.filter(({ state }) => state === 'bad')).toEqual([]);
  expect(of(hub, 'ledger')[0]?.says).toBe('The ledger balances.');
  expect(of(hub, 'backup')[0]?.advice).toContain('holdfast hub backup');
  const found = await examineEdge({
    options: edge.options,
    ports: systemPorts,
    transport: fetchTransport,
    baseUrl: edge.running.url,
    pages: true,
  });
  expect(found.filter(({ state }) => state !== 'good')).toEqual([]);
});

it('names the device whose sales wait, and what waits for a person', async () => {
  await sell();
  await untilSynced(edge);
  await world.setDeviceState(edge.running.context.enrolment()?.device_id ?? null, 'suspended');
  await sell();
  await untilSynced(edge);
  const hub = await lookAtHub();
  expect(of(hub, 'quarantine')[0]?.says).toContain('wait for a decision and are not booked: 1,');
  expect(of(hub, 'quarantine')[0]?.advice).toBe('holdfast quarantine list');
});

it('misses a key, and says what hangs on it', async () => {
  const { dataFolder } = world.hub.context.settings;
  renameSync(join(dataFolder, 'mac-key'), join(dataFolder, 'mac-key.away'));
  const [keys] = of(await lookAtHub(), 'keys');
  renameSync(join(dataFolder, 'mac-key.away'), join(dataFolder, 'mac-key'));
  expect(keys?.state).toBe('bad');
  expect(keys?.says).toContain('mac-key');
});

it('sees a database that does not answer', async () => {
  await world.killPostgres();
  const bad = (await lookAtHub()).filter(({ state }) => state !== 'good').map(({ check }) => check);
  expect(bad).toContain('database');
});

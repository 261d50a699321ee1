import { isAppError } from '@holdfast/base';
import { expect, test } from 'vitest';
import { DEV_DEFAULTS, devOptions } from './dev-options.ts';

const at = { cwd: '/srv', databaseUrl: undefined };

test('the defaults are one edge beside the hub', () => {
  const options = devOptions(DEV_DEFAULTS, at);
  expect(options.folder).toBe('/srv/.holdfast');
  expect(options.hub).toMatchObject({ port: 4000, folder: '/srv/.holdfast/hub' });
  expect(options.edges).toEqual([
    {
      name: 'edge-1',
      port: 4100,
      folder: '/srv/.holdfast/edge-1',
      configFile: '/srv/.holdfast/edge-1/edge.toml',
      location: 1,
    },
  ]);
});

test('edges listen one after the other; the first two share a location', () => {
  const { edges } = devOptions({ ...DEV_DEFAULTS, edges: '4' }, at);
  expect(edges.map(({ port, location }) => [port, location])).toEqual([
    [4100, 1],
    [4101, 1],
    [4102, 2],
    [4103, 3],
  ]);
});

test('an empty DATABASE_URL is none', () => {
  expect(devOptions(DEV_DEFAULTS, { ...at, databaseUrl: '' }).databaseUrl).toBeUndefined();
});

test.each([
  [{ edges: '0' }, "--edges is a whole number from 1 to 32, not '0'."],
  [{ 'hub-port': '4e3' }, "--hub-port is a whole number from 1 to 65535, not '4e3'."],
  [{ 'edge-port': '65535', edges: '2' }, 'The last edge would need a port above 65535.'],
  [{ 'hub-port': '4101', edges: '2' }, 'Port 4101 is asked for by the hub and by an edge'],
])('refuses %j', (flags, message) => {
  let error: unknown;
  try {
    devOptions({ ...DEV_DEFAULTS, ...flags }, at);
  } catch (caught) {
    error = caught;
  }
  expect(isAppError(error, 'usage') && error.message).toContain(message);
});

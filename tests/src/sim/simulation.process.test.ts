/** A hundred worlds. */
import { expect, test } from 'vitest';
import { runCampaign } from './campaign.ts';

test('in a hundred simulated worlds nothing is lost, doubled or left waiting, and everything that may happen has happened', async () => {
  const options = { seeds: 100, firstSeed: 1, workers: 2, json: true, signal: new AbortController().signal };
  expect(await runCampaign(options)).toEqual({ failing: [], never: [] });
}, 600_000);

// 1216: a device that was cloned, enrolled again while the hub wanted its former stream, and never sent the next one.
// 1166: a database that was put back without its archive, after edges had forgotten what was safe.
// 1414: articles and people that were entered after the database was put back, up to and past what an edge had read.
// 2416: sales that a hub lost before they were safe, of a device that was revoked and enrolled again.
test.each([1166, 1216, 1414, 2416])(
  'world %i, which once failed, is sound',
  async (seed) => {
    const options = {
      seeds: 1,
      firstSeed: seed,
      workers: 1,
      json: true,
      signal: new AbortController().signal,
    };
    expect((await runCampaign(options)).failing).toEqual([]);
  },
  120_000,
);

/** A hundred worlds. */
import { expect, test } from 'vitest';
import { runCampaign } from './campaign.ts';

test('in a hundred simulated worlds nothing is lost, doubled or left waiting, and everything that may happen has happened', async () => {
  const options = { seeds: 100, firstSeed: 1, workers: 2, json: true, signal: new AbortController().signal };
  expect(await runCampaign(options)).toEqual({ failing: [], never: [] });
}, 600_000);

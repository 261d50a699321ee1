import { expect, test } from 'vitest';
import { newSeed } from '../support/seeded.ts';
import { withTempFolder } from '../support/temp-folder.ts';
import { runRecoveryCampaign } from './recovery-campaign.ts';

const TIMEOUT_MS = 240_000;

test(
  'what was acknowledged outlives hubs that are put back, disks that live twice and disks that are put back',
  async () => {
    const seed = newSeed();
    process.stderr.write(`seed ${seed}\n`); // A campaign that throws tells of no seed itself.
    const disasters = { hubRestores: 3, clones: 3, edgeRestores: 3 };
    const tally = await withTempFolder((folder) => runRecoveryCampaign({ disasters, seed, folder }));
    const { done, lost, doubled, problems } = tally;
    expect({ done, lost, doubled, problems }, `seed ${seed}`).toEqual({
      done: disasters,
      lost: [],
      doubled: [],
      problems: [],
    });
    expect(tally.acknowledged).toBeGreaterThan(0);
  },
  TIMEOUT_MS,
);

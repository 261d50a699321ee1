import { join } from 'node:path';
import { systemTimers as timers } from '@holdfast/base';
import { expect, test } from 'vitest';
import { createEdgeLives, mustStart } from '../support/edge-lives.ts';
import { newSeed, seeded } from '../support/seeded.ts';
import { withTempFolder } from '../support/temp-folder.ts';
import { runCrashCampaign } from './crash-campaign.ts';

const TIMEOUT_MS = 240_000;

test(
  'what was acknowledged survives 30 kills, once',
  async () => {
    const seed = newSeed();
    const campaign = await withTempFolder((folder) => runCrashCampaign({ cycles: 30, seed, folder }));
    const { lost, duplicated, problems } = campaign;
    expect({ lost, duplicated, problems }, `seed ${seed}`).toEqual({
      lost: new Set(),
      duplicated: new Set(),
      problems: [],
    });
    expect(campaign.book.acknowledged).toBeGreaterThan(0);
  },
  TIMEOUT_MS,
);

test(
  'the first start of all can be killed at any moment and begun again',
  async () => {
    const seed = newSeed();
    const random = seeded(seed);
    await withTempFolder(async (folder) => {
      const lives = createEdgeLives({ folder, ahead: 2 });
      try {
        for (let round = 0; round < 12; round += 1) {
          const start = { flags: { '--data': join(folder, `edge-${round}`), '--port': '0' } };
          const first = lives.next();
          await first.loaded;
          const starting = first.start(start);
          // The key, the store and its schema are made within the first part of a start.
          await timers.sleep(random.unit() * 80);
          await first.kill();
          await starting;
          const second = lives.next();
          await expect(mustStart(second, start), `seed ${seed}, round ${round}`).resolves.toBeDefined();
          await second.kill();
        }
      } finally {
        await lives.dispose();
      }
    });
  },
  TIMEOUT_MS,
);

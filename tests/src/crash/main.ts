/**
 * `npm run test:crash -- --cycles N [--seed S] [--json]`: kills a selling edge N times. The last line of stdout is the
 * tally; with `--json` it is the only one. Exit code 1 when a sale was lost or doubled, or the store is not sound.
 */
import { createLogger, runProcess } from '@holdfast/runtime';
import { type Campaign, readArguments, tellFindings } from '../support/campaign.ts';
import { withTempFolder } from '../support/temp-folder.ts';
import { runCrashCampaign } from './crash-campaign.ts';

const TELL_EVERY = 20;

await runProcess(
  async (signal) => {
    const { count, seed, json } = readArguments(process.argv.slice(2), {
      count: 'cycles',
      defaultCount: 200,
      more: [],
    });
    process.stderr.write(`seed ${seed}\n`);
    const startedMs = performance.now();
    let cycles = 0;
    const tell = (campaign: Campaign, cycle: number) => {
      cycles = cycle;
      const rate = (cycle / (performance.now() - startedMs)) * 1000;
      if (cycle % TELL_EVERY === 0)
        process.stderr.write(
          `${cycle} of ${count} kills, ${campaign.book.acknowledged} sales acknowledged, ${campaign.lost.size} lost, ${rate.toFixed(1)} cycles/s\n`,
        );
    };
    const campaign = await withTempFolder((folder) =>
      runCrashCampaign({ cycles: count, seed, folder, signal, tell }),
    );
    tellFindings(campaign);
    const acknowledged = campaign.book.acknowledged;
    const [lost, duplicated] = [campaign.lost.size, campaign.duplicated.size];
    process.stdout.write(
      json
        ? `${JSON.stringify({ cycles, acknowledged, lost, duplicated })}\n`
        : `${cycles} kills: ${acknowledged} sales acknowledged, ${lost} lost, ${duplicated} doubled\n`,
    );
    process.exitCode = campaign.isSound() ? 0 : 1;
  },
  { logger: createLogger({ level: 'silent', service: 'crash' }) },
);

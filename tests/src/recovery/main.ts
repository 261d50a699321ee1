/**
 * `npm run test:recovery -- [--hub-restores N] [--clones N] [--edge-restores N] [--seed S] [--json]`: puts the hub back
 * to earlier databases, lets disks live twice, and puts disks back, while shops sell. The last line of stdout is the
 * tally; with `--json` it is the only one. Exit code 1 when a sale was lost or doubled, or anything is not sound.
 */
import { parseArgs } from 'node:util';
import { AppError } from '@holdfast/base';
import { createLogger, runProcess } from '@holdfast/runtime';
import { newSeed } from '../support/seeded.ts';
import { withTempFolder } from '../support/temp-folder.ts';
import { runRecoveryCampaign } from './recovery-campaign.ts';

const SHOWN = 40;

await runProcess(
  async (signal) => {
    const { disasters, seed, json } = readFlags();
    process.stderr.write(`seed ${seed}\n`);
    const startedMs = performance.now();
    const tally = await withTempFolder((folder) =>
      runRecoveryCampaign({
        disasters,
        seed,
        folder,
        signal,
        tell(disaster, { books, problems }, count) {
          const sold = books.reduce((sum, book) => sum + book.acknowledged, 0);
          const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
          process.stderr.write(
            `${count}: ${disaster} after ${seconds} s, ${sold} sales acknowledged, ${problems.length} problems\n`,
          );
        },
      }),
    );
    const { done, acknowledged, problems } = tally;
    const [lost, doubled] = [tally.lost.length, tally.doubled.length];
    const findings = [
      ...tally.lost.map((reference) => `lost: ${reference}`),
      ...tally.doubled.map((reference) => `doubled: ${reference}`),
      ...problems,
    ];
    for (const finding of findings.slice(0, SHOWN)) process.stderr.write(`${finding}\n`);
    if (findings.length > SHOWN) process.stderr.write(`and ${findings.length - SHOWN} more\n`);
    const counts = { hub_restores: done.hubRestores, clones: done.clones, edge_restores: done.edgeRestores };
    process.stdout.write(
      json
        ? `${JSON.stringify({ ...counts, acknowledged, lost, doubled })}\n`
        : `${done.hubRestores} restored hubs, ${done.clones} clones, ${done.edgeRestores} restored disks: ${acknowledged} sales acknowledged, ${lost} lost, ${doubled} doubled\n`,
    );
    process.exitCode = findings.length === 0 && acknowledged > 0 ? 0 : 1;
  },
  { logger: createLogger({ level: 'silent', service: 'recovery' }) },
);

function readFlags() {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: process.argv.slice(2),
    options: {
      'hub-restores': text,
      clones: text,
      'edge-restores': text,
      seed: text,
      json: { type: 'boolean' },
    },
  });
  const count = (name: 'hub-restores' | 'clones' | 'edge-restores' | 'seed', otherwise: number) => {
    const value = Number(values[name] ?? otherwise);
    if (!Number.isSafeInteger(value) || value < 0)
      throw new AppError('usage', `--${name} takes a whole number from 0 on, not "${values[name]}".`);
    return value;
  };
  return {
    disasters: {
      hubRestores: count('hub-restores', 20),
      clones: count('clones', 20),
      edgeRestores: count('edge-restores', 20),
    },
    seed: count('seed', newSeed()),
    json: values.json === true,
  };
}

/**
 * `npm run test:power -- --cuts N [--fs ext4|xfs] [--seed S] [--json]`: cuts the power of a selling edge N times. Needs
 * root. The last line of stdout is the tally; with `--json` it is the only one. Exit code 1 when a sale was lost or
 * doubled, when the store is not sound, or when the control at `synchronous=NORMAL` lost nothing: the test is blind then.
 */
import { fileURLToPath } from 'node:url';
import { AppError } from '@holdfast/base';
import { createLogger, runProcess } from '@holdfast/runtime';
import { type Campaign, readArguments, tellFindings } from '../support/campaign.ts';
import { withTempFolder } from '../support/temp-folder.ts';
import { FILE_SYSTEMS, type FileSystem } from './disk.ts';
import { runInMountNamespace } from './namespace.ts';
import { runControl, runPowerCampaign } from './power-campaign.ts';

const INSIDE = '--inside';
const TELL_EVERY = 10;

await runProcess(
  async (signal) => {
    const argv = process.argv.slice(2);
    if (argv[0] === INSIDE) await runCampaigns(argv.slice(1), signal);
    else if (process.getuid?.() !== 0) throw new AppError('usage', 'Cutting the power needs root.');
    else
      process.exitCode = await runInMountNamespace(fileURLToPath(import.meta.url), [INSIDE, ...argv], signal);
  },
  { logger: createLogger({ level: 'silent', service: 'power' }) },
);

async function runCampaigns(argv: readonly string[], signal: AbortSignal): Promise<void> {
  const { count, seed, json, more } = readArguments(argv, { count: 'cuts', defaultCount: 50, more: ['fs'] });
  const fileSystem = parseFileSystem(more.fs ?? 'ext4');
  process.stderr.write(`seed ${seed}, ${fileSystem}\n`);
  const { campaign, cuts, controlLost } = await withTempFolder(async (folder) => {
    const input = { seed, folder, fileSystem, signal };
    const control = await runControl(input);
    process.stderr.write(
      `control: ${control.lost.size} of ${control.book.acknowledged} acknowledged sales lost\n`,
    );
    const startedMs = performance.now();
    let done = 0;
    const tell = (campaign: Campaign, cut: number) => {
      done = cut;
      if (cut % TELL_EVERY === 0)
        process.stderr.write(
          `${cut} of ${count} cuts, ${campaign.book.acknowledged} sales acknowledged, ${campaign.lost.size} lost, ${((performance.now() - startedMs) / cut / 1000).toFixed(2)} s a cut\n`,
        );
    };
    const campaign = await runPowerCampaign({ ...input, cuts: count, tell });
    return { campaign, cuts: done, controlLost: control.lost.size };
  });
  tellFindings(campaign);
  if (controlLost === 0) process.stderr.write('The control lost nothing: this test sees nothing.\n');
  const acknowledged = campaign.book.acknowledged;
  const [lost, duplicated] = [campaign.lost.size, campaign.duplicated.size];
  process.stdout.write(
    json
      ? `${JSON.stringify({ cuts, acknowledged, lost, duplicated, control_lost: controlLost })}\n`
      : `${cuts} cuts: ${acknowledged} sales acknowledged, ${lost} lost, ${duplicated} doubled; the control lost ${controlLost}\n`,
  );
  process.exitCode = campaign.isSound() && controlLost > 0 ? 0 : 1;
}

function parseFileSystem(name: string): FileSystem {
  const found = FILE_SYSTEMS.find((known) => known === name);
  if (found === undefined) throw new AppError('usage', `--fs takes ${FILE_SYSTEMS.join(' or ')}.`);
  return found;
}

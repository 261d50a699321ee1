/**
 * `npm run test:system-faults -- [--points N] [--births N] [--fills N] [--damages N] [--hubs N] [--seed S] [--json]`:
 * failing disks, first starts on them, full disks, and damaged files of edges and of hubs; 0 leaves one out. Needs root and strace. The last line of
 * stdout is the tally; with `--json` it is the only one. Exit code 1 when a sale was lost, doubled or stored though it
 * was refused, when a damage was silent, or when the faults did not come true: the test is blind then.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { AppError } from '@holdfast/base';
import { createLogger, runProcess } from '@holdfast/runtime';
import { runInMountNamespace } from '../power/namespace.ts';
import { type Campaign, tellFindings } from '../support/campaign.ts';
import { newSeed } from '../support/seeded.ts';
import { withTempFolder } from '../support/temp-folder.ts';
import { type DamageTally, runDamageCampaign } from './damage-campaign.ts';
import { runFullDiskCampaign } from './full-disk.ts';
import { runFullElsewhere } from './full-elsewhere.ts';
import { runHubDamageCampaign } from './hub-damage-campaign.ts';
import { type IoTally, runBirthFaults, runIoCampaign } from './io-campaign.ts';

const INSIDE = '--inside';
const DEFAULTS = { points: 200, births: 24, fills: 40, damages: 600, hubs: 400 } as const;
type Counts = Record<keyof typeof DEFAULTS, number>;
/** Fewer faults than this part of the points coming true is no test of them. */
const HIT_MIN = 0.4;

await runProcess(
  async (signal) => {
    const argv = process.argv.slice(2);
    if (argv[0] === INSIDE) await runAll(argv.slice(1), signal);
    else if (process.getuid?.() !== 0) throw new AppError('usage', 'Mounting a small disk needs root.');
    else
      process.exitCode = await runInMountNamespace(fileURLToPath(import.meta.url), [INSIDE, ...argv], signal);
  },
  { logger: createLogger({ level: 'silent', service: 'system-faults' }) },
);

type Part = (at: { seed: number; folder: string; signal: AbortSignal }) => Promise<Result>;
type Result = { sound: boolean; tally: object };

async function runAll(argv: readonly string[], signal: AbortSignal): Promise<void> {
  const { counts, seed, json } = readCounts(argv);
  process.stderr.write(`seed ${seed}\n`);
  const tallies: Record<string, object> = {};
  let sound = true;
  await withTempFolder(async (folder) => {
    for (const [name, part] of Object.entries(partsOf(counts))) {
      if (signal.aborted) return;
      const own = join(folder, name);
      mkdirSync(own);
      const result = await part({ seed, folder: own, signal });
      process.stderr.write(`\n${name}: ${JSON.stringify(result.tally)}\n`);
      tallies[name] = result.tally;
      sound &&= result.sound;
    }
  });
  process.stdout.write(`${json ? JSON.stringify(tallies) : sound ? 'all sound' : 'NOT sound'}\n`);
  process.exitCode = sound ? 0 : 1;
}

function partsOf({ points, births, fills, damages, hubs }: Counts): Record<string, Part> {
  const dot = () => void process.stderr.write('.');
  const parts: Record<string, Part> = {};
  if (points > 0)
    parts.io = async (at) => ioResult(await runIoCampaign({ ...at, points, tell: dot }), { mustSell: true });
  if (births > 0)
    parts.birth = async (at) =>
      ioResult(await runBirthFaults({ ...at, points: births, tell: dot }), { mustSell: false });
  if (fills > 0)
    parts.disk = async (at) => {
      const { campaign, ...tally } = await runFullDiskCampaign({ ...at, rounds: fills, tell: dot });
      for (const problem of await runFullElsewhere(at)) campaign.note(problem);
      const sound = campaign.isSound() && tally.soldOnReserve > 0 && tally.refused > 0;
      return { sound, tally: { ...tally, ...told(campaign) } };
    };
  if (damages > 0)
    parts.damage = async (at) => damageResult(await runDamageCampaign({ ...at, damages, tell: dot }));
  if (hubs > 0)
    parts.hub_damage = async (at) =>
      damageResult(await runHubDamageCampaign({ ...at, damages: hubs, tell: dot }));
  return parts;
}

function damageResult({ sentences: _, ...tally }: DamageTally): Result {
  for (const silent of tally.silent) process.stderr.write(`silent: ${silent}\n`);
  const detected = Object.keys(tally.verdicts).some((name) => !name.endsWith('harmless'));
  return { sound: tally.silent.length === 0 && detected, tally };
}

function ioResult(run: IoTally, { mustSell }: { mustSell: boolean }): Result {
  const { campaign, ...tally } = run;
  const isWell = campaign.lost.size + campaign.duplicated.size + campaign.problems.length === 0;
  const sound = (mustSell ? campaign.isSound() : isWell) && tally.hit >= tally.points * HIT_MIN;
  return { sound, tally: { ...tally, ...told(campaign) } };
}

function told(campaign: Campaign): object {
  tellFindings(campaign);
  const { lost, duplicated, problems, book } = campaign;
  return {
    acknowledged: book.acknowledged,
    lost: lost.size,
    duplicated: duplicated.size,
    problems: problems.length,
  };
}

function readCounts(argv: readonly string[]): { counts: Counts; seed: number; json: boolean } {
  const names = [...Object.keys(DEFAULTS), 'seed'];
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  const { values } = parseArgs({ args: [...argv], options: { ...options, json: { type: 'boolean' } } });
  const texts = values as Record<string, string | undefined>; // All but `json` are declared as strings.
  const numberOf = (name: string, otherwise: number): number => {
    const text = texts[name];
    const value = text === undefined ? otherwise : Number(text);
    if (!Number.isSafeInteger(value) || value < 0)
      throw new AppError('usage', `--${name} takes a whole number, not "${String(text)}".`);
    return value;
  };
  return {
    counts: {
      points: numberOf('points', DEFAULTS.points),
      births: numberOf('births', DEFAULTS.births),
      fills: numberOf('fills', DEFAULTS.fills),
      damages: numberOf('damages', DEFAULTS.damages),
      hubs: numberOf('hubs', DEFAULTS.hubs),
    },
    seed: numberOf('seed', newSeed()),
    json: values.json === true,
  };
}

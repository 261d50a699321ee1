/** Damages one file of an archive or a backup of a hub after the other, each in a copy of its own, and judges it. */
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { must } from '@holdfast/base';
import { type Seeded, seeded } from '../support/seeded.ts';
import { damage, damageOf } from './damage.ts';
import type { DamageTally } from './damage-campaign.ts';
import { type HubDamageBase, makeHubDamageBase } from './hub-damage-base.ts';
import {
  type HubVerdict,
  judgeArchive,
  judgeBackup,
  type Knowledge,
  readKnowledge,
  restore,
} from './hub-damage-judge.ts';

const FILES = ['segment', 'identity', 'rows', 'segment', 'segment', 'rows', 'manifest'] as const;
type File = (typeof FILES)[number];

/** Runs `damages`; `folder` is empty and removed by the caller. */
export async function runHubDamageCampaign(input: {
  damages: number;
  seed: number;
  folder: string;
  signal?: AbortSignal;
  tell?: (tally: DamageTally) => void;
}): Promise<DamageTally> {
  const random = seeded(input.seed);
  const tally: DamageTally = { damages: 0, verdicts: {}, silent: [], sentences: new Set() };
  const base = await makeHubDamageBase({ folder: input.folder, random });
  try {
    const expected = await restoreUndamaged(base);
    const folder = join(input.folder, 'damaged');
    for (let count = 0; tally.damages < input.damages && !input.signal?.aborted; count += 1) {
      const file = must(FILES[count % FILES.length], 'the remainder is an index');
      cpSync(base.now, folder, { recursive: true });
      const places = placesOf(file, { folder, base, random });
      const where = damage({ kind: damageOf(Math.floor(count / FILES.length)), ...places, random });
      if (where !== undefined)
        note(tally, { file, where, verdict: await judge(base, { file, folder, expected, where }) });
      rmSync(folder, { recursive: true });
      input.tell?.(tally);
    }
  } finally {
    await base.close();
  }
  return tally;
}

type Expected = { archive: Knowledge; backup: Knowledge };

/** What comes back when nothing is damaged. Every booking must be among it: the test would be blind otherwise. */
async function restoreUndamaged(base: HubDamageBase): Promise<Expected> {
  const ledger = await readKnowledge(base.ledgerUrl);
  const restored = async (kind: 'archive' | 'backup') => {
    await restore(base, { folder: base.now, kind });
    const knowledge = await readKnowledge(base.restoredUrl);
    for (const line of ledger)
      if (!knowledge.has(line)) throw new Error(`A restore of an undamaged ${kind} lacks: ${line}`);
    return knowledge;
  };
  return { archive: await restored('archive'), backup: await restored('backup') };
}

async function judge(
  base: HubDamageBase,
  { file, folder, expected, where }: { file: File; folder: string; expected: Expected; where: string },
): Promise<HubVerdict> {
  if (file === 'rows' || file === 'manifest')
    return await judgeBackup(base, { folder, expected: expected.backup });
  const mayBeOlder = file === 'identity' && where.startsWith('stale');
  return await judgeArchive(base, { folder, expected: expected.archive, mayBeOlder });
}

function note(tally: DamageTally, at: { file: File; where: string; verdict: HubVerdict }): void {
  const { file, where, verdict } = at;
  tally.damages += 1;
  const name = `${file} ${verdict.kind === 'detected' ? verdict.by : verdict.kind}`;
  tally.verdicts[name] = (tally.verdicts[name] ?? 0) + 1;
  if (verdict.kind === 'silent') tally.silent.push(`${file}, ${where}: ${verdict.sentence}`);
  if (verdict.kind === 'detected') tally.sentences.add(`${name}: ${verdict.sentence}`);
}

/** A file to be damaged, and another in whose bytes it may be dressed: another segment, or the same file of before. */
function placesOf(
  file: File,
  { folder, base, random }: { folder: string; base: HubDamageBase; random: Seeded },
): { path: string; earlier: string } {
  const within = file === 'segment' ? 'archive' : file === 'identity' ? 'archive/identity' : 'backup';
  const names = readdirSync(join(base.now, within), { recursive: true, encoding: 'utf8' }).sort();
  const fitting = names.filter((name) => FITS[file].test(name));
  const name = random.pick(fitting);
  const before = join(base.earlier, within, name);
  const isAlone = file !== 'segment' && existsSync(before);
  return {
    path: join(folder, within, name),
    earlier: isAlone ? before : join(base.now, within, random.pick(fitting)),
  };
}

const FITS: Readonly<Record<File, RegExp>> = {
  segment: /\d+-\d+\.ndjson$/,
  identity: /\.json$/,
  rows: /\.copy\.gz$/,
  manifest: /^manifest\.json$/,
};

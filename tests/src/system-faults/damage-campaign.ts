/** Damages one file of an edge after the other, each in a copy of its own, and judges what becomes of it. */
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isAppError, systemPorts as ports } from '@holdfast/base';
import { restoreEdge } from '@holdfast/edge';
import { type Seeded, seeded } from '../support/seeded.ts';
import { damage, damageOf } from './damage.ts';
import { type DamageBase, makeDamageBase, optionsOf } from './damage-base.ts';
import { judgeEdge, type Verdict } from './damage-judge.ts';

/** The files that hold something, the large ones more often. */
const FILES = [
  'edge.db',
  'edge.db-wal',
  'backup',
  'edge.db',
  'edge.db-wal',
  'store.key',
  'sentinel',
  'manifest',
] as const;
type File = (typeof FILES)[number];

export type DamageTally = {
  damages: number;
  /** How often each verdict was given, by file: `edge.db start`. */
  verdicts: Record<string, number>;
  silent: string[];
  /** A sentence of each kind that was told. */
  sentences: Set<string>;
};

/** Runs `damages`; `folder` is empty and removed by the caller. */
export async function runDamageCampaign(input: {
  damages: number;
  seed: number;
  folder: string;
  signal?: AbortSignal;
  tell?: (tally: DamageTally) => void;
}): Promise<DamageTally> {
  const random = seeded(input.seed);
  const tally: DamageTally = { damages: 0, verdicts: {}, silent: [], sentences: new Set() };
  const base = await makeDamageBase({ folder: input.folder, random });
  const folder = join(input.folder, 'damaged');
  for (let count = 0; tally.damages < input.damages && !input.signal?.aborted; count += 1) {
    cpSync(base.now, folder, { recursive: true });
    const file = FILES[count % FILES.length] ?? 'edge.db';
    const { path, earlier } = placesOf(file, { folder, base });
    const where = damage({ kind: damageOf(Math.floor(count / FILES.length)), path, earlier, random });
    if (where !== undefined)
      note(tally, { file, where, verdict: await judge(file, { folder, path, base, random }) });
    rmSync(folder, { recursive: true });
    input.tell?.(tally);
  }
  return tally;
}

function note(tally: DamageTally, at: { file: File; where: string; verdict: Verdict }): void {
  const { file, where, verdict } = at;
  tally.damages += 1;
  const name = `${file} ${verdict.kind === 'detected' ? verdict.by : verdict.kind}`;
  tally.verdicts[name] = (tally.verdicts[name] ?? 0) + 1;
  if (verdict.kind === 'silent') tally.silent.push(`${file}, ${where}: ${verdict.sentence}`);
  if (verdict.kind === 'detected')
    tally.sentences.add(verdict.by === 'told' ? name : `${name}: ${verdict.sentence}`);
}

/** Where the file to be damaged lies, and the same file of an earlier moment. */
function placesOf(file: File, { folder, base }: { folder: string; base: DamageBase }) {
  if (file !== 'backup' && file !== 'manifest')
    return { path: join(folder, file), earlier: join(base.earlier, file) };
  const ending = file === 'backup' ? '.db' : '.json';
  const [first = '', last = first] = readdirSync(join(base.now, 'backups'))
    .filter((name) => name.endsWith(ending))
    .sort();
  return { path: join(folder, 'backups', last), earlier: join(base.now, 'backups', first) };
}

async function judge(
  file: File,
  at: { folder: string; path: string; base: DamageBase; random: Seeded },
): Promise<Verdict> {
  const { folder, base } = at;
  if (file !== 'backup' && file !== 'manifest') return await judgeEdge({ folder, book: base.campaign.book });
  try {
    await restoreEdge({ options: optionsOf(folder), ports, file: at.path.replace(/\.json$/, '.db') });
  } catch (error) {
    if (isAppError(error)) return { kind: 'detected', by: 'start', sentence: error.message };
    return { kind: 'silent', sentence: `the restore failed and did not say why: ${String(error)}` };
  }
  return await judgeEdge({ folder, book: base.campaign.book });
}

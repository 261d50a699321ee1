/** What a disk, a careless copy or a wicked hand does to a file: the damages that a campaign draws from. */
import { closeSync, openSync, readFileSync, readSync, statSync, truncateSync, writeSync } from 'node:fs';
import { must } from '@holdfast/base';
import type { Seeded } from '../support/seeded.ts';

const DAMAGES = [
  'bit',
  'zeroed sector',
  'random sector',
  'swapped pages',
  'cut tail',
  'stale page',
  'stale file',
] as const;
export type Damage = (typeof DAMAGES)[number];

const SECTOR = 512;
const PAGE = 4096;

/**
 * Damages the file at `path`; `earlier` is the same file as it was before, which stale pages come from. Returns where,
 * or undefined when the file cannot be damaged so, or is as it was.
 */
export function damage(at: {
  kind: Damage;
  path: string;
  earlier: string;
  random: Seeded;
}): string | undefined {
  const { kind, path, random } = at;
  const before = readFileSync(path);
  if (before.length === 0) return undefined;
  const where = KINDS[kind](at, before.length, random);
  return where === undefined || readFileSync(path).equals(before) ? undefined : `${kind} at ${where}`;
}

type Files = { path: string; earlier: string };
type Apply = (files: Files, size: number, random: Seeded) => string | undefined;

const KINDS: Record<Damage, Apply> = {
  bit({ path }, size, random) {
    const at = random.int(0, size - 1);
    const [byte = 0] = read(path, at, 1);
    write(path, at, Uint8Array.of(byte ^ (1 << random.int(0, 7))));
    return `byte ${at}`;
  },
  'zeroed sector': ({ path }, size, random) =>
    overwrite(path, sectorOf(size, random), new Uint8Array(SECTOR)),
  'random sector': ({ path }, size, random) => overwrite(path, sectorOf(size, random), random.bytes(SECTOR)),
  'swapped pages'({ path }, size, random) {
    const pages = Math.floor(size / PAGE);
    if (pages < 2) return undefined;
    const first = random.int(0, pages - 1);
    const second = (first + random.int(1, pages - 1)) % pages;
    const [one, other] = [read(path, first * PAGE, PAGE), read(path, second * PAGE, PAGE)];
    write(path, first * PAGE, other);
    write(path, second * PAGE, one);
    return `pages ${first} and ${second}`;
  },
  'cut tail'({ path }, size, random) {
    const left = random.chance(0.5) ? random.int(0, size - 1) : Math.max(0, size - random.int(1, 4 * PAGE));
    truncateSync(path, left);
    return `${left} of ${size} bytes`;
  },
  'stale page'({ path, earlier }, size, random) {
    const pages = Math.floor(Math.min(size, statSync(earlier).size) / PAGE);
    if (pages === 0) return undefined;
    const page = random.int(0, pages - 1);
    write(path, page * PAGE, read(earlier, page * PAGE, PAGE));
    return `page ${page}`;
  },
  'stale file'({ path, earlier }) {
    truncateSync(path, 0);
    write(path, 0, readFileSync(earlier));
    return 'the whole file';
  },
};

function sectorOf(size: number, random: Seeded): number {
  return random.int(0, Math.max(0, Math.ceil(size / SECTOR) - 1)) * SECTOR;
}

/** Never beyond the end: a file does not grow by damage. */
function overwrite(path: string, at: number, bytes: Uint8Array): string {
  write(path, at, bytes.subarray(0, statSync(path).size - at));
  return `byte ${at}`;
}

function read(path: string, at: number, length: number): Uint8Array {
  const file = openSync(path, 'r');
  const bytes = Buffer.alloc(length);
  readSync(file, bytes, 0, length, at);
  closeSync(file);
  return bytes;
}

function write(path: string, at: number, bytes: Uint8Array): void {
  const file = openSync(path, 'r+');
  writeSync(file, bytes, 0, bytes.length, at);
  closeSync(file);
}

/** The damages in turn, those of one kind on all files before the next. */
export function damageOf(count: number): Damage {
  return must(DAMAGES[count % DAMAGES.length], 'the remainder is an index');
}

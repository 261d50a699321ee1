import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

/** Runs one part of the campaigns; the others are left out. */
function run(part: Partial<Record<'points' | 'births' | 'fills' | 'damages' | 'hubs', number>>) {
  const counts = { points: 0, births: 0, fills: 0, damages: 0, hubs: 0, ...part };
  const flags = Object.entries(counts).flatMap(([name, count]) => [`--${name}`, String(count)]);
  const ended = spawnSync(process.execPath, [MAIN, ...flags, '--json'], { encoding: 'utf8' });
  expect(ended.status, ended.stderr).toBe(0);
  return JSON.parse(ended.stdout.trim());
}

test('what was acknowledged survives 26 failures of the disk, and what was refused is not there', () => {
  const { io } = run({ points: 26 });
  expect(io).toMatchObject({ points: 26, lost: 0, duplicated: 0, problems: 0 });
  expect(io.hit).toBeGreaterThan(8);
});

test('a first start on a failing disk ends in order, and the next one makes what is missing', () => {
  const { birth } = run({ births: 6 });
  expect(birth).toMatchObject({ points: 6, problems: 0 });
});

test('a full disk refuses sales, loses none, and is sold on again as soon as there is room', () => {
  const { disk } = run({ fills: 8 });
  expect(disk).toMatchObject({ rounds: 8, lost: 0, duplicated: 0, problems: 0 });
  expect(disk.refused).toBeGreaterThan(0);
});

test('no damage of 56 is silent', () => {
  const { damage } = run({ damages: 56 });
  expect(damage).toMatchObject({ damages: 56, silent: [] });
});

test('no damage of 14 to what a hub is restored from is silent, or taken in', () => {
  const { hub_damage } = run({ hubs: 14 });
  expect(hub_damage).toMatchObject({ damages: 14, silent: [] });
});

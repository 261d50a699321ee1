import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

test('what was acknowledged survives 5 power cuts, and the control shows that they cut', () => {
  const run = spawnSync(process.execPath, [MAIN, '--cuts', '5', '--json'], { encoding: 'utf8' });
  expect(run.status, run.stderr).toBe(0);
  const tally: Record<string, number> = JSON.parse(run.stdout.trim());
  expect(tally).toMatchObject({ cuts: 5, lost: 0, duplicated: 0 });
  expect(tally.acknowledged).toBeGreaterThan(0);
  expect(tally.control_lost).toBeGreaterThan(0);
});

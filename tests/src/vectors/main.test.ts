/** The command: what it prints for programs, and how it ends. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-vectors-'));
afterAll(() => rmSync(folder, { recursive: true }));

function run(vectors: unknown, ...options: string[]) {
  const path = join(folder, 'vectors.json');
  writeFileSync(path, JSON.stringify(vectors));
  const main = join(import.meta.dirname, 'main.ts');
  const { status, stdout } = spawnSync(process.execPath, [main, path, ...options], { encoding: 'utf8' });
  return { status, lines: stdout.split('\n').filter((line) => line !== '') };
}

it('prints a line of JSON for each case and nothing else', () => {
  const { status, lines } = run({ luhn: { valid: ['18', '19'] } }, '--json');
  const outcomes = lines.map((line) => JSON.parse(line));
  expect(outcomes).toEqual([
    { section: 'luhn', case: 'valid[0]', ok: true },
    { section: 'luhn', case: 'valid[1]', ok: false, reason: expect.any(String) },
  ]);
  expect(status).toBe(1);
});

it('sums up for people', () => {
  const { status, lines } = run({ luhn: { valid: ['18'] } });
  expect({ status, last: lines.at(-1) }).toEqual({ status: 0, last: '1 cases, 0 do not hold' });
});

it('ends with 2 for a section that is not known, and runs none', () => {
  expect(run({ luhn: { valid: ['18'] }, lunh: {} }, '--json')).toEqual({ status: 2, lines: [] });
});

/** The two commands as processes: what they print last, and how they exit. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-commands-'));
afterAll(() => rmSync(folder, { recursive: true }));

function run(
  command: 'fuzz' | 'vectors',
  args: readonly string[],
): { status: number | null; last: string; told: string } {
  const main = join(import.meta.dirname, `../${command}/main.ts`);
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });
  return { status, last: stdout.trimEnd().split('\n').at(-1) ?? '', told: stderr };
}

function fileOf(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

it.each(['fuzz', 'vectors'] as const)('%s tells its use', (command) => {
  const { status, last } = run(command, ['--help']);
  expect({ status, last }).toEqual({ status: 0, last: expect.stringMatching(/^Exit code 0: /) });
});

describe('fuzz', () => {
  it('ends clean with a tally, and repeats it by its seed', () => {
    const args = ['cvm-list', '--execs', '500', '--seed', '3', '--json', '--corpus', join(folder, 'none')];
    const [one, again] = [run('fuzz', args), run('fuzz', args)];
    expect(one.status, one.told).toBe(0);
    const tally = JSON.parse(one.last);
    expect(tally).toMatchObject({ name: 'cvm-list', execs: 500, findings: 0 });
    expect(JSON.parse(again.last)).toEqual({ ...tally, seconds: expect.any(Number) });
  });

  it('saves what found something into a corpus', () => {
    const corpus = join(folder, 'corpus');
    expect(
      run('fuzz', ['cvm-list', '--execs', '500', '--seed', '3', '--save', '--corpus', corpus]).status,
    ).toBe(0);
    expect(readdirSync(corpus).length).toBeGreaterThan(2);
  });

  it('runs one input again', () => {
    const input = fileOf('input', 'x');
    expect(run('fuzz', ['cvm-list', '--replay', input])).toMatchObject({
      status: 0,
      last: 'refused: too_short',
    });
  });

  it.each([[[]], [['none']], [['tlv', '--execs', 'x']], [['tlv', '--what']], [['tlv', '--replay', '/none']]])(
    'refuses %j',
    (args) => {
      expect(run('fuzz', args).status).toBe(2);
    },
  );
});

describe('vectors', () => {
  it('ends well where all hold', () => {
    const path = fileOf('good.json', '{"luhn": {"valid": ["79927398713"]}}');
    const { status, last } = run('vectors', [path, '--json']);
    expect(status).toBe(0);
    expect(JSON.parse(last)).toMatchObject({ section: 'luhn', ok: true });
  });

  it('fails where one does not', () => {
    const path = fileOf('bad.json', '{"luhn": {"valid": ["79927398710"]}}');
    expect(run('vectors', [path])).toMatchObject({ status: 1, last: '1 cases, 1 do not hold' });
  });

  it('refuses a section that is not known, and names it', () => {
    const { status, told } = run('vectors', [fileOf('odd.json', '{"lunh": {}}')]);
    expect(status).toBe(2);
    expect(told).toContain('"lunh"');
  });

  it.each([[[]], [['/none.json']], [['a.json', 'b.json']], [['--what']]])('refuses %j', (args) => {
    expect(run('vectors', args).status).toBe(2);
  });
});

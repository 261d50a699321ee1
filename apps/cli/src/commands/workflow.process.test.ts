/** The workflow commands as typed, on files dropped into the folder of a running edge. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, killHard, startHoldfast, type TestRun } from '../dev/testing.ts';

const STATE = 'state: { amount: money, currency: string }';
const ASK = `workflow_type: Ask
workflow_version: "1.0"
${STATE}
steps:
  - name: Agree
    type: HUMAN_IN_LOOP
    role: manager
    prompt: "{{state.amount}} off?"
    fields: { agreed: boolean }
  - name: Check_Connectivity
`;
const PRINT = `workflow_type: Print\n${STATE}\nsteps:\n  - name: Print_Receipt\n`;
const PARENT = `workflow_type: Parent
${STATE}
steps:
  - { name: Ask_First, type: SUB_WORKFLOW, workflow_type: Zero, input: { amount: state.amount, currency: state.currency } }
`;
const ZERO = `workflow_type: Zero\n${STATE}\nsteps:\n  - name: Check_Connectivity\n`;
const INPUT = '{"amount": "20.00", "currency": "SEK"}';

let data: string;
let folder: string;
let target: string[];
const runs: TestRun[] = [];
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'holdfast-workflow-'));
  folder = join(data, 'workflows');
  const flags = ['--data', data, '--reserve-bytes', '65536', '--log-level', 'error', '--json'];
  const edge = startHoldfast(['edge', 'start', ...flags, '--port', '0', '--create'], CACHE);
  runs.push(edge);
  const line = await eventually(() => {
    if (edge.child.exitCode !== null) throw new Error(edge.stderr());
    return edge.stdout().includes('\n') ? edge.stdout() : undefined;
  });
  const { url } = JSON.parse(line);
  target = ['--url', url, '--token', readFileSync(join(data, 'api-token'), 'utf8').trim()];
});
afterAll(async () => {
  for (const run of runs) killHard(run.pid);
  await rm(data, { recursive: true, force: true });
});

/** Compiled modules, kept between the processes. */
const CACHE = { NODE_COMPILE_CACHE: join(tmpdir(), 'holdfast-workflow-compiled') };
afterAll(() => rm(CACHE.NODE_COMPILE_CACHE, { recursive: true, force: true }));

/** Runs a command to its end. */
async function run(words: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const started = startHoldfast(['workflow', ...words], CACHE);
  runs.push(started);
  const { code } = await started.ended;
  return { code, stdout: started.stdout(), stderr: started.stderr() };
}

/** Asks the edge, and expects an answer. */
async function ask(words: string[]) {
  const { code, stdout } = await run([...words, ...target, '--json']);
  return { code, answer: JSON.parse(stdout) };
}

describe('lint', () => {
  test('names each problem with its place, the line and a mark, and needs no edge', async () => {
    const file = join(data, 'bad.yaml');
    writeFileSync(file, `workflow_type: Bad\nsteps:\n  - name: Approve_Offline\n    next: "Nowhere"\n`);
    const { code, stdout } = await run(['lint', file]);
    expect(code).toBe(1);
    expect(stdout).toContain(`${file}:4:11: error unknown_target: There is no step called "Nowhere"`);
    expect(stdout).toContain(`  4 |     next: "Nowhere"\n    |           ^\n`);
    const { files } = JSON.parse((await run(['lint', file, '--json'])).stdout);
    expect(files).toMatchObject([{ file, workflow_type: null, problems: [{ line: 4, column: 11 }] }]);
  });

  test('finds nothing in a folder that is right, and two files of one workflow in one that is not', async () => {
    const right = join(data, 'right');
    mkdirSync(right);
    writeFileSync(join(right, 'ask.yaml'), ASK);
    expect(await run(['lint', right])).toMatchObject({ code: 0, stdout: '1 file, nothing to mend.\n' });
    writeFileSync(join(right, 'again.yaml'), ASK);
    const { code, stdout } = await run(['lint', right]);
    expect([code, stdout]).toEqual([1, expect.stringContaining('error duplicate_workflow')]);
  });
});

describe('a running edge', () => {
  test('loads what is dropped in, and what it is given; says what it refuses', async () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'ask.yaml'), ASK);
    expect((await ask(['reload'])).answer.definitions).toMatchObject([
      { workflow_type: 'Ask', version: '1.0' },
    ]);
    const given = join(data, 'given');
    mkdirSync(given);
    for (const [name, text] of Object.entries({ parent: PARENT, print: PRINT, zero: ZERO }))
      writeFileSync(join(given, `${name}.yaml`), text);
    const loaded = await ask(['load', given]);
    expect([loaded.code, loaded.answer.files.map((each: { loaded: object }) => each.loaded)]).toMatchObject([
      0,
      [{ workflow_type: 'Parent' }, { workflow_type: 'Print' }, { workflow_type: 'Zero', is_new: true }],
    ]);
    const bad = join(data, 'bad-ask.yaml');
    writeFileSync(bad, ASK.replace('boolean', 'bolean'));
    const refused = await run(['load', bad, ...target]);
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain(`${bad}:9:23: error`);
    writeFileSync(join(folder, 'bad.yaml'), 'workflow_type: Bad\nsteps: []\n');
    const reloaded = await run(['reload', ...target]);
    expect([reloaded.code, reloaded.stdout]).toEqual([1, expect.stringContaining('bad.yaml:2:8: error')]);
    const shown = await run(['definitions', 'Ask', ...target]);
    expect(shown.stdout).toContain(ASK.trim());
  });

  test('starts, lists, shows and signals a workflow', async () => {
    const input = join(data, 'input.json');
    writeFileSync(input, INPUT);
    const words = ['start', 'Ask', '--input', `@${input}`, '--key', 'order-17', '--wait', '20'];
    const { code, answer } = await ask(words);
    expect([code, answer.status, answer.replayed]).toEqual([0, 'waiting', false]);
    expect((await ask(words)).answer).toMatchObject({ instance_id: answer.instance_id, replayed: true });
    const id = String(answer.instance_id);
    const listed = await run(['list', '--status', 'waiting,paused', '--key', 'order-17', ...target]);
    expect(listed.stdout).toMatch(new RegExp(`waiting +Ask +order-17 +Agree .*${id}`));
    const shown = (await run(['show', id, ...target])).stdout;
    expect(shown).toContain('20.00 off? (asks a manager)');
    expect(shown).toContain(`holdfast workflow signal ${id} agree --data '{"agreed": boolean}'`);
    const watching = startHoldfast(['workflow', 'show', id, '--watch', ...target], CACHE);
    runs.push(watching);
    await eventually(() => (watching.stdout().includes('Agree') ? true : undefined));
    expect((await ask(['pause', id])).answer.status).toBe('paused');
    expect((await ask(['resume', id])).answer.status).toBe('waiting');
    const wrong = await run(['signal', id, 'agree', '--data', '[1]', ...target]);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('--data is a JSON object')]);
    const sent = await run(['signal', id, 'agree', '--data', '{"agreed": true}', ...target]);
    expect(sent.stdout).toBe('agree is sent; the workflow is completed.\n');
    expect((await watching.ended).code).toBe(0);
    expect(watching.stdout()).toMatch(/Agree {2}signal {2}[\d.]+ m?s {2}api {2}agree\n/);
    expect(watching.stdout()).toContain('The workflow has ended: completed.');
  });

  test('tries again, skips, cancels and migrates, with a reason in the timeline', async () => {
    const { code, answer: failed } = await ask(['start', 'Print', '--input', INPUT, '--wait', '20']);
    expect([code, failed.status]).toEqual([4, 'failed']);
    expect((await run(['redrive', failed.instance_id, ...target])).stderr).toContain('--reason is missing');
    const again = await ask(['redrive', failed.instance_id, '--reason', 'a new printer']);
    expect(again.code).toBe(0);
    const shown = await run(['show', failed.instance_id, ...target]);
    expect(shown.stdout).toMatch(/redrive +api +a new printer/);
    const [one, two] = [await started(), await started()];
    const skipped = await ask(['skip', one, 'Agree', '--output', '{"agreed": true}', '--reason', 'by phone']);
    expect(skipped.answer.status).toBe('completed');
    const late = await run(['cancel', one, '--reason', 'x', ...target]);
    expect([late.code, late.stderr]).toEqual([1, expect.stringContaining('The workflow has ended')]);
    writeFileSync(join(folder, 'ask.yaml'), `${ASK}  - name: Queue_For_Sync\n`);
    await run(['reload', ...target]);
    const dry = await run(['migrate', 'Ask', '--dry-run', ...target]);
    expect(dry.stdout).toContain('1 workflow would move, 0 stay.');
    expect((await ask(['migrate', 'Ask'])).answer.instances).toMatchObject([
      { instance_id: two, is_moved: true },
    ]);
    expect((await ask(['cancel', two, '--reason', 'closing'])).answer.status).toBe('cancelled');
  });

  async function started(): Promise<string> {
    return (await ask(['start', 'Ask', '--input', INPUT])).answer.instance_id;
  }
});

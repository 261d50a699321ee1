/** A workflow that asks a server, a model and a module, dropped into the folder of a running edge and started by hand. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, killHard, startHoldfast, type TestRun } from '../dev/testing.ts';

const project = (name: string) => fileURLToPath(new URL(`../../../../${name}`, import.meta.url));
const POINTS: string = JSON.parse(readFileSync(project('wasm/modules.json'), 'utf8'))['loyalty-points'];
const SECRET = 'correct-horse-battery-staple';

/** Compiled modules, kept between the processes. */
const CACHE = { NODE_COMPILE_CACHE: join(tmpdir(), 'holdfast-workflow-steps-compiled') };

let data: string;
let edge: TestRun;
let target: string[];
let server: Server;
let host: string;
const authorizations: unknown[] = [];

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'holdfast-steps-'));
  server = createServer((request, response) => {
    authorizations.push(request.headers.authorization);
    response.setHeader('content-type', 'application/json').end('{"tier":"gold"}');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  host = `127.0.0.1:${address !== null && typeof address !== 'string' ? address.port : 0}`;
  const flags = ['--data', data, '--reserve-bytes', '65536', '--log-level', 'debug', '--port', '0', '--json'];
  const folders = ['--workflow-model-folder', project('models'), '--workflow-module-folder', project('wasm')];
  const allowed = ['--workflow-http-hosts', host, '--workflow-secrets', 'MEMBERS_TOKEN,UNSET'];
  edge = startHoldfast(['edge', 'start', '--create', ...flags, ...folders, ...allowed], {
    ...CACHE,
    HOLDFAST_SECRET_MEMBERS_TOKEN: SECRET,
  });
  const line = await eventually(() => {
    if (edge.child.exitCode !== null) throw new Error(edge.stderr());
    return edge.stdout().includes('\n') ? edge.stdout() : undefined;
  });
  const { url } = JSON.parse(line);
  target = ['--url', url, '--token', readFileSync(join(data, 'api-token'), 'utf8').trim(), '--json'];
});
afterAll(async () => {
  killHard(edge.pid);
  server.close();
  await rm(data, { recursive: true, force: true });
  rmSync(CACHE.NODE_COMPILE_CACHE, { recursive: true, force: true });
});

/** What a command answers. */
async function ask(...words: string[]) {
  const run = startHoldfast(['workflow', ...words, ...target], CACHE);
  const { code } = await run.ended;
  if (run.stdout() === '')
    throw new Error(`holdfast workflow ${words[0]} ended with ${code}: ${run.stderr()}`);
  return JSON.parse(run.stdout());
}

/** Drops a definition into the folder, and waits until it is loaded. */
async function drop(workflowType: string, text: string): Promise<void> {
  const folder = join(data, 'workflows');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${workflowType}.new`), text);
  renameSync(join(folder, `${workflowType}.new`), join(folder, `${workflowType}.yaml`));
  await eventually(async () => {
    const { definitions } = await ask('definitions');
    const isThere = (each: { workflow_type: string }) => each.workflow_type === workflowType;
    return definitions.some(isThere) ? true : undefined;
  });
}

test('runs steps that ask a server, a model and a module', async () => {
  await drop(
    'Loyalty',
    `workflow_type: Loyalty
state: { amount: money, currency: string, readings: { type: list, of: decimal } }
steps:
  - name: Member
    type: HTTP
    url: "http://${host}/member"
    headers: { Authorization: "Bearer {{secrets.MEMBERS_TOKEN}}" }
    output_key: member
  - name: Score
    type: AI_INFERENCE
    model_name: fraud-score
    input_source: state.readings
    preprocessing: normalize
    postprocessing: threshold
    threshold: 0.7
    output_key: score
    timeout_ms: 30000
  - name: Points
    type: WASM
    wasm_hash: "${POINTS}"
    input: { amount: state.amount, currency: state.currency, tier: state.member.body.tier }
    output_key: loyalty
    timeout_ms: 30000
`,
  );
  const input = { amount: '125.50', currency: 'SEK', readings: ['800.00', '3', '200', '3', '5', '1'] };
  const started = await ask('start', 'Loyalty', '--input', JSON.stringify(input), '--wait', '30');
  expect(started.status).toBe('completed');
  const shown = await ask('show', started.instance_id);
  const { sha256 } = JSON.parse(readFileSync(project('models/fraud-score.json'), 'utf8'));
  expect(shown.state).toMatchObject({
    member: { status_code: 200, body: { tier: 'gold' } },
    score: { label: 'fraud', score: 0.999858, model_sha256: sha256 },
    loyalty: { points: 18 },
  });
  const done = shown.timeline.filter((line: { what: string }) => line.what === 'done');
  expect(done.map((line: { step: string }) => line.step)).toEqual(['Member', 'Score', 'Points']);
  expect(authorizations).toEqual([`Bearer ${SECRET}`]);
  expect(`${JSON.stringify(shown)}${edge.stderr()}`).not.toContain(SECRET);
});

test('names a secret that is not there, and what to do about it', async () => {
  await drop(
    'Unset',
    `workflow_type: Unset\nstate: { amount: money }\nsteps:\n  - { name: Ask, type: HTTP, url: "http://${host}/{{secrets.UNSET}}" }\n`,
  );
  const started = await ask('start', 'Unset', '--input', '{"amount":"1.00"}', '--wait', '30');
  const { files } = await ask('definitions');
  expect(files).toMatchObject([{ file: 'Unset.yaml', problems: [{ code: 'unknown_secret' }] }]);
  const { error } = await ask('show', started.instance_id);
  expect(error).toMatchObject({ code: 'secret_missing', step: 'Ask' });
  expect(error.message).toContain('set HOLDFAST_SECRET_UNSET');
  const warning = edge
    .stderr()
    .split('\n')
    .find((line) => line.includes('named and not set'));
  expect(JSON.parse(warning ?? '{}')).toMatchObject({ level: 'warn', names: ['UNSET'] });
});

test('ends when it is told to, though a model and a module were used', async () => {
  edge.child.kill('SIGTERM');
  expect(await edge.ended).toEqual({ code: 0, signal: null });
});

/** Models and modules in the folders of an edge as it runs. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { systemPorts } from '@holdfast/base';
import { sha256Hex } from '@holdfast/crypto';
import { createLogger } from '@holdfast/runtime';
import type { JsonObject } from '@holdfast/workflow';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type RunningEdge, startEdge } from '../start.ts';
import { testFolder } from '../testing.ts';

const MODEL = fileURLToPath(new URL('../../../../models/fraud-score', import.meta.url));
/** Writes `{"points":3}` to its output, and 8,000 bytes to its standard error; made byte by byte. */
const MODULE = Buffer.from(
  'AGFzbQEAAAABIQZgAABgAAF/YAR/f39/AX9gAX8AYAJ/fwF/YAN/fn8BfwIjARZ3YXNpX3NuYXBzaG90X3ByZXZpZXcxCGZkX3dyaXRlAAIDAgEABQQBAQEBBxQCBm1lbW9yeQIAB2V4ZWN1dGUAAQo/AT0AQYAIQQA2AgBBhAhBDDYCAEEBQYAIQQFBiAgQABpBgAhBDDYCAEGECEHAPjYCAEECQYAIQQFBiAgQABoLCyYBAEEACyB7InBvaW50cyI6M310aGUgcmF0ZSB3YXMgZ3Vlc3NlZA==',
  'base64',
);
/** A text of the model that nothing reads: protobuf field 6 of 3 bytes. */
const DOC_STRING = [0x32, 3, 0x6e, 0x65, 0x77];

let folder: Awaited<ReturnType<typeof testFolder>>;
let edge: RunningEdge | undefined;
let lines: string[];
let workers: Worker[];
const note = (worker: Worker) => void workers.push(worker);

beforeEach(async () => {
  folder = await testFolder();
  lines = [];
  workers = [];
  process.on('worker', note);
});
afterEach(async () => {
  process.off('worker', note);
  await edge?.close();
  edge = undefined;
  folder.remove();
});

/** Starts the edge; `models` and `modules` lie in its data folder. */
async function open(): Promise<RunningEdge> {
  const logger = createLogger({
    ...{ level: 'info', service: 'edge', strict: true },
    destination: { write: (line) => void lines.push(line) },
  });
  edge = await startEdge({ options: folder.options, ports: systemPorts, logger });
  return edge;
}

const within = (...names: string[]) => join(folder.options.dataFolder, ...names);

/** Puts the model of the project into the folder, with another file and card if `change` says so. */
function putModel(change?: { labels: string[] }): void {
  mkdirSync(within('models'), { recursive: true });
  const [onnx, card] = [within('models', 'fraud-score.onnx'), within('models', 'fraud-score.json')];
  copyFileSync(`${MODEL}.onnx`, onnx);
  copyFileSync(`${MODEL}.json`, card);
  if (change === undefined) return;
  writeFileSync(onnx, Buffer.concat([readFileSync(onnx), Buffer.from(DOC_STRING)]));
  const sha256 = sha256Hex(readFileSync(onnx));
  writeFileSync(card, JSON.stringify({ ...JSON.parse(readFileSync(card, 'utf8')), ...change, sha256 }));
}

const SCORE = `
workflow_type: Score
state: { readings: { type: list, of: decimal } }
steps:
  - name: Ask
    type: AI_INFERENCE
    model_name: fraud-score
    input_source: state.readings
    preprocessing: normalize
    postprocessing: threshold
    threshold: 0.7
    timeout_ms: 30000
    output_key: score
`;
const READINGS = { readings: ['800.00', '3', '200', '3', '5', '1'] };

const rate = (hash: string) => `
workflow_type: Rate
state: { amount: money }
steps:
  - { name: Rate, type: WASM, wasm_hash: "${hash}", timeout_ms: 30000, output_key: rate }
`;

/** Runs a workflow to its end; its state, or the code of its failure. */
async function run(workflowType: string, input: JsonObject): Promise<JsonObject> {
  const { workflows } = (edge ?? (await open())).context;
  const { instance_id: id } = await workflows.start({ workflow_type: workflowType, input, by: null });
  expect(await workflows.settled(id, 50_000)).toBe(true);
  const instance = workflows.find(id)?.instance;
  return instance?.error ? { code: instance.error.code } : (instance?.state ?? {});
}

it('asks the model that lies there at that moment, under the definition that was there before', async () => {
  const { workflows } = (await open()).context;
  await workflows.load(SCORE);
  expect(await run('Score', READINGS)).toEqual({ code: 'model_unknown' });
  putModel();
  const { score: first } = await run('Score', READINGS);
  expect(first).toMatchObject({ label: 'fraud' });
  putModel({ labels: ['fine', 'fishy'] });
  const { score: second } = await run('Score', READINGS);
  expect(second).toMatchObject({ label: 'fishy' });
  expect(second).not.toMatchObject({ model_sha256: (first as JsonObject).model_sha256 });
});

it('runs a module, and keeps what it writes beside its answer for the log, within bounds', async () => {
  const { workflows } = (await open()).context;
  const hash = sha256Hex(MODULE);
  await workflows.load(rate(hash));
  expect(await run('Rate', { amount: '5.00' })).toEqual({ code: 'module_unknown' });
  mkdirSync(within('modules'));
  writeFileSync(within('modules', `${hash}.wasm`), MODULE);
  expect(await run('Rate', { amount: '5.00' })).toMatchObject({ rate: { points: 3 } });
  const [said, ...others] = lines.map((line) => JSON.parse(line)).filter((line) => 'module' in line);
  expect(said).toMatchObject({ module: hash, text: expect.stringMatching(/^the rate was guessed/) });
  expect([said.text.length, others]).toEqual([4_096, []]);
});

it('has no thread of theirs before a step needs one, and none when it has ended', async () => {
  const { workflows } = (await open()).context;
  const own = workers.length;
  await workflows.load(SCORE);
  putModel();
  expect(workers).toHaveLength(own);
  await run('Score', READINGS);
  expect(workers).toHaveLength(own + 1);
  // One that is under way is found in the rows by the next start.
  const under = await workflows.start({ workflow_type: 'Score', input: READINGS, by: null });
  await edge?.close();
  expect(workers.map(({ threadId }) => threadId)).toEqual(workers.map(() => -1));
  const again = (await open()).context.workflows;
  expect(await again.settled(under.instance_id, 50_000)).toBe(true);
  expect(again.find(under.instance_id)?.instance.status).toBe('completed');
});

it('leaves no thread behind when it cannot start', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const address = other.address();
  const port = address !== null && typeof address !== 'string' ? address.port : 0;
  folder.options = { ...folder.options, port };
  await expect(open()).rejects.toThrow();
  other.close();
  expect(workers.map(({ threadId }) => threadId)).toEqual(workers.map(() => -1));
});

it('loads nothing of the plug-ins with the edge', () => {
  const script = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
    await import('@holdfast/edge');
    console.log(JSON.stringify(loaded.filter((url) => /packages.(plugins|edge)|onnxruntime|wasi_shim/.test(url))));
  `;
  const cwd = fileURLToPath(new URL('../../../../apps/cli', import.meta.url));
  const loaded: string[] = JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '--eval', script], { cwd, encoding: 'utf8' }),
  );
  expect(loaded.filter((url) => !/packages.edge/.test(url))).toEqual([]);
  expect(loaded.some((url) => url.endsWith('/workflow/plugins.ts'))).toBe(true);
});

/** Models in the real thread and the real runtime. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { systemPorts } from '@holdfast/base';
import { sha256Hex } from '@holdfast/crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createInference, type Inference, type InferenceRequest } from './inference.ts';

const PROJECT = fileURLToPath(new URL('../../../models/', import.meta.url));
const FILES = ['fraud-score.onnx', 'fraud-score.json'];
const RISKY = [800, 3, 200, 3, 5, 1];
const HARMLESS = ['12.00', 14, 0, 0, 1440, false];

let folder: string;
let inference: Inference;
let workers: Worker[];
const note = (worker: Worker) => void workers.push(worker);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-models-'));
  inference = createInference({ folder, ports: systemPorts });
});
beforeEach(() => {
  for (const file of FILES) copyFileSync(join(PROJECT, file), join(folder, file));
  workers = [];
  process.on('worker', note);
});
afterEach(() => process.off('worker', note));
afterAll(async () => {
  await inference.close();
  rmSync(folder, { recursive: true });
});

function ask(more: Partial<InferenceRequest> = {}) {
  return inference.run({
    ...{
      model: 'fraud-score',
      input: RISKY,
      preprocess: 'normalize',
      postprocess: 'threshold',
      threshold: 0.7,
    },
    ...{ timeoutMs: 30_000, ...more },
  });
}

/** Changes the card of the model in the folder. */
function changeCard(change: object): void {
  const path = join(folder, 'fraud-score.json');
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...change }));
}

describe('a model', () => {
  it('gives a score, a label, and which model it was', async () => {
    const { sha256 } = JSON.parse(readFileSync(join(folder, 'fraud-score.json'), 'utf8'));
    const [risky, harmless] = [await ask(), await ask({ input: HARMLESS })];
    expect(risky).toMatchObject({ kind: 'ok', output: { label: 'fraud', model_sha256: sha256 } });
    expect(harmless).toMatchObject({
      kind: 'ok',
      output: { label: 'genuine', latency_ms: expect.any(Number) },
    });
  });

  it('answers fifty calls at once, each with its own', async () => {
    const amounts = Array.from({ length: 50 }, (_, index) => index * 20);
    const inputs = amounts.map((amount) => [amount, ...RISKY.slice(1)]);
    const together = await Promise.all(inputs.map((input) => ask({ input })));
    const scores = together.map((each) => (each.kind === 'ok' ? each.output.score : each.code));
    const alone: unknown[] = [];
    for (const input of inputs) {
      const each = await ask({ input });
      alone.push(each.kind === 'ok' ? each.output.score : each.code);
    }
    expect(scores).toEqual(alone);
    expect(new Set(scores).size).toBeGreaterThan(10);
  });

  it('that is asked for what it cannot take says so', async () => {
    for (const input of [[1], 'x', { amount: 1 }])
      expect(await ask({ input })).toMatchObject({ kind: 'failed', code: 'bad_input', final: true });
    expect(await ask({ preprocess: 'resize' })).toMatchObject({ code: 'bad_input' });
  });

  it('that is not there is unknown', async () => {
    for (const model of ['other', '../models/fraud-score', '', 'fraud-score.json/x'])
      expect(await ask({ model })).toMatchObject({ kind: 'failed', code: 'model_unknown', final: true });
    rmSync(join(folder, 'fraud-score.onnx'));
    changeCard({ sha256: '0'.repeat(64) });
    expect(await ask()).toMatchObject({ kind: 'failed', code: 'model_unknown' });
  });
});

describe('a damaged model', () => {
  it('is refused when its file is not that of its card', async () => {
    changeCard({ sha256: '0'.repeat(64) });
    expect(await ask()).toMatchObject({ kind: 'failed', code: 'model_damaged', final: true });
  });

  it('is refused when it is cut, even under its own hash', async () => {
    const bytes = readFileSync(join(folder, 'fraud-score.onnx')).subarray(0, 300);
    writeFileSync(join(folder, 'fraud-score.onnx'), bytes);
    changeCard({ sha256: sha256Hex(bytes) });
    expect(await ask()).toMatchObject({ kind: 'failed', code: 'model_damaged', final: true });
  });

  it.each([
    ['another input', { input: 'pixels' }],
    ['another output', { output: 'logits' }],
    ['fewer features', { features: [{ name: 'amount', mean: 0, scale: 1 }] }, [1]],
    ['more labels', { labels: ['a', 'b', 'c'] }],
    ['features that are none', { features: 6 }],
  ])('is refused when its card has %s', async (_, change, input: InferenceRequest['input'] = RISKY) => {
    changeCard(change);
    expect(await ask({ input })).toMatchObject({ kind: 'failed', code: 'model_damaged', final: true });
    expect(workers).toHaveLength(0);
  });

  it('is used again when it is mended', async () => {
    changeCard({ labels: ['a', 'b', 'c'] });
    expect(await ask()).toMatchObject({ code: 'model_damaged' });
    copyFileSync(join(PROJECT, 'fraud-score.json'), join(folder, 'fraud-score.json'));
    expect(await ask()).toMatchObject({ kind: 'ok' });
  });
});

describe('the thread', () => {
  it('is replaced when it is killed, and all calls are answered but the one it had', async () => {
    const fresh = createInference({ folder: PROJECT, ports: systemPorts });
    const request = {
      model: 'fraud-score',
      input: RISKY,
      preprocess: 'normalize',
      timeoutMs: 30_000,
    } as const;
    const run = () => fresh.run({ ...request, postprocess: 'none', threshold: null });
    expect(await run()).toMatchObject({ kind: 'ok' });
    const calls = Array.from({ length: 20 }, run);
    await workers[0]?.terminate();
    const codes = (await Promise.all(calls)).map((each) => (each.kind === 'ok' ? 'ok' : each.code));
    expect(codes.filter((code) => code !== 'ok' && code !== 'plugin_crashed')).toEqual([]);
    expect(codes.filter((code) => code === 'plugin_crashed').length).toBeLessThanOrEqual(1);
    expect(workers).toHaveLength(2);
    await fresh.close();
  });

  it('is not waited for by a call that is called off', async () => {
    const controller = new AbortController();
    const call = ask({ signal: controller.signal });
    controller.abort();
    expect(await call).toMatchObject({ kind: 'failed', code: 'cancelled' });
    expect(await ask()).toMatchObject({ kind: 'ok' });
  });
});

/** What `docs/plugins.md` says an edge must carry is enough, and is as large as it says. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, it } from 'vitest';

const DIST = fileURLToPath(new URL('.', import.meta.resolve('onnxruntime-web/wasm')));
const FILES = ['ort.wasm.bundle.min.mjs', 'ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'];
const MODEL = fileURLToPath(new URL('../../../models/fraud-score.onnx', import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-footprint-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const SCRIPT = `
import { readFileSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { env, InferenceSession, Tensor } from 'onnxruntime-web/wasm';
env.wasm.numThreads = 1;
const session = await InferenceSession.create(readFileSync(${JSON.stringify(MODEL)}));
const { probabilities } = await session.run({ features: new Tensor('float32', new Float32Array(6), [1, 6]) });
parentPort.postMessage(probabilities.data.length);
`;

it('needs three files of the runtime, 14.3 MB', async () => {
  const runtime = join(folder, 'node_modules', 'onnxruntime-web');
  mkdirSync(join(runtime, 'dist'), { recursive: true });
  cpSync(join(DIST, '..', 'package.json'), join(runtime, 'package.json'));
  for (const file of FILES) cpSync(join(DIST, file), join(runtime, 'dist', file));
  const script = join(folder, 'ask.mjs');
  writeFileSync(script, SCRIPT);
  const worker = new Worker(pathToFileURL(script));
  const answer = await new Promise((resolve, reject) =>
    worker.once('message', resolve).once('error', reject),
  );
  await worker.terminate();
  expect(answer).toBe(2);
  const bytes = FILES.reduce((sum, file) => sum + statSync(join(DIST, file)).size, 0);
  expect((bytes / 1e6).toFixed(1)).toBe('14.3');
});

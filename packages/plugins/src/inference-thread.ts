/** The thread of models: ONNX Runtime on WebAssembly, with the models that were asked last. */
import { parentPort } from 'node:worker_threads';
import { must } from '@holdfast/base';
import { env, InferenceSession, Tensor } from 'onnxruntime-web/wasm';
import { type Failure, finalFailure } from './failure.ts';
import type { LoadModel, RunModel } from './inference.ts';
import { readVerified } from './read-verified.ts';
import { serve } from './serve.ts';

/** Sessions that are kept; loading one anew takes a moment, and each holds its weights. */
const SESSIONS_MAX = 4;
const MODEL_BYTES_MAX = 67_108_864;
/** How the runtime begins to say that it is not there itself. */
const NO_RUNTIME = /^no available backend found/;

// One thread: models of this size gain nothing by more, and each would be a thread of the process.
env.wasm.numThreads = 1;
env.logLevel = 'fatal';

/** By the SHA-256 of the file; what was used last stands last. */
const sessions = new Map<string, InferenceSession>();

serve<LoadModel, RunModel, number[]>(parentPort, {
  async prepare(wanted) {
    const session = sessions.get(wanted.sha256) ?? (await load(wanted));
    if ('kind' in session) return session;
    sessions.delete(wanted.sha256);
    sessions.set(wanted.sha256, session);
    await forgetOldest();
    return misfit(session, wanted);
  },
  async run({ sha256, input, output, row }) {
    const session = must(sessions.get(sha256), 'a model is loaded before it runs');
    const results = await session.run({ [input]: new Tensor('float32', row, [1, row.length]) }, [output]);
    const { data, type } = must(results[output], 'the output was looked for when the model was loaded');
    if (type !== 'float32')
      return finalFailure('model_damaged', `The output ${output} of the model is ${type}, not float32.`);
    return { answer: Array.from(data, Number) };
  },
});

async function load({ path, sha256 }: LoadModel): Promise<InferenceSession | Failure> {
  const file = readVerified({ path, sha256, bytesMax: MODEL_BYTES_MAX });
  if (file.kind === 'missing') return finalFailure('model_unknown', `There is no ${path}: ${file.why}.`);
  if (file.kind === 'other')
    return finalFailure('model_damaged', `${path} is not the model of its card: ${file.why}.`);
  try {
    return await InferenceSession.create(file.bytes, { executionProviders: ['wasm'] });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // It will not be there for the next model either: the thread ends with it.
    if (NO_RUNTIME.test(message)) throw error;
    return finalFailure('model_damaged', `${path} is not a model that the runtime takes: ${message}`);
  }
}

async function forgetOldest(): Promise<void> {
  for (const [sha256, session] of sessions) {
    if (sessions.size <= SESSIONS_MAX) return;
    sessions.delete(sha256);
    await session.release();
  }
}

/** What the graph takes and gives, against its card. Dimensions that the graph leaves open fit any number. */
function misfit(session: InferenceSession, { input, output, width }: LoadModel): Failure | undefined {
  const [only, ...others] = session.inputMetadata;
  const [rows, columns] = only?.isTensor === true && only.shape.length === 2 ? only.shape : [0, 0];
  const fits = (size: number | string | undefined, wanted: number) =>
    typeof size === 'string' || size === wanted;
  const takes = only?.name === input && others.length === 0 && fits(rows, 1) && fits(columns, width);
  if (takes && session.outputNames.includes(output)) return undefined;
  const wanted = `one input ${input} of 1 row and ${width} columns, and an output ${output}`;
  return finalFailure('model_damaged', `The model does not have what its card says: ${wanted}.`);
}

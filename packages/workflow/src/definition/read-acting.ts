/** Reads steps that act: functions, requests, models and modules. */
import type { FunctionStep, HttpStep, InferenceStep, OnUnknown, WasmStep } from './model.ts';
import { type MapNode, mapOf, memberOf, numberOf, type Text, textOf } from './node.ts';
import { FUNCTION_TIMEOUT_MS, NO_RETRY, namesOf, readBase, stepOf } from './read-base.ts';
import {
  choiceOf,
  durationOf,
  flatten,
  jsonOf,
  needText,
  pathText,
  type Reading,
  type StepReading,
  snakeCase,
  textsOf,
} from './reading.ts';

const HTTP_TIMEOUT_MS = 30_000;
const HTTP_DELAY_MS = 5_000;
const PLUGIN_TIMEOUT_MS = 5_000;
const INCLUDES = { body: 'body', status_code: 'status_code', headers: 'headers' } as const;
const ON_UNKNOWN = { query: 'query', retry: 'retry', compensate: 'compensate', park: 'park' } as const;
const ON_ERROR = { fail: 'fail', skip: 'skip', default: 'default' } as const;

/** Methods that may be sent twice (RFC 9110, 9.2.2). */
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'DELETE']);

/** A step that runs a function; `function` comes from its name if it is not there. */
export function readFunction(map: MapNode, reading: StepReading): FunctionStep {
  const base = readBase(map, reading, FUNCTION_TIMEOUT_MS);
  const named = textOf(map, 'function');
  // Without a name there is nothing to make one of; that was reported.
  const name = named?.text ?? (base.name === '' ? '' : `edge.${snakeCase(base.name)}`);
  const input = textsOf(mapOf(map, 'input'), reading);
  const step = stepOf<FunctionStep>(
    base,
    {
      type: 'STANDARD',
      function: name,
      input: withLocals(input, name, reading),
      output_key: textOf(map, 'output_key')?.text ?? null,
      on_unknown: readOnUnknown(map, reading.functions.get(name)?.canQuery === true ? 'query' : 'park'),
    },
    reading,
  );
  mark(reading, step, { function: named ?? textOf(map, 'name'), output_key: textOf(map, 'output_key') });
  mark(reading, step, { on_unknown: textOf(map, 'on_unknown') });
  return step;
}

/** Remembers where members of a step stood. */
export function mark(
  { places }: Reading,
  owner: object,
  texts: Readonly<Record<string, Text | undefined>>,
): void {
  for (const [member, found] of Object.entries(texts))
    if (found !== undefined) places.mark(owner, member, found.node);
}

/** Variables of the loops around come before fields of the same name, as the input of a function. */
function withLocals(input: Record<string, string>, name: string, { functions, locals }: StepReading) {
  const wanted = Object.keys(functions.get(name)?.input ?? {});
  for (const field of wanted)
    if (locals.includes(field) && !Object.hasOwn(input, field)) input[field] = field;
  return input;
}

function readOnUnknown(map: MapNode, unless: OnUnknown): OnUnknown {
  return choiceOf(map, 'on_unknown', ON_UNKNOWN) ?? unless;
}

/** A step that sends a request. */
export function readHttp(given: MapNode, reading: StepReading): HttpStep {
  const map = flatten(given, 'http_config', reading);
  const base = readBase(map, reading, HTTP_TIMEOUT_MS);
  const methods = {
    GET: 'GET',
    HEAD: 'HEAD',
    POST: 'POST',
    PUT: 'PUT',
    PATCH: 'PATCH',
    DELETE: 'DELETE',
  } as const;
  const method = choiceOf(map, 'method', methods) ?? 'GET';
  const url = needText(map, ['url'], reading);
  const includes = namesOf(map, 'includes', reading).filter((name) => Object.hasOwn(INCLUDES, name));
  const step = stepOf<HttpStep>(
    { ...base, retry: readRetryPolicy(map, reading) ?? base.retry },
    {
      type: 'HTTP',
      method,
      url: url.text,
      headers: textsOf(mapOf(map, 'headers'), reading),
      query: textsOf(mapOf(map, 'query_params'), reading),
      body: jsonOf(map, 'body'),
      output_key: textOf(map, 'output_key')?.text ?? snakeCase(base.name),
      includes: Object.values(INCLUDES).filter((name) => includes.length === 0 || includes.includes(name)),
      on_unknown: readOnUnknown(map, IDEMPOTENT.has(method) ? 'retry' : 'park'),
    },
    reading,
  );
  reading.places.move(base, step);
  mark(reading, step, { url, output_key: textOf(map, 'output_key'), on_unknown: textOf(map, 'on_unknown') });
  const body = memberOf(map, 'body');
  if (body !== undefined) reading.places.mark(step, 'body', body);
  return step;
}

function readRetryPolicy(map: MapNode, reading: Reading) {
  const policy = mapOf(map, 'retry_policy');
  if (policy === undefined) return undefined;
  if (memberOf(map, 'retry') !== undefined) {
    reading.problems.error(
      policy.at,
      'conflicting_keys',
      '"retry" and "retry_policy" mean the same: keep one.',
    );
  }
  const wait = Math.round((numberOf(policy, 'delay_seconds') ?? HTTP_DELAY_MS / 1_000) * 1_000);
  const attempts = numberOf(policy, 'max_attempts') ?? 1;
  return { ...NO_RETRY, attempts, initial_ms: wait, max_ms: wait, multiplier: 1, jitter: 0 };
}

/** A step that asks a model. */
export function readInference(given: MapNode, reading: StepReading): InferenceStep {
  const map = flatten(given, 'ai_config', reading);
  const base = readBase(map, reading, pluginTimeout(map, reading));
  const source = pathText(needText(map, ['input_source'], reading), reading.locals);
  const settings = mapOf(map, 'postprocessing_params');
  const before = { none: 'none', normalize: 'normalize', resize: 'resize' } as const;
  const after = { none: 'none', softmax: 'softmax', threshold: 'threshold', argmax: 'argmax' } as const;
  const postprocess = choiceOf(map, 'postprocessing', after) ?? 'none';
  const inner = settings === undefined ? undefined : numberOf(settings, 'threshold');
  const threshold = numberOf(map, 'threshold') ?? inner ?? null;
  if (postprocess === 'threshold' && threshold === null) {
    reading.problems.error(map.at, 'missing_key', '"postprocessing: threshold" needs "threshold": add it.');
  }
  if (memberOf(map, 'model_path') !== undefined) ignored(map, 'model_path', reading);
  const step = stepOf<InferenceStep>(
    base,
    {
      type: 'AI_INFERENCE',
      model: needText(map, ['model_name'], reading).text,
      runtime: textOf(map, 'runtime')?.text ?? 'onnx',
      input: source.text,
      preprocess: choiceOf(map, 'preprocessing', before) ?? 'none',
      postprocess,
      threshold,
      output_key: textOf(map, 'output_key')?.text ?? 'inference_result',
      ...readFallback(map, reading),
    },
    reading,
  );
  mark(reading, step, { input: source, output_key: textOf(map, 'output_key') });
  return step;
}

/** A step that runs a module. Without `input` and `state_mapping` it is given the fields that are always there. */
export function readWasm(given: MapNode, reading: StepReading, always: readonly string[]): WasmStep {
  const map = flatten(given, 'wasm_config', reading);
  const base = readBase(map, reading, pluginTimeout(map, reading));
  for (const key of ['merge_strategy', 'merge_conflict_behavior']) {
    if (memberOf(map, key) !== undefined) ignored(map, key, reading);
  }
  const step = stepOf<WasmStep>(
    base,
    {
      type: 'WASM',
      module: needText(map, ['wasm_hash'], reading).text,
      entrypoint: textOf(map, 'entrypoint')?.text ?? 'execute',
      input: readModuleInput(map, reading, always),
      output_key: textOf(map, 'output_key')?.text ?? null,
      ...readFallback(map, reading),
    },
    reading,
  );
  mark(reading, step, { output_key: textOf(map, 'output_key') });
  return step;
}

function readModuleInput(
  map: MapNode,
  reading: StepReading,
  always: readonly string[],
): Record<string, string> {
  const mapping = mapOf(map, 'state_mapping');
  if (mapping === undefined) {
    if (memberOf(map, 'input') !== undefined) return textsOf(mapOf(map, 'input'), reading);
    return Object.fromEntries(always.map((name) => [name, `state.${name}`]));
  }
  if (memberOf(map, 'input') !== undefined) {
    reading.problems.error(
      mapping.at,
      'conflicting_keys',
      '"input" and "state_mapping" mean the same: keep one.',
    );
  }
  const input: Record<string, string> = {};
  for (const [path, { keyAt }] of mapping.entries) {
    const name = textOf(mapping, path)?.text;
    if (name === undefined) continue;
    const node = { kind: 'scalar', at: keyAt, value: path, source: path, textAt: keyAt } as const;
    const found = pathText({ text: path, node }, reading.locals);
    input[name] = found.text;
    reading.places.mark(input, name, { ...found.node, at: keyAt });
  }
  return input;
}

function pluginTimeout(map: MapNode, reading: Reading): number | null {
  const given = numberOf(map, 'timeout_ms');
  if (given !== undefined && durationOf(map, ['timeout'], reading) !== undefined) {
    reading.problems.error(map.at, 'conflicting_keys', '"timeout" and "timeout_ms" mean the same: keep one.');
  }
  return given ?? PLUGIN_TIMEOUT_MS;
}

function readFallback(map: MapNode, { problems }: Reading): Pick<WasmStep, 'on_error' | 'default_result'> {
  const on_error = choiceOf(map, 'fallback_on_error', ON_ERROR) ?? 'fail';
  if (on_error === 'default' && memberOf(map, 'default_result') === undefined) {
    problems.error(map.at, 'missing_key', '"fallback_on_error: default" needs "default_result": add it.');
  }
  return { on_error, default_result: on_error === 'default' ? jsonOf(map, 'default_result') : null };
}

/** Warns that a key is accepted and has no effect. */
export function ignored(map: MapNode, key: string, { problems }: Reading): void {
  const entry = map.entries.get(key);
  if (entry !== undefined) problems.warn(entry.keyAt, 'ignored_key', `"${key}" has no effect here.`);
}

/** Reads steps that wait, and steps that start workflows. */

import { readFields } from './fields.ts';
import type { CronStep, HumanStep, Step, SubWorkflowStep, WaitStep } from './model.ts';
import { asText, type MapNode, mapOf, memberOf, type Text, textOf, type YamlNode } from './node.ts';
import { mark, readFunction } from './read-acting.ts';
import { readBase, stepOf } from './read-base.ts';
import {
  choiceOf,
  durationOf,
  literal,
  needs,
  needText,
  pick,
  pickText,
  type StepReading,
  snakeCase,
  textsOf,
} from './reading.ts';

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

/** A step that waits for a time. */
export function readWait(map: MapNode, reading: StepReading): WaitStep {
  const base = readBase(map, reading);
  const found = pick(map, ['for', 'until'], reading);
  if (found === undefined) needs(map, 'for', reading);
  const until = textOf(map, 'until');
  const at = until === undefined ? undefined : instant(until);
  const ms = durationOf(map, ['for'], reading) ?? 0;
  const wait: WaitStep['wait'] = at === undefined ? { kind: 'for', ms } : { kind: 'until', at: at.text };
  mark(reading, wait, { at });
  return stepOf<WaitStep>(base, { type: 'WAIT', wait }, reading);
}

/** An instant that is written out is an expression as well. */
function instant({ text, node }: Text): Text {
  return INSTANT.test(text)
    ? { text: `timestamp("${text}")`, node: { ...node, textAt: null } }
    : { text, node };
}

/** A step that waits for an answer; before it, the function that asks if there is one. */
export function readHuman(map: MapNode, reading: StepReading): Step[] {
  const name = textOf(map, 'name')?.text ?? '';
  if (memberOf(map, 'function') === undefined) return [humanOf(map, reading, name)];
  const wait = `${name}-answer`;
  const entries = new Map([...map.entries].filter(([key]) => ASKING.has(key)));
  const ask = readFunction({ ...map, entries }, { ...reading, following: wait });
  return [ask, humanOf(map, reading, wait)];
}

const ASKING: ReadonlySet<string> = new Set(['name', 'description', 'function', 'on_failure']);

function humanOf(map: MapNode, reading: StepReading, name: string): HumanStep {
  const base = { ...readBase(map, reading), timeout_ms: null };
  const prompt = textOf(map, 'prompt');
  const onTimeout = textOf(map, 'on_timeout');
  const step = stepOf<HumanStep>(
    base,
    {
      type: 'HUMAN_IN_LOOP',
      signal: textOf(map, 'signal')?.text ?? snakeCase(base.name),
      prompt: prompt?.text ?? null,
      role: textOf(map, 'role')?.text ?? null,
      fields: readFields(mapOf(map, 'fields')),
      output_key: textOf(map, 'output_key')?.text ?? null,
      wait_ms: durationOf(map, ['timeout'], reading) ?? null,
      on_timeout: onTimeout?.text ?? null,
    },
    reading,
  );
  if (onTimeout !== undefined && step.wait_ms === null) {
    const message = '"on_timeout" is never reached without "timeout": add it.';
    reading.problems.error(onTimeout.node.at, 'missing_key', message);
  }
  const named = { ...step, name };
  reading.places.move(step, named);
  mark(reading, named, { prompt, on_timeout: onTimeout, output_key: textOf(map, 'output_key') });
  const fields = memberOf(map, 'fields');
  if (fields !== undefined) reading.places.mark(named, 'fields', fields);
  return named;
}

/** A step that starts another workflow. */
export function readSubWorkflow(
  map: MapNode,
  reading: StepReading,
  type: SubWorkflowStep['type'],
): SubWorkflowStep {
  const step = stepOf<SubWorkflowStep>(
    readBase(map, reading),
    { type, ...readStarted(map, reading), output_key: readKey(map, type) },
    reading,
  );
  markStarted(map, reading, step);
  mark(reading, step, { output_key: textOf(map, 'output_key') });
  return step;
}

/** All that the other workflow knows goes under one key: its fields need not be those of this one. */
function readKey(map: MapNode, type: SubWorkflowStep['type']): string | null {
  if (type === 'FIRE_AND_FORGET') return null;
  return textOf(map, 'output_key')?.text ?? snakeCase(textOf(map, 'name')?.text ?? '');
}

/** A step that makes a schedule. */
export function readCron(map: MapNode, reading: StepReading): CronStep {
  const base = readBase(map, reading);
  const schedule = pickText(map, ['schedule', 'schedule_name'], reading);
  const cron = needText(map, ['cron', 'cron_expression'], reading);
  const timeZone = textOf(map, 'time_zone');
  const step = stepOf<CronStep>(
    base,
    {
      type: 'CRON_SCHEDULE',
      schedule: schedule?.text ?? snakeCase(base.name),
      cron: cron.text,
      time_zone: timeZone?.text ?? 'UTC',
      ...readStarted(map, reading),
      missed: choiceOf(map, 'missed', { skip: 'skip', one: 'one', all: 'all' } as const) ?? 'one',
      overlap:
        choiceOf(map, 'overlap', { skip: 'skip', queue: 'queue', cancel: 'cancel' } as const) ?? 'skip',
    },
    reading,
  );
  markStarted(map, reading, step);
  mark(reading, step, { schedule, cron, time_zone: timeZone });
  return step;
}

const STARTED = ['workflow_type', 'target_workflow_type'];

function readStarted(map: MapNode, reading: StepReading): Pick<SubWorkflowStep, 'workflow_type' | 'input'> {
  const template = mapOf(map, 'initial_data_template');
  pick(map, ['input', 'initial_data_template'], reading);
  return {
    workflow_type: needText(map, STARTED, reading).text,
    input: template === undefined ? textsOf(mapOf(map, 'input'), reading) : fromTemplate(template, reading),
  };
}

function markStarted(map: MapNode, reading: StepReading, step: object): void {
  mark(reading, step, { workflow_type: textOf(map, 'workflow_type') ?? textOf(map, 'target_workflow_type') });
}

/** Templates as expressions: a text with `{{…}}` in it is the sum of its parts. */
function fromTemplate(map: MapNode, { places, problems }: StepReading): Record<string, string> {
  const input: Record<string, string> = {};
  for (const [name, { value }] of map.entries) {
    const text = expressionOf(value);
    if (text === undefined) {
      problems.error(
        value.at,
        'wrong_value',
        `"${name}" must be a single value or a list of them: put it in the state.`,
      );
      continue;
    }
    input[name] = text;
    places.mark(input, name, value.kind === 'scalar' ? { ...value, textAt: null } : value);
  }
  return input;
}

function expressionOf(node: YamlNode): string | undefined {
  if (node.kind === 'map') return undefined;
  if (node.kind === 'list') {
    const items = node.items.map(expressionOf);
    return items.includes(undefined) ? undefined : `[${items.join(', ')}]`;
  }
  const text = asText(node)?.text;
  return text === undefined || typeof node.value !== 'string' ? literal(node) : sumOf(text);
}

function sumOf(text: string): string {
  const parts = text.split(/\{\{([^{}]*)\}\}/);
  const [before, only, after] = parts;
  if (parts.length === 3 && before === '' && after === '' && only !== undefined) return only.trim();
  const terms = parts.flatMap((part, index) => {
    if (index % 2 === 1) return [`(${part.trim()})`];
    return part === '' ? [] : [JSON.stringify(part)];
  });
  return terms.length === 0 ? '""' : terms.join(' + ');
}

/** The expressions and templates of a step, each with where it is written and what its value is for. */
import type { Json } from '../types.ts';
import type { Step } from './model.ts';

/** What a text must give. */
export type TextUse =
  | { kind: 'condition' | 'list' | 'instant' | 'value' }
  /** Input of the function of the step. */
  | { kind: 'input'; name: string }
  /** `secrets`: whether it may name secrets; only what leaves by HTTP may. */
  | { kind: 'template'; secrets: boolean };

/** `owner[member]` is the text. */
export type StepText = { text: string; owner: object; member: string | number; use: TextUse };

/** Every text of a step that is compiled; those of the steps inside it are theirs. */
export function textsOfStep(step: Step): StepText[] {
  switch (step.type) {
    case 'STANDARD':
      return named(step.input, (name) => ({ kind: 'input', name }));
    case 'DECISION':
      return step.routes.map((route) => textAt(route, 'condition', route.condition, 'condition'));
    case 'HTTP':
      return [
        template(step, 'url', step.url),
        ...named(step.headers, () => SENT),
        ...named(step.query, () => SENT),
        ...bodyTexts(step.body).map((text) => template(step, 'body', text)),
      ];
    case 'PARALLEL':
      return step.branches.kind === 'each' ? [textAt(step.branches, 'over', step.branches.over, 'list')] : [];
    case 'LOOP':
      return step.mode.kind === 'while'
        ? [textAt(step.mode, 'condition', step.mode.condition, 'condition')]
        : [textAt(step.mode, 'over', step.mode.over, 'list')];
    case 'WAIT':
      return step.wait.kind === 'until' ? [textAt(step.wait, 'at', step.wait.at, 'instant')] : [];
    case 'HUMAN_IN_LOOP':
      return step.prompt === null ? [] : [shown(step, 'prompt', step.prompt)];
    case 'SUB_WORKFLOW':
    case 'FIRE_AND_FORGET':
      return named(step.input, () => ({ kind: 'value' }));
    case 'CRON_SCHEDULE':
      return [shown(step, 'schedule', step.schedule), ...named(step.input, () => ({ kind: 'value' }))];
    case 'AI_INFERENCE':
      return [textAt(step, 'input', step.input, 'value')];
    case 'WASM':
      return named(step.input, () => ({ kind: 'value' }));
  }
}

const SENT: TextUse = { kind: 'template', secrets: true };

function textAt(
  owner: object,
  member: string,
  text: string,
  kind: 'condition' | 'list' | 'instant' | 'value',
): StepText {
  return { text, owner, member, use: { kind } };
}

function template(owner: object, member: string, text: string): StepText {
  return { text, owner, member, use: SENT };
}

function shown(owner: object, member: string, text: string): StepText {
  return { text, owner, member, use: { kind: 'template', secrets: false } };
}

function named(texts: Readonly<Record<string, string>>, use: (name: string) => TextUse): StepText[] {
  return Object.entries(texts).map(([name, text]) => ({ text, owner: texts, member: name, use: use(name) }));
}

/** Every text in a body; keys of mappings are no templates. */
function bodyTexts(body: Json): string[] {
  if (typeof body === 'string') return [body];
  if (typeof body !== 'object' || body === null) return [];
  // `Array.isArray` does not narrow readonly arrays; the values of either are JSON.
  return (Object.values(body) as Json[]).flatMap(bodyTexts);
}

/** Compares a document with the tables of keys. What does not fit is a problem; what fits can be read without asking again. */
import { LIMITS } from '@holdfast/base';
import { DURATION_MAX_MS, durationMs, durationText } from './duration.ts';
import { isFieldForm, TYPE_NAMES } from './fields.ts';
import { WORKFLOW_KEYS } from './keys.ts';
import type { MapNode, ScalarNode, YamlNode } from './node.ts';
import type { Problems } from './problems.ts';
import type { Keys, Shape } from './shape.ts';
import { KEYS_BY_TYPE, type TypeName } from './step-keys.ts';

/** Most members of a mapping whose keys the author chooses: fields, headers, input. */
const MEMBERS_MAX = 256;

/** Reports everything that does not fit; false when there is more than can be looked at, and nobody should go on. */
export function checkShape(root: MapNode, problems: Problems): boolean {
  const walk: Walk = { problems, steps: 0, isBounded: true };
  checkKeys(walk, root, { keys: WORKFLOW_KEYS, what: 'a workflow', depth: 0 });
  return walk.isBounded;
}

/** The type of a step as it is written; STANDARD without one, undefined for one that is not known. */
export function typeOf(step: MapNode): TypeName | undefined {
  const node = step.entries.get('type')?.value;
  if (node === undefined) return 'STANDARD';
  const value = node.kind === 'scalar' ? node.value : undefined;
  return typeof value === 'string' && isTypeName(value) ? value : undefined;
}

function isTypeName(value: string): value is TypeName {
  return Object.hasOwn(KEYS_BY_TYPE, value);
}

type Walk = { problems: Problems; steps: number; isBounded: boolean };

/** Where in the document a value stands: what people call it, and how many steps are around it. */
type At = { name: string; depth: number };

function checkKeys(walk: Walk, map: MapNode, of: { keys: Keys; what: string; depth: number }): void {
  for (const [key, { keyAt, value }] of map.entries) {
    const known = Object.hasOwn(of.keys, key) ? of.keys[key] : undefined;
    if (known === undefined) {
      const hint = walk.problems.hint(key, Object.keys(of.keys));
      walk.problems.error(keyAt, 'unknown_key', `"${key}" is not a key of ${of.what}.${hint}`);
    } else if (!isNothing(value)) {
      checkValue(walk, value, { shape: known.shape, name: key, depth: of.depth });
    }
  }
  for (const [key, { isRequired }] of Object.entries(of.keys)) {
    const value = map.entries.get(key)?.value;
    if (isRequired === true && (value === undefined || isNothing(value))) {
      walk.problems.error(map.at, 'missing_key', `${capital(of.what)} needs "${key}": add it.`);
    }
  }
}

function checkValue(walk: Walk, node: YamlNode, of: At & { shape: Shape }): void {
  const { shape, name } = of;
  switch (shape.kind) {
    case 'json':
      break;
    case 'field':
      checkField(walk, node, of);
      break;
    case 'step':
      checkStep(walk, node, of);
      break;
    case 'by_kind': {
      const inner = shape[node.kind];
      if (inner === undefined) wrong(walk, node, { name, wants: kindsOf(shape) });
      else checkValue(walk, node, { ...of, shape: inner });
      break;
    }
    case 'list':
      checkList(walk, node, { ...of, shape });
      break;
    case 'map':
      checkMap(walk, node, { ...of, shape });
      break;
    case 'object':
      if (node.kind !== 'map') wrong(walk, node, { name, wants: 'a mapping' });
      else checkKeys(walk, node, { keys: shape.keys, what: `"${name}"`, depth: of.depth });
      break;
    default:
      checkScalar(walk, node, { name, shape });
  }
}

function checkList(walk: Walk, node: YamlNode, of: At & { shape: Extract<Shape, { kind: 'list' }> }): void {
  const { shape, name } = of;
  if (node.kind !== 'list') {
    wrong(walk, node, { name, wants: 'a list' });
  } else if (node.items.length < (shape.min ?? 0)) {
    walk.problems.error(node.at, 'empty', `"${name}" is empty: add one.`);
  } else if (node.items.length > shape.max) {
    const message = `"${name}" has ${node.items.length} items, at most ${shape.max} are allowed.`;
    tooMuch(walk, node, { code: 'too_many', message });
  } else {
    for (const item of node.items) checkValue(walk, item, { ...of, shape: shape.of });
  }
}

function checkScalar(
  walk: Walk,
  node: YamlNode,
  { name, shape }: { name: string; shape: ScalarShape },
): void {
  if (node.kind !== 'scalar') {
    wrong(walk, node, { name, wants: wantsOf(shape) });
  } else if (!fits(node, shape)) {
    const message = `"${name}" must be ${wantsOf(shape)}.${hintOf(walk.problems, node, shape)}`;
    walk.problems.error(node.at, 'wrong_value', message);
  }
}

type ScalarShape = Extract<Shape, { kind: 'text' | 'boolean' | 'number' | 'duration' | 'choice' }>;

function fits({ value, source }: ScalarNode, shape: ScalarShape): boolean {
  switch (shape.kind) {
    case 'text':
      if (value === null) return false;
      return (
        shape.pattern === undefined || whole(shape.pattern).test(typeof value === 'string' ? value : source)
      );
    case 'boolean':
      return typeof value === 'boolean';
    case 'number':
      if (typeof value !== 'number' || value < shape.min || value > shape.max) return false;
      return !shape.isInteger || Number.isInteger(value);
    case 'duration':
      return (shape.orNone && value === 'none') || durationMs(value) !== undefined;
    case 'choice':
      return typeof value === 'string' && shape.values.includes(value);
  }
}

function wantsOf(shape: ScalarShape): string {
  switch (shape.kind) {
    case 'text':
      return shape.what ?? 'a text';
    case 'boolean':
      return 'true or false';
    case 'number':
      return `${shape.isInteger ? 'an integer' : 'a number'} from ${shape.min} to ${shape.max}`;
    case 'duration': {
      const none = shape.orNone ? ', or none' : '';
      return `a duration such as 500ms, 10s, 5m, 2h or 1d, at most ${durationText(DURATION_MAX_MS)}${none}`;
    }
    case 'choice':
      return shape.values.length === 1 ? String(shape.values[0]) : `one of ${shape.values.join(', ')}`;
  }
}

function hintOf(problems: Problems, { value }: ScalarNode, shape: ScalarShape): string {
  if (shape.kind !== 'choice' || typeof value !== 'string') return '';
  return problems.hint(value, shape.values) || problems.hint(value.toUpperCase(), shape.values);
}

function checkMap(walk: Walk, node: YamlNode, of: At & { shape: Extract<Shape, { kind: 'map' }> }): void {
  if (node.kind !== 'map') {
    wrong(walk, node, { name: of.name, wants: 'a mapping' });
    return;
  }
  if (node.entries.size > MEMBERS_MAX) {
    const message = `"${of.name}" has ${node.entries.size} members, at most ${MEMBERS_MAX} are allowed.`;
    tooMuch(walk, node, { code: 'too_many', message });
    return;
  }
  const names = of.shape.names === undefined ? undefined : whole(of.shape.names);
  for (const [key, { keyAt, value }] of node.entries) {
    if (names?.test(key) === false) {
      walk.problems.error(
        keyAt,
        'wrong_name',
        `"${key}" cannot be a name: use letters, digits and _, at most 64.`,
      );
    }
    checkValue(walk, value, { shape: of.shape.of, name: key, depth: of.depth });
  }
}

function checkField(walk: Walk, node: YamlNode, { name }: At): void {
  if (isFieldForm(node)) return;
  const hint =
    node.kind === 'scalar' && typeof node.value === 'string'
      ? walk.problems.hint(node.value, TYPE_NAMES)
      : '';
  const message = `"${name}" must be a type: ${TYPE_NAMES.join(', ')}, with ? if it may be absent, or a mapping.${hint}`;
  walk.problems.error(node.at, 'wrong_type', message);
}

function checkStep(walk: Walk, node: YamlNode, of: At): void {
  if (node.kind !== 'map') {
    wrong(walk, node, { name: of.name, wants: 'steps, each a mapping' });
    return;
  }
  walk.steps += 1;
  if (walk.steps === LIMITS.workflowDefinitionStepsMax + 1) {
    const message = `More than ${LIMITS.workflowDefinitionStepsMax} steps: move some into a sub-workflow.`;
    tooMuch(walk, node, { code: 'too_many_steps', message });
  }
  if (walk.steps > LIMITS.workflowDefinitionStepsMax) return;
  const depth = of.depth + 1;
  const type = typeOf(node);
  if (depth > LIMITS.workflowBlockDepthMax) {
    const most = LIMITS.workflowBlockDepthMax;
    const message = `Branches and loops stand in each other more than ${most} deep: use a sub-workflow.`;
    tooMuch(walk, node, { code: 'too_deep', message });
  } else if (type === undefined) {
    wrongType(walk, node);
  } else {
    // The type was looked at: it chose these keys.
    const keys: Keys = { type: { shape: { kind: 'json' }, about: '' }, ...KEYS_BY_TYPE[type] };
    checkKeys(walk, node, { keys, what: `a step of type ${type}`, depth });
  }
}

function wrongType(walk: Walk, step: MapNode): void {
  const node = step.entries.get('type')?.value ?? step;
  const text = node.kind === 'scalar' ? String(node.value) : 'this';
  const types = Object.keys(KEYS_BY_TYPE);
  const message = `"${text}" is not a type of step: ${types.join(', ')}.${walk.problems.hint(text.toUpperCase(), types)}`;
  walk.problems.error(node.at, 'unknown_type', message);
}

function tooMuch(walk: Walk, node: YamlNode, { code, message }: { code: string; message: string }): void {
  walk.isBounded = false;
  walk.problems.error(node.at, code, message);
}

function wrong(walk: Walk, node: YamlNode, { name, wants }: { name: string; wants: string }): void {
  const is = { map: 'a mapping', list: 'a list', scalar: 'a single value' }[node.kind];
  walk.problems.error(node.at, 'wrong_value', `"${name}" must be ${wants}, it is ${is}.`);
}

function kindsOf({ scalar, list, map }: Extract<Shape, { kind: 'by_kind' }>): string {
  return [scalar && 'a single value', list && 'a list', map && 'a mapping'].filter(Boolean).join(' or ');
}

function isNothing(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.value === null;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function whole(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`);
}

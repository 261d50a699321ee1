/** Reads decisions, and what becomes one: routes of a step that acts, and steps that are inserted when a field has a value. */
import type { DecisionStep, Step } from './model.ts';
import {
  itemsOf,
  type MapNode,
  mapOf,
  memberOf,
  type ScalarNode,
  type Text,
  textOf,
  type YamlNode,
} from './node.ts';
import { mark } from './read-acting.ts';
import { NO_RETRY, readBase, stepOf } from './read-base.ts';
import { literal, pathText, type StepReading } from './reading.ts';

/** A step that goes where the first true condition says. */
export function readDecision(map: MapNode, reading: StepReading): DecisionStep {
  return decisionOf(map, reading, readBase(map, reading).name);
}

/** Steps of which the last is followed by the routes of the same entry, as a decision of its own. */
export function withRoutes(
  map: MapNode,
  reading: StepReading,
  read: (map: MapNode, reading: StepReading) => Step,
): Step[] {
  if (memberOf(map, 'routes') === undefined) return [read(map, reading)];
  const next = map.entries.get('next');
  if (next !== undefined) {
    reading.problems.error(
      next.keyAt,
      'conflicting_keys',
      '"next" and "routes" both say where to go: keep one.',
    );
  }
  const name = `${textOf(map, 'name')?.text ?? ''}-routes`;
  return [
    read(withoutNext(map), { ...reading, following: name }),
    decisionOf(withoutNext(map), reading, name),
  ];
}

function withoutNext(map: MapNode): MapNode {
  return { ...map, entries: new Map([...map.entries].filter(([key]) => key !== 'next')) };
}

function decisionOf(map: MapNode, reading: StepReading, name: string): DecisionStep {
  const { problems, places, following } = reading;
  const routes: { condition: string; target: string }[] = [];
  let fallback: Text | undefined;
  for (const item of itemsOf(map, 'routes')) {
    if (item.kind !== 'map') continue;
    const [condition, target, otherwise] = ['condition', 'target', 'default'].map((key) => textOf(item, key));
    if (otherwise !== undefined) {
      if (condition !== undefined || target !== undefined) {
        problems.error(
          item.at,
          'wrong_route',
          'A route is a condition and its target, or a default: make two of it.',
        );
      }
      if (fallback !== undefined) problems.error(item.at, 'wrong_route', 'There are two defaults: keep one.');
      fallback = otherwise;
    } else if (condition === undefined || target === undefined) {
      problems.error(item.at, 'wrong_route', 'A route needs "condition" and "target", or "default" alone.');
    } else {
      const route = { condition: condition.text, target: target.text };
      mark(reading, route, { condition, target });
      routes.push(route);
    }
  }
  const base = { ...readBase(map, { ...reading, following }), name, next: following, retry: NO_RETRY };
  const rest = { timeout_ms: null, deadline_ms: null, compensate: null };
  const step = stepOf<DecisionStep>(
    { ...base, ...rest },
    { type: 'DECISION', routes, default_target: fallback?.text ?? null },
    reading,
  );
  places.mark(step, '', memberOf(map, 'routes') ?? map);
  if (textOf(map, 'name')?.text === name) places.mark(step, 'name', memberOf(map, 'name') ?? map);
  mark(reading, step, { default_target: fallback });
  warnWithoutDefault(step, memberOf(map, 'routes') ?? map, reading);
  return step;
}

function warnWithoutDefault(step: DecisionStep, node: YamlNode, { problems }: StepReading): void {
  if (
    step.default_target !== null ||
    step.routes.length === 0 ||
    step.routes.some(({ condition }) => condition === 'true')
  )
    return;
  const message = 'When no condition is true the step fails: end the routes with "- default: NAME".';
  problems.warn(node.at, 'no_default', message);
}

/** A step, and after it what its rules insert: for each rule a decision that goes through its steps or past them. */
export function withInjection(
  map: MapNode,
  reading: StepReading,
  read: (map: MapNode, reading: StepReading) => Step[],
): Step[] {
  const rules = itemsOf(mapOf(map, 'dynamic_injection') ?? map, 'rules').filter(
    (rule) => rule.kind === 'map',
  );
  if (rules.length === 0) return read(map, reading);
  const routes = map.entries.get('routes');
  if (routes !== undefined) {
    const message = '"routes" and "dynamic_injection" both say what follows: write the insertion as routes.';
    reading.problems.error(routes.keyAt, 'conflicting_keys', message);
  }
  const name = textOf(map, 'name')?.text ?? '';
  const decisionName = (index: number) => `${name}-insert-${index + 1}`;
  const after = textOf(map, 'next')?.text ?? reading.following;
  const steps = read(withoutNext(map), { ...reading, following: decisionName(0) });
  rules.forEach((rule, index) => {
    const following = index + 1 < rules.length ? decisionName(index + 1) : after;
    steps.push(...insertionOf(rule, { ...reading, following }, { name: decisionName(index), map }));
  });
  return steps;
}

function insertionOf(rule: MapNode, reading: StepReading, of: { name: string; map: MapNode }): Step[] {
  const { locals, following, places } = reading;
  const inserted = reading.readSteps(itemsOf(rule, 'steps_to_insert'), { locals, following });
  const route = { condition: conditionOf(rule, reading), target: inserted[0]?.name ?? following };
  places.mark(route, 'condition', { kind: 'list', at: rule.at, items: [] });
  places.mark(route, 'target', rule);
  const decision: DecisionStep = {
    type: 'DECISION',
    name: of.name,
    description: null,
    next: following,
    on_failure: textOf(of.map, 'on_failure')?.text ?? null,
    retry: NO_RETRY,
    timeout_ms: null,
    deadline_ms: null,
    compensate: null,
    routes: [route],
    default_target: following,
  };
  places.mark(decision, '', rule);
  return [decision, ...inserted];
}

/** The rule as an expression. A field that is not there is not any value. */
function conditionOf(rule: MapNode, { locals, problems }: StepReading): string {
  const key = textOf(rule, 'condition_key');
  const path = key === undefined ? 'state' : pathText(key, locals).text;
  const match = rule.entries.get('value_match')?.value;
  const isNot = rule.entries.get('value_is_not')?.value;
  if ((match === undefined) === (isNot === undefined)) {
    problems.error(rule.at, 'wrong_rule', 'A rule needs "value_match" or "value_is_not", one of them.');
    return 'false';
  }
  const given = match ?? isNot;
  const values = given?.kind === 'list' ? given.items : given === undefined ? [] : [given];
  const scalars = values.filter((value): value is ScalarNode => value.kind === 'scalar');
  if (scalars.length < values.length || (match !== undefined && given?.kind === 'list')) {
    problems.error(
      given?.at ?? rule.at,
      'wrong_rule',
      'A rule compares with single values: a text, a number, true or false.',
    );
    return 'false';
  }
  const names = scalars
    .map((value) => (value.value === null ? '' : literal(value)))
    .filter((value) => value !== '');
  const isAbsent = `not has(${path})`;
  const comparisons = names.map((value) => `${path} ${match === undefined ? '!=' : '=='} ${value}`);
  if (match !== undefined)
    return names.length === 0 ? isAbsent : `has(${path}) and ${comparisons.join(' and ')}`;
  const differs = comparisons.length === 0 ? 'true' : `(${comparisons.join(' and ')})`;
  return names.length < scalars.length ? `has(${path}) and ${differs}` : `${isAbsent} or ${differs}`;
}

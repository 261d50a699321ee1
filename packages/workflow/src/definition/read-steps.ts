/** Reads the steps of a block. An entry may become several steps; the first of them has its name. */
import { typeOf } from './check-shape.ts';
import { END, type Step } from './model.ts';
import { booleanOf, itemsOf, type MapNode, textOf, type YamlNode } from './node.ts';
import { ignored, readFunction, readHttp, readInference, readWasm } from './read-acting.ts';
import { readLoop, readParallel } from './read-blocks.ts';
import { readDecision, withInjection, withRoutes } from './read-decision.ts';
import { readCron, readHuman, readSubWorkflow, readWait } from './read-waiting.ts';

import type { Reading, StepReading } from './reading.ts';

/** What all steps of a definition are read with. */
export type StepsReading = Reading & {
  /** Fields that the state has from the start. */
  always: readonly string[];
};

/** The steps of a definition, its branches and loops included. Entries that were reported as unreadable are left out. */
export function readSteps(nodes: readonly YamlNode[], reading: StepsReading): Step[] {
  return readBlock(nodes, reading, { locals: [], following: END });
}

type Around = { locals: readonly string[]; following: string };

function readBlock(nodes: readonly YamlNode[], reading: StepsReading, around: Around): Step[] {
  const entries = nodes.filter((node) => node.kind === 'map');
  const steps: Step[] = [];
  entries.forEach((map, index) => {
    const type = typeOf(map);
    if (type === undefined) return;
    const next = entries[index + 1];
    const following =
      next === undefined ? around.following : (textOf(next, 'name')?.text ?? around.following);
    const readInner: StepReading['readSteps'] = (inner, of) => readBlock(inner, reading, of);
    const ofStep: StepReading = { ...reading, locals: around.locals, following, readSteps: readInner };
    checkEarlier(map, entries.slice(0, index), reading);
    steps.push(...withInjection(map, ofStep, (entry, within) => readEntry(entry, within, reading)));
  });
  return steps;
}

function readEntry(map: MapNode, reading: StepReading, { always }: StepsReading): Step[] {
  switch (typeOf(map)) {
    case 'DECISION':
      if (textOf(map, 'function') === undefined) return [readDecision(map, reading)];
      return withRoutes(map, reading, readFunction);
    case 'HTTP':
      return [readHttp(map, reading)];
    case 'PARALLEL':
      return [readParallel(map, reading)];
    case 'LOOP':
      return [readLoop(map, reading)];
    case 'WAIT':
      return [readWait(map, reading)];
    case 'HUMAN_IN_LOOP':
      return readHuman(map, reading);
    case 'SUB_WORKFLOW':
      return [readSubWorkflow(map, reading, 'SUB_WORKFLOW')];
    case 'FIRE_AND_FORGET':
      return [readSubWorkflow(map, reading, 'FIRE_AND_FORGET')];
    case 'CRON_SCHEDULE':
      return [readCron(map, reading)];
    case 'AI_INFERENCE':
      return [readInference(map, reading)];
    case 'WASM':
      return [readWasm(map, reading, always)];
    default:
      return withRoutes(map, reading, readFunction);
  }
}

/** Keys that order steps in other systems: here the order of the list does, so they are compared with it. */
function checkEarlier(map: MapNode, before: readonly MapNode[], reading: Reading): void {
  if (booleanOf(map, 'automate_next') === false) ignored(map, 'automate_next', reading);
  const dependencies = itemsOf(map, 'dependencies');
  if (dependencies.length === 0) return;
  const names = before.map((entry) => textOf(entry, 'name')?.text);
  for (const item of dependencies) {
    if (item.kind !== 'scalar' || names.includes(String(item.value))) continue;
    const message = `"${String(item.value)}" is no step before this one: move it up, or remove the dependency.`;
    reading.problems.error(item.at, 'unknown_dependency', message);
  }
}

/** Worlds of definitions in YAML, for tests. */

import { loadDefinition } from '../definition/load.ts';
import type { Program } from '../definition/program.ts';
import { type TestFunction, TestWorld, type WorldOptions } from './testing-world.ts';

/** A call of the outside that takes and gives nothing, unless it says otherwise. */
export function outside(name: string, of: Partial<TestFunction> = {}): TestFunction {
  return { name, summary: name, effect: 'external', input: {}, output: {}, failures: [], ...of };
}

/** A world in which `texts` are loaded; throws what is wrong with them. */
export function openYaml(texts: readonly string[], options: Omit<WorldOptions, 'programs'>): TestWorld {
  const functions = new Map(options.functions.map((spec) => [spec.name, spec]));
  const programs = texts.map((text): Program => {
    const loaded = loadDefinition(text, { functions, models: new Map(), defaultModel: {} });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    return loaded.program;
  });
  return new TestWorld({ programs, ...options });
}

/** The name of the function that is called; that of the step for others. */
export function calleeOf({
  what,
}: {
  what: { kind: 'function'; function: string } | { kind: 'step'; step: string };
}): string {
  return what.kind === 'function' ? what.function : what.step;
}

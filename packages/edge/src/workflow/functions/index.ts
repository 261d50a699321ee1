/** The functions of an edge: one set for the definitions that name them and for whoever runs them. */
import type { FunctionSpec, FunctionTable } from '@holdfast/workflow';
import type { InsideFunction, OutsideFunction } from './function.ts';
import { INSIDE_FUNCTIONS } from './inside.ts';
import { OUTSIDE_FUNCTIONS } from './outside.ts';

/** Functions by name: those that run within a commit, those that reach beyond it, and what is known of all of them. */
export type FunctionSet = {
  inside: ReadonlyMap<string, InsideFunction>;
  outside: ReadonlyMap<string, OutsideFunction>;
  table: FunctionTable;
};

/** The functions of the edge, and others beside them. */
export function createFunctionSet(
  more: { inside?: readonly InsideFunction[]; outside?: readonly OutsideFunction[] } = {},
): FunctionSet {
  const inside = new Map([...INSIDE_FUNCTIONS, ...(more.inside ?? [])].map((each) => [each.spec.name, each]));
  const outside = new Map(
    [...OUTSIDE_FUNCTIONS, ...(more.outside ?? [])].map((each) => [each.spec.name, each]),
  );
  const all = [...inside.values(), ...outside.values()];
  return { inside, outside, table: new Map<string, FunctionSpec>(all.map(({ spec }) => [spec.name, spec])) };
}

/** The functions of an edge: one table for the definitions that name them and for whoever runs them. */
import type { FunctionSpec, FunctionTable } from '@holdfast/workflow';
import { INSIDE_FUNCTIONS } from './inside.ts';
import { OUTSIDE_FUNCTIONS } from './outside.ts';

/** What is known of each function, by name. */
export const FUNCTIONS: FunctionTable = new Map<string, FunctionSpec>(
  [...INSIDE_FUNCTIONS, ...OUTSIDE_FUNCTIONS].map(([name, { spec }]) => [name, spec]),
);

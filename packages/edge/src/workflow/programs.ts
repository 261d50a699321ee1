/** Compiled definitions by the hash that names them: what a hash stands for never changes, so nothing here goes stale. */
import { compileDefinition, type Definition, type Program } from '@holdfast/workflow';

/** More definitions than a store has in use. */
const PROGRAMS_MAX = 256;

export type Programs = {
  /** The program of a hash; `canonical` gives its definition when it has to be compiled. */
  get(hash: string, canonical: () => string): Program;
};

/** An empty cache; when it is full, the program that was asked for the longest ago goes. */
export function createPrograms(): Programs {
  const programs = new Map<string, Program>();
  return {
    get(hash, canonical) {
      const known = programs.get(hash);
      // What was asked for last comes last.
      if (known !== undefined && programs.size > 1) programs.delete(hash);
      const program = known ?? compileDefinition(parse(canonical()));
      programs.set(hash, program);
      const [oldest] = programs.keys();
      if (programs.size > PROGRAMS_MAX && oldest !== undefined) programs.delete(oldest);
      return program;
    },
  };
}

function parse(canonical: string): Definition {
  // It was written by this program, after it had been checked.
  return JSON.parse(canonical) as Definition;
}

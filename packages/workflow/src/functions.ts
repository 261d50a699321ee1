/** Functions that steps name: what they are called, what they read and write, and what they may do. */
import type { Fields } from './types.ts';

/**
 * `pure`: reads its input, changes nothing. `local`: changes the store, within the commit that moves the cursor.
 * `external`: anything else (hardware, the network), between the commit of its intent and the commit of its result.
 */
export type Effect = 'pure' | 'local' | 'external';

/** What is known of a function when a definition is loaded. */
export type FunctionSpec = {
  /** As steps name it: `edge.print_receipt`. */
  name: string;
  summary: string;
  effect: Effect;
  /** What it needs of the state; what is not optional must be there when the step runs. */
  input: Fields;
  /** What it may add to the state. */
  output: Fields;
  /** Codes with which it may fail, for `retry_on`, `give_up_on` and people. */
  failures: readonly string[];
  /** Whether it can be asked what became of a call that was never answered; an external one alone. */
  canQuery?: boolean;
};

/** The functions of a host, by name. */
export type FunctionTable = ReadonlyMap<string, FunctionSpec>;

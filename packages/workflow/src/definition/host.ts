/** What a definition may name: what the host of workflows has. */
import type { FunctionTable } from '../functions.ts';
import type { Fields } from '../types.ts';

/** The names a definition is checked against when it is loaded. */
export type DefinitionHost = {
  functions: FunctionTable;
  /** Named sets of fields, for `initial_state_model` and `input_model`. */
  models: ReadonlyMap<string, Fields>;
  /** The fields of a workflow that declares none. */
  defaultModel: Fields;
  /** Workflows that can be started; without it any name is accepted. The one that is loaded is always among them. */
  workflowTypes?: ReadonlySet<string>;
  /** Whether requests may hold a secret of that name; without it any is accepted. */
  hasSecret?: (name: string) => boolean;
};

/** What a plug-in answers when it does not: a code that steps can name in `retry_on`, and a sentence for people. */
import type { CallResult } from '@holdfast/workflow';

/** A model or a module leaves nothing behind, so what went wrong has never half happened: there is no `unknown`. */
export type Failure = Extract<CallResult, { kind: 'failed' }>;

/**
 * `final`: another try would only repeat it.
 *
 * - `module_unknown`, `model_unknown`: it is not in the folder.
 * - `module_damaged`, `model_damaged`: the file is not what its hash, or its description, says.
 * - `module_refused`: it wants more than a module may have.
 * - `bad_input`, `bad_output`: what goes in, or comes out, does not fit.
 * - `module_failed`: it ended with an error.
 * - `no_plugin`: the step wants a runtime that this is not.
 */
export type FinalCode =
  | 'module_unknown'
  | 'model_unknown'
  | 'module_damaged'
  | 'model_damaged'
  | 'module_refused'
  | 'bad_input'
  | 'bad_output'
  | 'module_failed'
  | 'no_plugin';

/** Codes of what another try may not meet. */
export type PassingCode = 'timed_out' | 'cancelled' | 'plugin_crashed' | 'overloaded';

/** A failure that every try would meet. */
export function finalFailure(code: FinalCode, message: string): Failure {
  return { kind: 'failed', code, message, final: true };
}

/** A failure that another try may not meet. */
export function passingFailure(code: PassingCode, message: string): Failure {
  return { kind: 'failed', code, message };
}

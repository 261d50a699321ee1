export { compileDefinition } from './definition/compile.ts';
export type { DefinitionHost } from './definition/host.ts';
export { type Loaded, loadDefinition } from './definition/load.ts';
export {
  type Definition,
  END,
  type HttpStep,
  type Problem,
  type Step,
  type StepType,
} from './definition/model.ts';
export { expressionKey, type Program } from './definition/program.ts';
export { workflowSchema } from './definition/schema.ts';
export { NOT_DONE } from './engine/calls.ts';
export { type CallContext, createDriver, type Driver } from './engine/driver.ts';
export type { Call, CallTarget, InstanceEvent, ScheduleOrder, StepRecord } from './engine/events.ts';
export {
  type Handled,
  handle,
  type InstanceStore,
  type Order,
  type Started,
  type Touched,
} from './engine/handle.ts';
export {
  type CallResult,
  ENDED,
  type Frame,
  type Instance,
  type Status,
  type StepError,
} from './engine/instance.ts';
export { type LocalCall, StepFailure } from './engine/run.ts';
export { type Standing, standingsOf } from './engine/standing.ts';
export { isCalling, wakeMs, walk } from './engine/status.ts';
export { checkFields } from './expression/check-value.ts';
export { compileExpression } from './expression/compile.ts';
export type { EvaluationFault, Expression, Scope } from './expression/expression.ts';
export type { Effect, FunctionSpec, FunctionTable } from './functions.ts';
export type { Field, Fields, FieldType, Json, JsonObject } from './types.ts';

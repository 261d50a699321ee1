export type { Failure } from './failure.ts';
export {
  createInference,
  type Inference,
  type InferenceOptions,
  type InferenceOutput,
  type InferenceRequest,
} from './inference.ts';
export { inferenceCalls, type StepCall, wasmCalls } from './step-calls.ts';
export { createWasm, type Wasm, type WasmOptions, type WasmRequest } from './wasm.ts';

/** The steps that plug-ins carry out. */
import type { Step } from '@holdfast/workflow';

export type InferenceStep = Extract<Step, { type: 'AI_INFERENCE' }>;
export type WasmStep = Extract<Step, { type: 'WASM' }>;

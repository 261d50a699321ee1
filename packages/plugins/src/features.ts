/** From the input of a step to what a model is given: the right numbers, in the right order, and nothing assumed. */
import type { Json } from '@holdfast/workflow';
import type { Feature } from './model-card.ts';
import type { InferenceStep } from './steps.ts';

const DECIMAL = /^-?\d{1,38}(\.\d{1,38})?$/;

/**
 * Reads features out of a list in their order, or out of a record by their names, whose other members do not matter.
 * A feature is a number, a decimal string, or true and false for 1 and 0. `normalize` takes the mean away and divides
 * by the scale. Returns what is wrong, for people, when a feature is missing, is no number, or is too large.
 */
export function readFeatures(
  input: Json,
  features: readonly Feature[],
  preprocess: InferenceStep['preprocess'],
): Float32Array | string {
  if (preprocess === 'resize') return 'this model takes numbers, and "resize" is for pictures';
  const given = valuesOf(input, features);
  if (typeof given === 'string') return given;
  const row = new Float32Array(features.length);
  for (const [index, { name, mean, scale }] of features.entries()) {
    const value = numberOf(given[index]);
    if (value === undefined) return `the feature ${name} is not a number`;
    row[index] = preprocess === 'normalize' ? (value - mean) / scale : value;
    if (!Number.isFinite(row[index])) return `the feature ${name} is too large`;
  }
  return row;
}

function valuesOf(input: Json, features: readonly Feature[]): readonly (Json | undefined)[] | string {
  if (isList(input)) {
    const [wanted, given] = [features.length, input.length];
    return wanted === given ? input : `the model takes ${wanted} features, and the list has ${given}`;
  }
  if (input === null || typeof input !== 'object') return 'the input is neither a list nor a record';
  const missing = features.find(({ name }) => !Object.hasOwn(input, name));
  if (missing !== undefined) return `the feature ${missing.name} is missing`;
  return features.map(({ name }) => input[name]);
}

function numberOf(value: Json | undefined): number | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'string' && DECIMAL.test(value) ? Number(value) : undefined;
}

/** `Array.isArray` does not narrow readonly arrays. */
function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}

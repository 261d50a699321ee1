/**
 * What stands beside a model, in `<model>.json`: what it is given, what it answers, and which file it is. A model whose
 * card does not fit is not run, because a score of swapped features looks like any other.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Failure, finalFailure } from './failure.ts';
import { whyUnreadable } from './read-verified.ts';

/** What the model is given at one place; `mean` and `scale` are those of its training. */
export type Feature = { name: string; mean: number; scale: number };

export type ModelCard = {
  /** Of the file `<model>.onnx`, hexadecimal. */
  sha256: string;
  /** Name of the input of the graph: float32, one row of all features. */
  input: string;
  /** In the order in which the model takes them. */
  features: readonly Feature[];
  /** Name of the output of the graph: float32, one number for each label, or the probability of the last of two. */
  output: string;
  labels: readonly string[];
};

const FEATURES_MAX = 4_096;
const CARD_BYTES_MAX = 1_048_576;
const SHA256 = /^[0-9a-f]{64}$/;
/** Names are file names; they lead nowhere else. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** The card of a model, read anew each time, so that a model can be replaced while the edge runs. */
export async function readModelCard(folder: string, model: string): Promise<ModelCard | Failure> {
  if (!NAME.test(model)) return finalFailure('model_unknown', `"${model}" is not the name of a model.`);
  const text = await readText(join(folder, `${model}.json`));
  if (typeof text !== 'string') {
    const message = `There is no model ${model}, ${text.why}: put ${model}.onnx and ${model}.json into ${folder}.`;
    return finalFailure('model_unknown', message);
  }
  const card = parseModelCard(text);
  return typeof card === 'string'
    ? finalFailure('model_damaged', `${model}.json does not describe a model: ${card}.`)
    : card;
}

/** A card, or what is wrong with it. */
export function parseModelCard(text: string): ModelCard | string {
  if (text.length > CARD_BYTES_MAX) return `it is longer than ${CARD_BYTES_MAX} bytes`;
  const json = parseJson(text);
  if (!isRecord(json)) return 'it is not a JSON object';
  const { sha256, input, output } = json;
  if (typeof sha256 !== 'string' || !SHA256.test(sha256)) return '"sha256" is not a SHA-256 in lower case';
  if (!isName(input) || !isName(output)) return '"input" and "output" are not names';
  const labels = listOf(json.labels, isName);
  if (labels === undefined) return '"labels" is not a list of texts';
  const features = listOf(json.features, isFeature);
  if (features === undefined) return '"features" is not a list of {name, mean, scale} with scales above zero';
  if (new Set(features.map(({ name }) => name)).size < features.length) return 'a feature stands in it twice';
  return { sha256, input, output, features, labels };
}

async function readText(path: string): Promise<string | { why: string }> {
  try {
    const stats = await stat(path);
    if (!stats.isFile()) return { why: 'it is no file' };
    if (stats.size > CARD_BYTES_MAX) return { why: `its card is longer than ${CARD_BYTES_MAX} bytes` };
    return await readFile(path, 'utf8');
  } catch (error) {
    return { why: whyUnreadable(error) };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // The caller says that it is not an object.
  }
}

function listOf<T>(value: unknown, isItem: (item: unknown) => item is T): T[] | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > FEATURES_MAX) return undefined;
  return value.every(isItem) ? value : undefined;
}

function isFeature(value: unknown): value is Feature {
  if (!isRecord(value)) return false;
  const { name, mean, scale } = value;
  return (
    isName(name) && Number.isFinite(mean) && typeof scale === 'number' && scale > 0 && Number.isFinite(scale)
  );
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

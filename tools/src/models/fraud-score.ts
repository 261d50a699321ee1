/** The model `fraud-score`: how it is trained, and its two files. Training again gives the same bytes. */
import { must } from '@holdfast/base';
import { sha256Hex } from '@holdfast/crypto';
import { forward, type Network, trainNetwork } from './network.ts';
import { encodeOnnx, INPUT, OUTPUT } from './onnx-file.ts';
import { type Example, FEATURES, syntheticSales } from './synthetic-sales.ts';

export const MODELS_FOLDER = 'models';
export const FRAUD_SCORE = 'fraud-score';
const LABELS = ['genuine', 'fraud'];
const FRAUD = 1;
const EXAMPLES = 6_000;
const SEED = 20_260_101;
const TRAINING = { hiddenSize: 8, classes: LABELS.length, epochs: 20, batch: 32, rate: 0.01, seed: SEED };

type Scaling = { name: string; mean: number; scale: number }[];

export type FraudScore = { network: Network; features: Scaling };

/** Trains the model. */
export function trainFraudScore(): FraudScore {
  const examples = syntheticSales(EXAMPLES, SEED);
  const features = scalingOf(examples);
  const samples = examples.map((example) => ({
    inputs: normalized(example.features, features),
    target: example.isFraud ? FRAUD : 0,
  }));
  return { network: trainNetwork(samples, TRAINING), features };
}

/** The probability of fraud, in plain arithmetic. */
export function plainScore({ network, features }: FraudScore, values: readonly number[]): number {
  return must(forward(network, normalized(values, features))[FRAUD], 'there are two classes');
}

/** Both files by their path from the root. */
export function fraudScoreFiles({ network, features }: FraudScore): Map<string, Uint8Array | string> {
  const bytes = encodeOnnx(FRAUD_SCORE, network);
  const card = {
    description:
      'The probability that a sale is fraud. Trained on synthetic sales: an example, not a judgement.',
    ...{ sha256: sha256Hex(bytes), input: INPUT, features, output: OUTPUT, labels: LABELS },
  };
  return new Map<string, Uint8Array | string>([
    [`${MODELS_FOLDER}/${FRAUD_SCORE}.onnx`, bytes],
    [`${MODELS_FOLDER}/${FRAUD_SCORE}.json`, `${JSON.stringify(card, null, 2)}\n`],
  ]);
}

/** Mean and deviation of each feature, in few digits: the card holds all there is of them. */
function scalingOf(examples: readonly Example[]): Scaling {
  return FEATURES.map((name, index) => {
    const values = examples.map(({ features }) => must(features[index], 'an example has every feature'));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    return { name, mean: Number(mean.toPrecision(6)), scale: Number(Math.sqrt(variance).toPrecision(6)) };
  });
}

function normalized(values: readonly number[], scaling: Scaling): number[] {
  return scaling.map(
    ({ mean, scale }, index) => (must(values[index], 'every feature is there') - mean) / scale,
  );
}

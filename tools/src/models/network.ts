/**
 * A network of two layers, trained by Adam (Kingma and Ba, 2015) on cross-entropy, in plain arithmetic: the same
 * examples and the same seed give the same weights.
 */
import { createVirtualPorts, must, type Random } from '@holdfast/base';

/** `weights[i][j]` leads from the input `i` to the output `j`. */
export type Layer = { weights: number[][]; biases: number[] };

/** Inputs → `hidden` with rectified outputs → `output`, whose numbers become probabilities of the classes. */
export type Network = { hidden: Layer; output: Layer };

/** `inputs` have a mean of zero and a deviation of one. */
export type Sample = { inputs: readonly number[]; target: number };

export type Training = {
  hiddenSize: number;
  classes: number;
  epochs: number;
  batch: number;
  rate: number;
  seed: number;
};

type Forward = { activations: number[]; probabilities: number[] };

/** Trains a network. Weights are numbers of 32 bits in the end, so that a file of them is the network itself. */
export function trainNetwork(samples: readonly Sample[], training: Training): Network {
  const { hiddenSize, classes, epochs, batch, rate, seed } = training;
  const { random } = createVirtualPorts({ seed });
  const width = must(samples[0], 'there is something to learn').inputs.length;
  const network = {
    hidden: drawLayer(width, hiddenSize, random),
    output: drawLayer(hiddenSize, classes, random),
  };
  const weights = [...rowsOf(network.hidden), ...rowsOf(network.output)];
  const steps = weights.map((row) => row.map(() => ({ mean: 0, square: 0 })));
  let count = 0;
  for (let epoch = 0; epoch < epochs; epoch += 1)
    for (let first = 0; first < samples.length; first += batch) {
      const gradients = gradientsOf(network, samples.slice(first, first + batch));
      count += 1;
      for (const [row, values] of weights.entries())
        for (const [column, gradient] of at(gradients, row).entries())
          values[column] = at(values, column) - rate * adam(at(at(steps, row), column), gradient, count);
    }
  for (const row of weights) for (const [index, value] of row.entries()) row[index] = Math.fround(value);
  return network;
}

/** Probabilities of the classes. */
export function forward(network: Network, inputs: readonly number[]): number[] {
  return run(network, inputs).probabilities;
}

function run({ hidden, output }: Network, inputs: readonly number[]): Forward {
  const activations = apply(hidden, inputs).map((value) => Math.max(0, value));
  const values = apply(output, activations);
  const largest = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return { activations, probabilities: powers.map((power) => power / sum) };
}

function apply({ weights, biases }: Layer, inputs: readonly number[]): number[] {
  return biases.map((bias, to) =>
    inputs.reduce((sum, input, from) => sum + input * at(at(weights, from), to), bias),
  );
}

/** The mean gradient of a batch, row by row as {@link rowsOf} has them. */
function gradientsOf(network: Network, samples: readonly Sample[]): number[][] {
  const gradients = [...rowsOf(network.hidden), ...rowsOf(network.output)].map((row) => row.map(() => 0));
  const inner = network.hidden.weights.length + 1;
  for (const { inputs, target } of samples) {
    const { activations, probabilities } = run(network, inputs);
    const errors = probabilities.map((value, index) => (value - (index === target ? 1 : 0)) / samples.length);
    const back = activations.map((value, index) =>
      value > 0 ? dot(at(network.output.weights, index), errors) : 0,
    );
    addOuter(gradients.slice(0, inner), inputs, back);
    addOuter(gradients.slice(inner), activations, errors);
  }
  return gradients;
}

/** Rows of weights, then the biases: an input that is always one. */
function addOuter(rows: readonly number[][], inputs: readonly number[], errors: readonly number[]): void {
  for (const [from, input] of [...inputs, 1].entries())
    for (const [to, error] of errors.entries()) at(rows, from)[to] = at(at(rows, from), to) + input * error;
}

function rowsOf({ weights, biases }: Layer): number[][] {
  return [...weights, biases];
}

/** The step for one weight, after `count` gradients. */
function adam(state: { mean: number; square: number }, gradient: number, count: number): number {
  state.mean = 0.9 * state.mean + 0.1 * gradient;
  state.square = 0.999 * state.square + 0.001 * gradient * gradient;
  return state.mean / (1 - 0.9 ** count) / (Math.sqrt(state.square / (1 - 0.999 ** count)) + 1e-8);
}

/** Uniform, within bounds that keep the spread from layer to layer (Glorot and Bengio, 2010). */
function drawLayer(from: number, to: number, random: Random): Layer {
  const bound = Math.sqrt(6 / (from + to));
  const draw = () => (random.unit() * 2 - 1) * bound;
  return {
    weights: Array.from({ length: from }, () => Array.from({ length: to }, draw)),
    biases: Array.from({ length: to }, () => 0),
  };
}

function dot(left: readonly number[], right: readonly number[]): number {
  return left.reduce((sum, value, index) => sum + value * at(right, index), 0);
}

function at<T>(list: readonly T[], index: number): T {
  return must(list[index], 'shapes fit');
}

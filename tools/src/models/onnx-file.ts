/** Writes a network as an ONNX file: `features` in, one row of float32; `probabilities` out, one for each class. */
import onnxProto from 'onnx-proto';
import type { Layer, Network } from './network.ts';

const { onnx } = onnxProto;
const { FLOAT } = onnx.TensorProto.DataType;
const INT = onnx.AttributeProto.AttributeType.INT;

/** Old enough for every runtime of the last years. */
const IR_VERSION = 8;
const OPERATORS_VERSION = 13;

export const INPUT = 'features';
export const OUTPUT = 'probabilities';

/** The bytes of the file; the same for the same network. */
export function encodeOnnx(name: string, { hidden, output }: Network): Uint8Array {
  const graph = {
    name,
    node: [
      { opType: 'Gemm', input: [INPUT, 'hidden_weights', 'hidden_biases'], output: ['hidden'] },
      { opType: 'Relu', input: ['hidden'], output: ['active'] },
      { opType: 'Gemm', input: ['active', 'output_weights', 'output_biases'], output: ['scores'] },
      {
        ...{ opType: 'Softmax', input: ['scores'], output: [OUTPUT] },
        attribute: [{ name: 'axis', type: INT, i: 1 }],
      },
    ],
    initializer: [...tensors('hidden', hidden), ...tensors('output', output)],
    input: [row(INPUT, hidden.weights.length)],
    output: [row(OUTPUT, output.biases.length)],
  };
  const model = onnx.ModelProto.fromObject({
    ...{ irVersion: IR_VERSION, producerName: 'holdfast', graph },
    opsetImport: [{ domain: '', version: OPERATORS_VERSION }],
  });
  return onnx.ModelProto.encode(model).finish();
}

function tensors(name: string, { weights, biases }: Layer) {
  return [
    tensor(`${name}_weights`, [weights.length, biases.length], weights.flat()),
    tensor(`${name}_biases`, [biases.length], biases),
  ];
}

/** Little-endian float32, as the format has it, on every machine. */
function tensor(name: string, dims: number[], values: readonly number[]) {
  const rawData = new Uint8Array(values.length * 4);
  const view = new DataView(rawData.buffer);
  for (const [index, value] of values.entries()) view.setFloat32(index * 4, value, true);
  return { name, dims, dataType: FLOAT, rawData };
}

function row(name: string, columns: number) {
  const dim = [{ dimValue: 1 }, { dimValue: columns }];
  return { name, type: { tensorType: { elemType: FLOAT, shape: { dim } } } };
}

/** Texts of workflows: each is a program, or has at least one error; every problem has a place in the text. */
import { readdirSync, readFileSync } from 'node:fs';
import { type Fields, type FunctionSpec, loadDefinition } from '@holdfast/workflow';
import { bytesOf, type FuzzTarget, holds } from '../target.ts';

const EXAMPLES = new URL('../../../../examples/workflows/', import.meta.url);
const decoder = new TextDecoder();
const SALE: Fields = { amount: { type: 'money' }, currency: { type: 'string' } };
const NAMES = ['read_card', 'validate_card_offline', 'approve_offline', 'print_receipt', 'queue_for_sync'];
const HOST = {
  functions: new Map(NAMES.map((name) => [`edge.${name}`, specOf(`edge.${name}`)])),
  models: new Map([['PaymentState', SALE]]),
  defaultModel: SALE,
};

function specOf(name: string): FunctionSpec {
  return {
    name,
    summary: name,
    effect: 'local',
    input: { amount: { type: 'money' } },
    output: {},
    failures: ['refused'],
  };
}

function readExamples(): Uint8Array[] {
  const names = readdirSync(EXAMPLES).filter((name) => name.endsWith('.yaml'));
  return names.map((name) => new Uint8Array(readFileSync(new URL(name, EXAMPLES))));
}

/** The fuzzed parser. */
export const target: FuzzTarget = {
  name: 'workflow-yaml',
  bytesMax: 2_200,
  dictionary: [
    '\n  ',
    '\n- ',
    ': ',
    '{',
    '}',
    '[',
    ']',
    '|',
    '>',
    '&a',
    '*a',
    '<<',
    '!!str',
    '"',
    "'",
    '#',
    '\t',
    '%',
    '---',
    '? ',
  ]
    .concat([
      '\n    - name: A',
      '\n    next: END',
      'type: DECISION',
      'condition: "state.amount > 1"',
      'retry:',
    ])
    .map(bytesOf),
  seeds: [
    'workflow_type: T\nsteps:\n  - name: A\n    function: edge.read_card\n',
    'workflow_type: T\nsteps:\n- {name: A, type: DECISION, routes: [{condition: "state.amount <= 50", target: END}], default: END}\n',
  ]
    .map(bytesOf)
    .concat(readExamples()),
  run(input) {
    const text = decoder.decode(input);
    const { ok, problems } = loadDefinition(text, HOST);
    const lines = text.split(/\r\n|\n|\r/).length;
    const isRefused = problems.some(({ severity }) => severity === 'error');
    holds(ok !== isRefused, 'a text is a program, or has an error');
    for (const { line, column, message } of problems) {
      holds(line >= 1 && line <= lines && column >= 1, 'a problem lies inside the text');
      holds(/\S/.test(message), 'a problem is explained');
    }
    return `${ok} ${problems.map(({ code, line, column }) => `${code}@${line}:${column}`).join(' ')}`;
  },
};

/** Texts that are definitions, nearly definitions, or nothing like one. */
import { loadDefinition } from '@holdfast/workflow';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EXAMPLES, HOST } from './testing-definitions.ts';

const texts = EXAMPLES.map(({ text }) => text);
const lines = texts.flatMap((text) => text.split('\n'));

/** Whatever the text: a program, or at least one error; each problem stands in the text. */
function check(text: string): void {
  const loaded = loadDefinition(text, HOST);
  const count = text.split(/\r\n|\n|\r/).length;
  const severities = loaded.problems.map(({ severity }) => severity);
  expect(severities.includes('error')).toBe(!loaded.ok);
  for (const { line, column, message } of loaded.problems) {
    expect(line >= 1 && line <= count && column >= 1).toBe(true);
    expect(message).toMatch(/\S/);
  }
}

/** A change of a text: lines are dropped, doubled, moved, indented or replaced by others, characters by any. */
const change = fc.oneof(
  fc.record({ kind: fc.constant('drop' as const), at: fc.nat() }),
  fc.record({ kind: fc.constant('double' as const), at: fc.nat() }),
  fc.record({ kind: fc.constant('indent' as const), at: fc.nat() }),
  fc.record({ kind: fc.constant('replace' as const), at: fc.nat(), line: fc.constantFrom(...lines) }),
  fc.record({ kind: fc.constant('insert' as const), at: fc.nat(), line: fc.constantFrom(...lines) }),
  fc.record({
    kind: fc.constant('spell' as const),
    at: fc.nat(),
    text: fc.string({ unit: 'binary', maxLength: 8 }),
  }),
);

type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function apply(text: string, it: Change): string {
  if (it.kind === 'spell') {
    const at = it.at % (text.length + 1);
    return text.slice(0, at) + it.text + text.slice(at + it.text.length);
  }
  const all = text.split('\n');
  const at = it.at % all.length;
  const line = all[at] ?? '';
  const becomes = {
    drop: [],
    double: [line, line],
    indent: [`  ${line}`],
    replace: ['line' in it ? it.line : line],
    insert: [line, 'line' in it ? it.line : line],
  }[it.kind];
  return all.toSpliced(at, 1, ...becomes).join('\n');
}

it('finds a program or an error in every text that is nearly a definition', () => {
  const mutant = fc.tuple(fc.constantFrom(...texts), fc.array(change, { minLength: 1, maxLength: 6 }));
  fc.assert(
    fc.property(mutant, ([text, changes]) => check(changes.reduce(apply, text))),
    { numRuns: 1_000 },
  );
});

it('finds an error in any bytes', () => {
  const bytes = fc.uint8Array({ maxLength: 2_000 }).map((data) => Buffer.from(data).toString('latin1'));
  const signs = fc.string({ unit: fc.constantFrom(...'[]{}:,-?&*!|>\'"%@`# \n\tab1.'), maxLength: 2_000 });
  fc.assert(fc.property(fc.oneof(bytes, signs), check), { numRuns: 1_000 });
});

it('ends soon where a text has as many wrong names as it can', () => {
  const name = (index: number) => `${'n'.repeat(55)}${index}`;
  const wrong = (index: number) => `${'n'.repeat(54)}x${index}`;
  const steps = Array.from(
    { length: 950 },
    (_, index) => `- {name: ${name(index)}, type: WAIT, for: 1, next: ${wrong(index)}}`,
  );
  check(`workflow_type: T\nsteps:\n${steps.join('\n')}\n`);
  const fields = Array.from({ length: 256 }, (_, index) => `${name(index)}: money`).join(', ');
  const routes = Array.from(
    { length: 60 },
    (_, index) => `{condition: state.${wrong(index)}, target: END}`,
  ).join(', ');
  const decisions = Array.from(
    { length: 40 },
    (_, index) => `- {name: D${index}, type: DECISION, routes: [${routes}]}`,
  );
  check(`workflow_type: T\nstate: {${fields}}\nsteps:\n${decisions.join('\n')}\n`);
});

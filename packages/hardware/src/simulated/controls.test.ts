import fc from 'fast-check';
import { expect, test } from 'vitest';
import { control, controlsOf, operate } from './controls.ts';

function create() {
  const calls: unknown[] = [];
  const controls = controlsOf(
    control({
      name: 'turn',
      label: 'Turn it',
      args: {
        way: { type: 'text', label: 'Way', allowed: ['left', 'right'] },
        degrees: { type: 'integer', label: 'Degrees', min: 0, max: 360 },
        is_slow: { type: 'boolean', label: 'Slowly' },
        note: { type: 'text', label: 'Note', charsMax: 3 },
      },
      run: (args) => {
        // The types say what the fields are.
        const way: 'left' | 'right' = args.way;
        const { degrees, is_slow, note }: { degrees: number; is_slow: boolean; note: string } = args;
        calls.push({ way, degrees, is_slow, note });
      },
    }),
    control({ name: 'break', label: 'Break it', run: async () => 'It is broken already.' }),
  );
  return { calls, simulated: { controls, snapshot: () => ({}) } };
}

const ARGS = { way: 'left', degrees: 90, is_slow: true, note: 'abc' };

test('a control gets its fields, checked', async () => {
  const { calls, simulated } = create();
  expect(await operate(simulated, { name: 'turn', args: ARGS })).toEqual({ kind: 'done' });
  expect(calls).toEqual([ARGS]);
  expect(await operate(simulated, { name: 'break' })).toEqual({
    kind: 'impossible',
    message: 'It is broken already.',
  });
  expect(await operate(simulated, { name: 'mend' })).toEqual({ kind: 'unknown_control' });
  expect(simulated.controls.map(({ name, args }) => [name, Object.keys(args ?? {})])).toEqual([
    ['turn', ['way', 'degrees', 'is_slow', 'note']],
    ['break', []],
  ]);
});

test.each<[string, unknown, string | null]>([
  ['another text', { ...ARGS, way: 'up' }, 'way'],
  ['a number for a text', { ...ARGS, way: 1 }, 'way'],
  ['a fraction', { ...ARGS, degrees: 1.5 }, 'degrees'],
  ['a number that is too large', { ...ARGS, degrees: 361 }, 'degrees'],
  ['a text for a number', { ...ARGS, degrees: '90' }, 'degrees'],
  ['a word for a boolean', { ...ARGS, is_slow: 'yes' }, 'is_slow'],
  ['a text that is too long', { ...ARGS, note: 'abcd' }, 'note'],
  ['a field that is missing', { way: 'left', degrees: 1, is_slow: true }, 'note'],
  ['a field that there is not', { ...ARGS, more: 1 }, 'more'],
  ['a name of the prototype', { ...ARGS, toString: 1 }, 'toString'],
  ['no object', 'left', null],
  ['an array', [ARGS], null],
  ['nothing', null, null],
])('refuses %s', async (_, args, field) => {
  const { calls, simulated } = create();
  expect(await operate(simulated, { name: 'turn', args })).toEqual({
    kind: 'invalid',
    field,
    message: expect.stringMatching(/\.$/),
  });
  expect(calls).toEqual([]);
});

test('nothing that is given makes it reject', async () => {
  await fc.assert(
    fc.asyncProperty(fc.anything(), async (args) => {
      const { simulated } = create();
      const { kind } = await operate(simulated, { name: 'turn', args });
      expect(['invalid', 'done']).toContain(kind);
    }),
  );
});

test('two controls with one name are a mistake of whoever wrote them', () => {
  const one = control({ name: 'a', label: 'A', run: () => undefined });
  expect(() => controlsOf(one, one)).toThrow();
});

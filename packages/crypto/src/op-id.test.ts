import { systemPorts, uuidV7 } from '@holdfast/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { derivedOpId, opIdOf } from './op-id.ts';

const UUID_V8 = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const terminal = fc.string({ minLength: 1 }).filter((text) => !text.includes('\n'));

test('a UUIDv7 key is the op_id, whatever the terminal', () => {
  fc.assert(
    fc.property(fc.uuid({ version: 7 }), terminal, (key, terminalId) => {
      expect(opIdOf({ key, terminalId })).toBe(key);
    }),
  );
  const made = uuidV7(systemPorts);
  expect(opIdOf({ key: made, terminalId: 't' })).toBe(made);
});

test('any other key gives a UUIDv8, the same for the same key and terminal alone', () => {
  const key = fc.oneof(fc.string(), fc.uuid({ version: 4 }), fc.constantFrom('a', 'a\nb', ''));
  fc.assert(
    fc.property(key, key, terminal, terminal, (keyA, keyB, terminalA, terminalB) => {
      const a = opIdOf({ key: keyA, terminalId: terminalA });
      const b = opIdOf({ key: keyB, terminalId: terminalB });
      expect(a).toMatch(UUID_V8);
      expect(opIdOf({ key: keyA, terminalId: terminalA })).toBe(a);
      expect(a === b).toBe(keyA === keyB && terminalA === terminalB);
    }),
  );
});

test('a UUIDv7 in capitals is another key than its canonical form', () => {
  const canonical = '0192f0c4-7a1b-7c3d-8e4f-0123456789ab';
  expect(opIdOf({ key: canonical.toUpperCase(), terminalId: 't' })).toMatch(UUID_V8);
});

test('golden values: these names are stored, and may never change', () => {
  expect(opIdOf({ key: 'order-1', terminalId: 'till-1' })).toBe('c1ccec68-8310-8eb3-b0f0-062380dadfa0');
  expect(derivedOpId('0192f0c4-7a1b-7c3d-8e4f-0123456789ab', 1)).toBe('258e577f-574d-8e3c-8676-950853607ed3');
});

test('derived ids differ by operation and by index', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.uuid(), fc.nat(), fc.nat(), (opA, opB, i, j) => {
      expect(derivedOpId(opA, i)).toMatch(UUID_V8);
      expect(derivedOpId(opA, i) === derivedOpId(opB, j)).toBe(opA === opB && i === j);
    }),
  );
  expect(() => derivedOpId('0192f0c4-7a1b-7c3d-8e4f-0123456789ab', -1)).toThrow();
  expect(() => derivedOpId('nonsense', 0)).toThrow();
});

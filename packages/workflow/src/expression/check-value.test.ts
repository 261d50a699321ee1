import { isAppError, LIMITS } from '@holdfast/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Field, Fields } from '../types.ts';
import { type CheckOptions, checkFields } from './check-value.ts';

const closed = { currency: 'USD', where: 'closed' } as const satisfies CheckOptions;
const open = { currency: 'USD', where: 'open' } as const satisfies CheckOptions;

function checkOne(type: Field, value: unknown, options: CheckOptions = closed) {
  return checkFields({ x: value }, { x: type }, options);
}

describe('what passes', () => {
  it.each<[Field, unknown, unknown]>([
    [{ type: 'boolean' }, false, false],
    [{ type: 'integer' }, -7, -7],
    [{ type: 'integer' }, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    [{ type: 'decimal' }, '12.500', '12.5'],
    [{ type: 'decimal' }, 0.1, '0.1'],
    [{ type: 'decimal' }, 1e-7, '0.0000001'],
    [{ type: 'money' }, '12.5', '12.50'],
    [{ type: 'money' }, 12.5, '12.50'],
    [{ type: 'money' }, 50, '50.00'],
    [{ type: 'money' }, '-0', '0.00'],
    [{ type: 'string' }, '', ''],
    [{ type: 'string', values: ['a', 'b'] }, 'b', 'b'],
    [{ type: 'timestamp' }, '2026-01-31T13:00:00+01:00', '2026-01-31T12:00:00.000Z'],
    [{ type: 'duration' }, 1_500, 1_500],
    [{ type: 'json' }, { a: [1, null, 'x', { b: 0.5 }] }, { a: [1, null, 'x', { b: 0.5 }] }],
    [{ type: 'json' }, null, null],
    [{ type: 'list', of: { type: 'money' } }, [1, '2.5'], ['1.00', '2.50']],
    [{ type: 'record', fields: { y: { type: 'money' } } }, { y: 1 }, { y: '1.00' }],
  ])('%j takes %j as %j', (type, value, expected) => {
    expect(checkOne(type, value)).toEqual({ ok: true, value: { x: expected } });
  });

  it('is the same when it is checked again', () => {
    const once = checkOne({ type: 'list', of: { type: 'money' } }, [1, '2.5']);
    expect(
      once.ok && checkFields(once.value, { x: { type: 'list', of: { type: 'money' } } }, closed),
    ).toEqual(once);
  });

  it('leaves out optional fields that are missing or null', () => {
    const fields = { x: { type: 'string', optional: true }, y: { type: 'money', optional: true } } as const;
    expect(checkFields({ x: null }, fields, closed)).toEqual({ ok: true, value: {} });
    expect(checkFields({ x: undefined, z: undefined }, fields, closed)).toEqual({ ok: true, value: {} });
  });

  it('keeps unknown fields where that is open, at every depth', () => {
    const fields: Fields = { r: { type: 'record', fields: {} } };
    const value = { r: { a: 1 }, b: [true] };
    expect(checkFields(value, fields, open)).toEqual({ ok: true, value });
    expect(checkFields(value, fields, closed)).toMatchObject({
      ok: false,
      faults: [{ pointer: '/r/a' }, { pointer: '/b' }],
    });
  });

  it('is a copy', () => {
    const given = { x: { a: [1] } };
    const checked = checkFields(given, { x: { type: 'json' } }, closed);
    given.x.a.push(2);
    expect(checked).toEqual({ ok: true, value: { x: { a: [1] } } });
  });
});

describe('what is refused', () => {
  it.each<[Field, unknown]>([
    [{ type: 'boolean' }, 'true'],
    [{ type: 'boolean' }, undefined],
    [{ type: 'string' }, null],
    [{ type: 'integer' }, 1.5],
    [{ type: 'integer' }, '7'],
    [{ type: 'integer' }, 2 ** 53],
    [{ type: 'decimal' }, '1e3'],
    [{ type: 'decimal' }, Number.NaN],
    [{ type: 'decimal' }, '9'.repeat(39)],
    [{ type: 'decimal' }, 1e300],
    [{ type: 'money' }, '12.505'],
    [{ type: 'money' }, 0.1 + 0.2],
    [{ type: 'money' }, Number.POSITIVE_INFINITY],
    [{ type: 'money' }, '10000000000000.00'],
    [{ type: 'money' }, true],
    [{ type: 'string' }, 7],
    [{ type: 'string' }, '\ud800'],
    [{ type: 'string', values: ['a'] }, 'b'],
    [{ type: 'timestamp' }, '2026-02-30T00:00:00Z'],
    [{ type: 'timestamp' }, 0],
    [{ type: 'duration' }, '5m'],
    [{ type: 'json' }, Number.NaN],
    [{ type: 'json' }, 2 ** 53],
    [{ type: 'json' }, new Date(0)],
    [{ type: 'json' }, () => 1],
    [{ type: 'json' }, [undefined]],
    [{ type: 'json' }, { a: '\udfff' }],
    [{ type: 'list', of: { type: 'integer' } }, { 0: 1 }],
    [{ type: 'list', of: { type: 'integer' } }, [null]],
    [{ type: 'record', fields: {} }, []],
    [{ type: 'record', fields: {} }, 'x'],
  ])('%j does not take %j', (type, value) => {
    const result = checkOne(type, value);
    expect(result).toMatchObject({ ok: false, faults: [{ detail: expect.stringMatching(/\.$/) }] });
  });

  it('takes no bigint, which JSON does not have', () => {
    for (const type of ['integer', 'money', 'json'] as const) expect(checkOne({ type }, 7n).ok).toBe(false);
  });

  it('says where, and what was meant', () => {
    const fields: Fields = { 'a/b~c': { type: 'list', of: { type: 'money' } }, amount: { type: 'money' } };
    expect(checkFields({ 'a/b~c': [1, 'x'], amout: 1 }, fields, closed)).toEqual({
      ok: false,
      faults: [
        { pointer: '/a~1b~0c/1', detail: 'An amount is a plain decimal number such as "12.50".' },
        { pointer: '/amount', detail: 'Give money; it is missing.' },
        { pointer: '/amout', detail: 'There is no such field. Did you mean "amount"?' },
      ],
    });
    expect(checkFields([], fields, closed)).toEqual({
      ok: false,
      faults: [{ pointer: '', detail: 'Give an object.' }],
    });
  });

  it('takes no __proto__, at any depth, open or closed', () => {
    const evil: unknown = JSON.parse('{"__proto__": {"x": 1}}');
    for (const options of [open, closed]) expect(checkFields(evil, {}, options).ok).toBe(false);
    expect(checkOne({ type: 'json' }, evil).ok).toBe(false);
    const declared: unknown = JSON.parse('{"__proto__": {"type": "json"}}');
    expect(checkFields({}, declared as Fields, open).ok).toBe(false); // As a definition might declare it.
  });

  it('bounds depth and the number of faults', () => {
    let deep: unknown = 1;
    for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
    expect(checkOne({ type: 'json' }, deep)).toMatchObject({ ok: false, faults: [{}] });
    let allowed: unknown = 1;
    for (let depth = 0; depth < LIMITS.workflowJsonDepthMax; depth += 1) allowed = { a: allowed };
    expect(checkOne({ type: 'json' }, allowed).ok).toBe(true);
    expect(checkOne({ type: 'json' }, { a: allowed }).ok).toBe(false);
    const many = checkOne({ type: 'list', of: { type: 'integer' } }, Array(100_000).fill('x'));
    expect(many.ok ? 0 : many.faults.length).toBe(32);
  });

  it('throws for a currency that does not exist', () => {
    expect(() => checkFields({}, {}, { currency: 'ZZZ', where: 'open' })).toThrow(
      expect.toSatisfy((error) => isAppError(error, 'unknown_currency')),
    );
  });
});

it('gives any JSON back as it was, but for the sign of zero', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      const result = checkOne({ type: 'json' }, value);
      if (result.ok) expect(JSON.stringify(result.value.x)).toBe(JSON.stringify(value));
    }),
  );
});

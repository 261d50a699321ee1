import { isAppError } from '@holdfast/base';
import { expect, test } from 'vitest';
import { createPinHasher, isPin } from './pin.ts';

test('a PIN has 4 to 12 digits', () => {
  for (const pin of ['1234', '000000000000']) expect(isPin(pin)).toBe(true);
  for (const bad of ['', '123', '1234567890123', '12a4', ' 1234', '1234\n', '١٢٣٤'])
    expect(isPin(bad)).toBe(false);
});

test('verifies the right PIN alone, at the stated cost, with a salt of its own', async () => {
  const hasher = createPinHasher();
  const [first, second] = await Promise.all([hasher.hash('4711'), hasher.hash('4711')]);
  expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(first).not.toBe(second);
  expect(await Promise.all([hasher.verify(first, '4711'), hasher.verify(second, '4711')])).toEqual([
    true,
    true,
  ]);
  expect(await hasher.verify(first, '4712')).toBe(false);
  expect(await hasher.verify(first, 'x')).toBe(false);
});

test('a malformed hash, or one of another cost, verifies nothing', async () => {
  const hasher = createPinHasher();
  const good = await hasher.hash('4711');
  const edited = [
    '',
    'x',
    good.slice(0, -1),
    `${good.slice(0, -1)}_`,
    `${good.slice(0, -1)}B`,
    `${good}A`,
    good.replace('m=19456', 'm=4000000'),
    good.replace('argon2id', 'argon2i'),
  ];
  for (const hash of edited) expect(await hasher.verify(hash, '4711'), hash).toBe(false);
});

test('a queue that is too long refuses, and goes on after', async () => {
  const hasher = createPinHasher();
  const all = await Promise.allSettled(Array.from({ length: 66 }, () => hasher.hash('4711')));
  const refused = all.filter((each) => each.status === 'rejected');
  expect(refused).toHaveLength(2);
  for (const each of refused) expect(isAppError(each.reason, 'overloaded')).toBe(true);
  expect(await hasher.verify(await hasher.hash('4711'), '4711')).toBe(true);
});

test('a programmer who hashes no PIN learns of it', async () => {
  await expect(createPinHasher().hash('abcd')).rejects.toThrow('digits');
});

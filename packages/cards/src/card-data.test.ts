import assert from 'node:assert';
import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { format, inspect, isDeepStrictEqual } from 'node:util';
import { serialize } from 'node:v8';
import { MessageChannel } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { CardData } from './card-data.ts';

const DIGITS = '4761739001010119';
const encoder = new TextEncoder();

/** The number in every form in which a dump would show it. */
function expectHidden(text: string): void {
  const bytes = encoder.encode(DIGITS);
  expect(text).not.toContain(DIGITS);
  expect(text).not.toContain(Buffer.from(bytes).toString('hex'));
  expect(text).not.toContain(Buffer.from(bytes).toString('base64'));
  expect(text).not.toContain([...bytes].join(','));
  expect(text).not.toContain([...bytes].join(', '));
}

function printed(print: (console: Console) => void): string {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  print(new Console({ stdout: stream, stderr: stream }));
  return text;
}

test('inspection shows that there is card data, and nothing of it', () => {
  const card = CardData.ofText(DIGITS);
  expect(inspect(card)).toBe('[card data]');
  for (const options of [{}, { showHidden: true, depth: 9 }, { customInspect: false, showHidden: true }]) {
    expectHidden(inspect({ card, list: [card] }, options));
  }
  expectHidden(inspect(new Error('failed', { cause: card })));
});

test('a console shows nothing of it', () => {
  const card = CardData.ofText(DIGITS);
  for (const print of [
    (console: Console) => console.log(card, { card }),
    (console: Console) => console.error('%o %O %j %d %i', { list: [card] }, card, 1, card, card),
    (console: Console) => console.dir(card, { showHidden: true, depth: 9 }),
    (console: Console) => console.table([card]),
    (console: Console) => console.trace(card),
  ]) {
    let text = '';
    try {
      text = printed(print);
    } catch (error) {
      text = inspect(error);
    }
    expect(text).not.toBe('');
    expectHidden(text);
  }
});

test('it carries the brand by which the logger of the product replaces and reports it', () => {
  const brand = Symbol.for('holdfast.doNotLog');
  expect(Reflect.get(CardData.ofText(DIGITS), brand)).toBe(true);
});

test('JSON refuses it, at any depth', () => {
  const card = CardData.ofText(DIGITS);
  for (const value of [card, { card }, [[card]], { deep: { list: [card] } }]) {
    expect(() => JSON.stringify(value)).toThrow('the data of a card is not written as JSON');
  }
});

test('it cannot be cloned, serialised or posted to a thread', () => {
  const card = CardData.ofText(DIGITS);
  const { port1, port2 } = new MessageChannel();
  for (const value of [card, { card }, [card], new Map([['card', card]])]) {
    expect(() => structuredClone(value)).toThrow(/could not be cloned/);
    expect(() => serialize(value)).toThrow(/could not be cloned/);
    expect(() => port1.postMessage(value)).toThrow(/could not be cloned/);
  }
  port1.close();
  port2.close();
});

test('copies by spreading, entries and keys hold no byte of it', () => {
  const card = CardData.ofText(DIGITS);
  expectHidden(inspect({ ...card }, { showHidden: true }));
  expectHidden(inspect([Object.entries(card), Reflect.ownKeys(card), Object.assign({}, card)]));
});

test('it cannot be put into text or calculated with', () => {
  const card = CardData.ofText(DIGITS);
  for (const use of [
    () => `${card}`,
    () => String(card),
    () => ['a', card].join(),
    () => format('%s', card),
    () => Number(card),
    () => 1 + Number(card),
  ]) {
    expect(use).toThrow('the data of a card is not made into text or compared');
  }
  expectHidden(Object.prototype.toString.call(card));
});

test('no comparison by accident says that two are the same, or in which order they are', () => {
  const [left, right]: [unknown, unknown] = [CardData.ofText(DIGITS), CardData.ofText(DIGITS)];
  expect(Object.is(left, right)).toBe(false);
  expect(left === right).toBe(false);
  // biome-ignore lint/suspicious/noDoubleEquals: the loose comparison is what is tested.
  expect(left == right).toBe(false);
  expect(isDeepStrictEqual(left, right)).toBe(false);
  expect(() => assert.deepStrictEqual({ left }, { left: right })).toThrow();
  expect(() => assert.deepEqual(left, right)).toThrow();
  expect(left).not.toEqual(right);
  // biome-ignore lint/suspicious/noDoubleEquals: the loose comparison is what is tested.
  expect(() => left == DIGITS).toThrow('the data of a card is not made into text or compared');
  expect(() => Reflect.apply(lessThan, undefined, [left, right])).toThrow('not made into text or compared');
  expect(() => new Set([DIGITS]).has(String(left))).toThrow('not made into text or compared');
});

test('it compares on purpose, and sees one changed byte', () => {
  const card = CardData.ofText(DIGITS);
  expect(card.isSame(CardData.ofText(DIGITS))).toBe(true);
  expect(card.isSame(CardData.ofText('4761739001010118'))).toBe(false);
  expect(card.isSame(CardData.ofText(DIGITS.slice(1)))).toBe(false);
});

test('taking bytes over overwrites those of the caller, and later changes of them do not reach it', () => {
  const bytes = encoder.encode(DIGITS);
  const card = CardData.take(bytes);
  expect(bytes.every((byte) => byte === 0)).toBe(true);
  bytes.fill(1);
  expect(card.isSame(CardData.ofText(DIGITS))).toBe(true);
});

test('after wiping there is nothing left, and every use is refused without a word of it', () => {
  const card = CardData.ofText(DIGITS);
  const kept = card.use((bytes) => bytes);
  const copy = card.copy();
  card.wipe();
  card.wipe();
  expect(kept.every((byte) => byte === 0)).toBe(true);
  expect(card.isWiped).toBe(true);
  expect(card.length).toBe(DIGITS.length);
  expect(() => card.use(() => 1)).toThrow('the card data has been wiped');
  expect(() => card.copy()).toThrow('the card data has been wiped');
  expect(() => card.isSame(copy)).toThrow('the card data has been wiped');
  expect(() => copy.isSame(card)).toThrow('the card data has been wiped');
  expect(copy.isSame(CardData.ofText(DIGITS))).toBe(true);
});

test('what is taken over is overwritten, what is copied is not', () => {
  const [taken, copied] = [Buffer.from(DIGITS), Buffer.from(DIGITS)];
  const cards = [CardData.take(taken), CardData.copyOf(copied.subarray(0))];
  expect([taken.every((byte) => byte === 0), copied.toString()]).toEqual([true, DIGITS]);
  for (const card of cards) expect(card.isSame(CardData.ofText(DIGITS))).toBe(true);
  CardData.copyOf(copied).wipe();
  expect(copied.toString()).toBe(DIGITS);
});

test('a block that ends wipes it', () => {
  const kept: CardData[] = [];
  {
    using card = CardData.ofText(DIGITS);
    kept.push(card);
    expect(card.isWiped).toBe(false);
  }
  expect(kept[0]?.isWiped).toBe(true);
});

function lessThan(left: never, right: never): boolean {
  return left < right;
}

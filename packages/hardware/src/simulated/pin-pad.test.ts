import { createVirtualPorts } from '@holdfast/base';
import { CardData, decipherOfflinePin, generateRsaKey, readPinBlock2, toHex } from '@holdfast/cards';
import { expect, test } from 'vitest';
import type { CardAnswer, CardLink } from '../ports/card-reader.ts';
import type { OnlinePin, PinPrompt } from '../ports/pin-pad.ts';
import type { SecureElement } from '../ports/secure-element.ts';
import { operate } from './controls.ts';
import { createSimulatedPinPad } from './pin-pad.ts';

const prompt: PinPrompt = { amount: '20.00', currency: 'SEK', triesLeft: 3, locale: 'sv-SE' };
const signal = new AbortController().signal;
const CHALLENGE = '0102030405060708';

function linkOf(answers: readonly (string | CardAnswer['kind'])[]) {
  const sent: string[] = [];
  const pulled = new AbortController();
  const left = [...answers];
  const link: CardLink = {
    async transmit(command) {
      sent.push(toHex(command));
      const next = left.shift() ?? 'removed';
      if (next === 'removed' || next === 'mute') return { kind: next };
      return { kind: 'answer', response: new Uint8Array(Buffer.from(next, 'hex')) };
    },
    removed: pulled.signal,
    release: async () => undefined,
  };
  return { link, sent, pull: () => pulled.abort() };
}

function padOf() {
  const ports = createVirtualPorts({ seed: 5 });
  const given: string[] = [];
  const encrypted: OnlinePin = { format: 4, pinBlock: new Uint8Array(16), ksn: new Uint8Array(12) };
  const secureElement: SecureElement = {
    kind: 'secure_element',
    async encryptPin({ pin }) {
      given.push(pin.use((digits) => Buffer.from(digits).toString()));
      return { kind: 'done', ...encrypted };
    },
    tokenOf: async () => 'token',
    status: async () => ({ kind: 'secure_element', name: '', state: 'ready', attention: null, facts: {} }),
    close: async () => undefined,
  };
  return { ports, given, pad: createSimulatedPinPad({ ...ports, secureElement }) };
}
const enter = (pad: ReturnType<typeof padOf>['pad'], pin: string) =>
  operate(pad, { name: 'enter_pin', args: { pin } });

test('a plain PIN goes to the card as a block of format 2, and to nobody else', async () => {
  const { pad } = padOf();
  const { link, sent } = linkOf(['63C2', '9000']);
  for (const [pin, statusWord, block] of [
    ['1111', 0x63c2, '241111FFFFFFFFFF'],
    ['123456789012', 0x9000, '2C123456789012FF'],
  ] as const) {
    const verified = pad.verifyWithCard({ prompt, way: { kind: 'plain' }, link, signal });
    expect(await enter(pad, pin)).toEqual({ kind: 'done' });
    expect(await verified).toEqual({ kind: 'done', statusWord });
    expect(sent.at(-1)).toBe(`0020008008${block}`);
  }
  expect(JSON.stringify(pad.snapshot())).not.toContain('1111');
});

test('an enciphered PIN is what the card deciphers with its own challenge', async () => {
  const { pad, ports } = padOf();
  const key = generateRsaKey({ modulusLength: 128, exponent: 3, random: ports.random });
  const { link, sent } = linkOf([`${CHALLENGE}9000`, '9000']);
  const way = { kind: 'enciphered', ...key.publicKey } as const;
  const verified = pad.verifyWithCard({ prompt, way, link, signal });
  await enter(pad, '4321');
  expect(await verified).toEqual({ kind: 'done', statusWord: 0x9000 });
  expect(sent[1]?.slice(0, 8)).toBe('00200088');
  const data = new Uint8Array(Buffer.from(sent[1]?.slice(10) ?? '', 'hex'));
  const number = new Uint8Array(Buffer.from(CHALLENGE, 'hex'));
  const opened = decipherOfflinePin(key, { data, unpredictableNumber: number });
  expect(opened.ok && opened.pinBlock.use(toHex)).toBe('244321FFFFFFFFFF');
  expect(opened.ok && opened.pinBlock.use(readPinBlock2).ok).toBe(true);
});

test.each([
  ['press_ok', 'bypassed'],
  ['cancel', 'cancelled'],
  ['wait_too_long', 'timed_out'],
  ['unplug', 'pin_pad_gone'],
] as const)('%s ends the question as %s', async (name, code) => {
  const { pad, given } = padOf();
  const asked = pad.encryptForIssuer({ prompt, pan: CardData.ofText('4761739001010119'), signal });
  expect(await pad.status()).toMatchObject({ state: 'busy' });
  await operate(pad, { name });
  expect(await asked).toMatchObject({ kind: 'failed', code });
  expect(given).toEqual([]);
});

test('nobody has to wait longer than the time that there is', async () => {
  const { pad, ports } = padOf();
  const { link, sent } = linkOf([]);
  const asked = pad.verifyWithCard({ prompt, way: { kind: 'plain' }, link, signal });
  await ports.advance(30_000);
  expect(await asked).toMatchObject({ code: 'timed_out' });
  expect([sent, pad.snapshot()]).toEqual([[], { is_plugged: true, asks: null }]);
});

test('an abort and a card that is pulled out end the question at once', async () => {
  const { pad } = padOf();
  const stop = new AbortController();
  const { link, pull } = linkOf([]);
  const aborted = pad.verifyWithCard({ prompt, way: { kind: 'plain' }, link, signal: stop.signal });
  stop.abort();
  expect(await aborted).toMatchObject({ code: 'cancelled' });
  const asked = pad.verifyWithCard({ prompt, way: { kind: 'plain' }, link, signal });
  pull();
  expect(await asked).toMatchObject({ code: 'card_removed' });
});

test('a card that is gone, mute or gives no challenge gets no PIN', async () => {
  const { pad } = padOf();
  const modulus = new Uint8Array(128).fill(0xff);
  const enciphered = { kind: 'enciphered', modulus, exponent: Uint8Array.of(3) } as const;
  for (const [way, answers, code] of [
    [{ kind: 'plain' }, ['removed'], 'card_removed'],
    [{ kind: 'plain' }, ['mute'], 'card_error'],
    [enciphered, ['removed'], 'card_removed'],
    [enciphered, ['6D00'], 'card_error'],
    [enciphered, ['01029000'], 'card_error'],
  ] as const) {
    const { link } = linkOf(answers);
    const asked = pad.verifyWithCard({ prompt, way, link, signal });
    await enter(pad, '1234');
    expect(await asked).toMatchObject({ kind: 'failed', code });
  }
});

test('keys do nothing while nothing is asked, and take only PINs', async () => {
  const { pad } = padOf();
  expect(await enter(pad, '1234')).toMatchObject({ kind: 'impossible' });
  expect(await operate(pad, { name: 'cancel' })).toMatchObject({ kind: 'impossible' });
  const asked = pad.encryptForIssuer({ prompt, pan: CardData.ofText('4761739001010119'), signal });
  expect(await enter(pad, '123')).toMatchObject({ kind: 'impossible' });
  expect(await enter(pad, '12a4')).toMatchObject({ kind: 'impossible' });
  await enter(pad, '1234');
  expect(await asked).toMatchObject({ kind: 'done', format: 4 });
});

test('a pad without its cable is gone until it is put in again', async () => {
  const { pad } = padOf();
  await operate(pad, { name: 'unplug' });
  expect(await pad.status()).toMatchObject({ state: 'gone', attention: expect.stringContaining('cable') });
  const { link } = linkOf([]);
  expect(await pad.verifyWithCard({ prompt, way: { kind: 'plain' }, link, signal })).toMatchObject({
    code: 'pin_pad_gone',
  });
  await operate(pad, { name: 'plug_in' });
  expect((await pad.status()).state).toBe('ready');
});

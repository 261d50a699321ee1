import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toHex, writePinBlock2 } from '@holdfast/cards';
import { expect, test } from 'vitest';
import { fileMemory, ramMemory } from '../device-memory.ts';
import { chipOf, pay, testWallet } from '../testing-terminal.ts';
import type { CardState } from './memory.ts';
import { openCardMemory } from './memory-block.ts';
import { CARD_PRODUCTS } from './products.ts';
import { ask, begin, CDOL1_DATA, say, swOf, valueIn } from './testing-chip.ts';

const wallet = testWallet();
const STATE: CardState = {
  is_blocked: false,
  pin_tries_left: 2,
  pin_code: null,
  applications: [
    {
      atc: 7,
      last_online_atc: 3,
      is_blocked: false,
      is_online_pending: true,
      is_issuer_unproven: false,
      goes_online_next: false,
      script_count: 1,
      is_script_failed: false,
      lower_limit: 3,
      upper_limit: 6,
      log: ['AAEC'],
    },
  ],
};

test('what was saved is there when the block is opened again', async () => {
  const device = ramMemory();
  const memory = await openCardMemory(device);
  expect(memory.load(4)).toBeUndefined();
  await memory.save(4, STATE);
  await memory.save(9, { ...STATE, is_blocked: true });
  const again = await openCardMemory(device);
  expect(again.load(4)).toEqual(STATE);
  expect(again.load(9)).toEqual({ ...STATE, is_blocked: true });
  const mine = again.load(4);
  if (mine !== undefined) mine.pin_tries_left = 0;
  expect(again.load(4)).toEqual(STATE);
});

test('saves that overlap end with the last one', async () => {
  const device = ramMemory();
  const memory = await openCardMemory(device);
  await Promise.all([1, 2, 3].map((tries) => memory.save(0, { ...STATE, pin_tries_left: tries })));
  expect((await openCardMemory(device)).load(0)?.pin_tries_left).toBe(3);
});

test('a write that failed is told, and the next one is tried all the same', async () => {
  const device = ramMemory();
  let isFull = true;
  const memory = await openCardMemory({
    read: device.read,
    write: async (bytes) => {
      if (isFull) throw new Error('no room');
      await device.write(bytes);
    },
  });
  await expect(memory.save(0, STATE)).rejects.toThrow('no room');
  isFull = false;
  await memory.save(1, STATE);
  expect((await openCardMemory(device)).load(1)).toEqual(STATE);
});

test.each([
  '',
  'no JSON',
  '[]',
  '{"version":2,"cards":{}}',
  '{"version":1}',
  '{"version":1,"cards":{"x":{}}}',
  '{"version":1,"cards":{"1":{"is_blocked":false,"pin_tries_left":3,"pin_code":null}}}',
  JSON.stringify({ version: 1, cards: { 1: { ...STATE, pin_code: 4 } } }),
  JSON.stringify({ version: 1, cards: { 1: { ...STATE, pin_tries_left: '3' } } }),
  JSON.stringify({
    version: 1,
    cards: { 1: { ...STATE, applications: [{ ...STATE.applications[0], log: [1] }] } },
  }),
  JSON.stringify({
    version: 1,
    cards: { 1: { ...STATE, applications: [{ ...STATE.applications[0], atc: null }] } },
  }),
])('a block that is none of cards is refused: %s', async (text) => {
  const device = ramMemory();
  await device.write(Buffer.from(text));
  await expect(openCardMemory(device)).rejects.toMatchObject({ code: 'file_unusable' });
});

test('a file keeps counters, tries and blocked PINs over a restart, and holds no number, track or PIN', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'card-memory-'));
  try {
    const path = join(folder, 'cards.json');
    const play = { pins: ['9999'], issuer: 'unreachable' } as const;
    const before = wallet.withMemory(await openCardMemory(fileMemory(path)));
    for (const { id, hasChip } of before.cards) {
      const chip = hasChip ? before.card(id)?.powerUp('contact') : undefined;
      if (chip !== undefined) await pay(chip, 'contact', { ...play, wallet: before });
    }
    const after = wallet.withMemory(await openCardMemory(fileMemory(path)));
    const card = chipOf(after, 'visa-offline-pin');
    await begin(card);
    const right = writePinBlock2(Buffer.from('1234'));
    expect(await swOf(card, say.verify(right, false))).toBe('6983');
    expect(toHex(valueIn((await ask(card, say.getData(0x9f36))).data, '9F36'))).toBe('0016');
    await ask(card, say.generateAc('AAC', CDOL1_DATA, false));
    const text = await readFile(path, 'utf8');
    for (const each of after.cards) {
      const { track1, track2 } = each.swipe();
      const digits = track2?.use((track) => Buffer.from(track.slice(1, track.indexOf(0x3d))).toString());
      if (digits !== undefined) expect(text).not.toContain(digits);
      track1?.wipe();
      track2?.wipe();
    }
    for (const { pin } of CARD_PRODUCTS) if (pin !== undefined) expect(text).not.toContain(`"${pin}"`);
    await writeFile(path, text.slice(0, -10));
    await expect(openCardMemory(fileMemory(path))).rejects.toMatchObject({ code: 'file_unusable' });
  } finally {
    await rm(folder, { recursive: true });
  }
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createVirtualPorts } from '@holdfast/base';
import {
  CardData,
  decipherPinBlock4,
  decipherTdesPinBlock,
  fromHex,
  hostAesInitialKey,
  hostAesWorkingKey,
  hostTdesInitialKey,
  hostTdesWorkingKey,
  readPinBlock0,
  toHex,
} from '@holdfast/cards';
import { Secret } from '@holdfast/crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DeviceMemory } from '../ports/device-memory.ts';
import { fileMemory, ramMemory } from './device-memory.ts';
import { createSimulatedSecureElement } from './secure-element.ts';

const PIN = '1234';
const PAN = '4761739001010119';
const secretOf = (hex: string) => new Secret(fromHex(hex));
const sealingKey = secretOf('11'.repeat(32));
const tokenKey = secretOf('22'.repeat(32));
const bdk = secretOf('FEDCBA9876543210F1F1F1F1F1F1F1F1');
const name = fromHex('1234567890123456');
const pinKey = { scheme: 'aes', name, initialKey: hostAesInitialKey(bdk, name) } as const;
const ksnName = fromHex('FFFF9876543210E00000');
const tdesBdk = secretOf('0123456789ABCDEFFEDCBA9876543210');
const { random } = createVirtualPorts({ seed: 3 });

const element = (
  memory: DeviceMemory,
  more: Partial<Parameters<typeof createSimulatedSecureElement>[0]> = {},
) => createSimulatedSecureElement({ memory, sealingKey, tokenKey, pinKey, random, ...more });
const encrypt = async (from: Awaited<ReturnType<typeof element>>) => {
  const encrypted = await from.encryptPin({ pin: CardData.ofText(PIN), pan: CardData.ofText(PAN) });
  if (encrypted.kind !== 'done') throw new Error(encrypted.kind);
  return encrypted;
};
const ascii = (text: string) => Buffer.from(text);
const textOf = (read: ReturnType<typeof readPinBlock0>) =>
  read.ok ? read.pin.use((digits) => Buffer.from(digits).toString()) : read.reason;

test('the host reads the PIN under AES, by the serial number that came with it', async () => {
  const from = await element(ramMemory());
  const { format, pinBlock, ksn } = await encrypt(from);
  expect([format, toHex(ksn)]).toEqual([4, '123456789012345600000001']);
  const key = hostAesWorkingKey({
    baseKey: bdk,
    ksn: { initialKeyId: name, counter: 1 },
    usage: 'pin',
    type: 'aes128',
  });
  expect(textOf(decipherPinBlock4({ block: pinBlock, pan: ascii(PAN), key }))).toBe(PIN);
});

test('and under triple DES', async () => {
  const initialKey = hostTdesInitialKey(tdesBdk, ksnName);
  const from = await element(ramMemory(), { pinKey: { scheme: 'tdes', name: ksnName, initialKey } });
  const { format, pinBlock, ksn } = await encrypt(from);
  expect([format, toHex(ksn)]).toEqual([0, 'FFFF9876543210E00001']);
  const key = hostTdesWorkingKey({
    baseKey: tdesBdk,
    ksn: { initialKsn: ksnName, counter: 1 },
    usage: 'pin',
  });
  const block = decipherTdesPinBlock(key, pinBlock);
  expect(textOf(readPinBlock0({ block, pan: ascii(PAN) }))).toBe(PIN);
});

test('a power cut before or after any write uses no key twice', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('none', 'before', 'after'), { maxLength: 20 }),
      async (cuts) => {
        const kept = ramMemory();
        let cut: string = 'none';
        const memory: DeviceMemory = {
          read: () => kept.read(),
          async write(bytes) {
            if (cut !== 'before') await kept.write(bytes);
            if (cut !== 'none') throw new Error('the power is gone');
          },
        };
        const seen = new Set<string>();
        let on = await element(memory);
        for (cut of cuts) {
          const ksn = await encrypt(on).then(
            (encrypted) => toHex(encrypted.ksn),
            () => undefined,
          );
          if (ksn === undefined) on = await element(memory);
          else expect(seen.has(ksn)).toBe(false);
          if (ksn !== undefined) seen.add(ksn);
        }
      },
    ),
    { numRuns: 30 },
  );
});

test('orders that come at once get keys of their own, and the last state is what stays', async () => {
  const memory = ramMemory();
  const from = await element(memory);
  const all = await Promise.all(Array.from({ length: 10 }, () => encrypt(from)));
  expect(new Set(all.map(({ ksn }) => toHex(ksn))).size).toBe(10);
  expect(toHex((await encrypt(await element(memory))).ksn)).toBe('12345678901234560000000B');
});

test('a memory that does not open ends the start; another key begins anew', async () => {
  const memory = ramMemory();
  await encrypt(await element(memory));
  await expect(element(memory, { sealingKey: tokenKey })).rejects.toMatchObject({
    code: 'device_memory_damaged',
  });
  const other = fromHex('1234567890123457');
  const next = { ...pinKey, name: other, initialKey: hostAesInitialKey(bdk, other) };
  expect(toHex((await encrypt(await element(memory, { pinKey: next }))).ksn)).toBe(
    '123456789012345700000001',
  );
  const sealed = (await memory.read()) ?? new Uint8Array();
  for (let length = 0; length < sealed.length; length += 7) {
    await memory.write(sealed.subarray(0, length));
    await expect(element(memory)).rejects.toMatchObject({ code: 'device_memory_damaged' });
  }
});

test('without a key there is no PIN block, and the status says so', async () => {
  const from = await element(ramMemory(), { pinKey: undefined });
  expect(await from.encryptPin({ pin: CardData.ofText(PIN), pan: CardData.ofText(PAN) })).toMatchObject({
    kind: 'failed',
    code: 'no_key',
  });
  expect(await from.status()).toMatchObject({ state: 'attention', facts: { pin_key: 'none' } });
});

test('after it was let go of it gives nothing more', async () => {
  const from = await element(ramMemory());
  await from.close();
  expect(await from.encryptPin({ pin: CardData.ofText(PIN), pan: CardData.ofText(PAN) })).toMatchObject({
    code: 'no_key',
  });
  expect((await from.status()).state).toBe('gone');
});

test('a token is the same for the same number, and another for another', async () => {
  const [one, other] = [await element(ramMemory()), await element(ramMemory())];
  const token = await one.tokenOf(CardData.ofText(PAN));
  expect(token).toMatch(/^pan1_[\w-]{43}$/);
  expect(await other.tokenOf(CardData.ofText(PAN))).toBe(token);
  expect(await one.tokenOf(CardData.ofText('4761739001010127'))).not.toBe(token);
});

test('a file remembers what was written last, through another process', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-memory-'));
  try {
    const path = join(folder, 'element');
    expect(await fileMemory(path).read()).toBeUndefined();
    await encrypt(await element(fileMemory(path)));
    expect(toHex((await encrypt(await element(fileMemory(path)))).ksn)).toBe('123456789012345600000002');
    writeFileSync(`${path}.next`, 'half a block');
    expect(toHex((await encrypt(await element(fileMemory(path)))).ksn)).toBe('123456789012345600000003');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

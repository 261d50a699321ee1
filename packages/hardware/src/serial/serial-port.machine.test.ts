/**
 * The optional library for serial ports, on a pair of pseudo-terminals that Python opens: the scale and the scanner
 * with their real settings. It needs `serialport` and `python3`, and fails where they are not.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { systemTimers } from '@holdfast/base';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ScannedCode } from '../ports/small-devices.ts';
import { createSerialDisplay } from './serial-display.ts';
import { requireSerialPorts } from './serial-link.ts';
import { createSerialScale } from './serial-scale.ts';
import { createSerialScanner } from './serial-scanner.ts';

/** Prints the path of a terminal, answers `W` as a scale does, prints what else comes as hex, sends what it reads. */
const DEVICE = `
import os, pty, select, sys, tty
ours, theirs = pty.openpty()
tty.setraw(theirs)
print(os.ttyname(theirs), flush=True)
while True:
    ready, _, _ = select.select([ours, 0], [], [])
    if 0 in ready:
        line = sys.stdin.readline()
        if line == '': break
        os.write(ours, bytes.fromhex(line))
    if ours in ready:
        got = os.read(ours, 4096)
        if got == b'W': os.write(ours, b'\\x0201.250\\r')
        else: print(got.hex(), flush=True)
`;

let device: ChildProcess;
let path: string;
let lines: AsyncIterableIterator<string>;

beforeAll(async () => {
  device = spawn('python3', ['-c', DEVICE], { stdio: ['pipe', 'pipe', 'inherit'] });
  if (device.stdout === null) throw new Error('the device has no output');
  lines = createInterface(device.stdout)[Symbol.asyncIterator]();
  path = await nextLine();
});

afterAll(async () => {
  const ended = once(device, 'exit');
  device.stdin?.end();
  await ended;
});

async function nextLine(): Promise<string> {
  const { value, done } = await lines.next();
  if (done === true) throw new Error('the device ended');
  return value;
}

test('the library is there', async () => {
  await requireSerialPorts();
});

test('a scale is weighed', async () => {
  const scale = createSerialScale({ port: { path }, timers: systemTimers });
  const { signal } = new AbortController();
  expect(await scale.weigh({ signal })).toEqual({ kind: 'done', grams: 1_250, isTared: false });
  await scale.close();
});

test('a code is scanned', async () => {
  const scanner = createSerialScanner({ port: { path, baudRate: 9_600 }, timers: systemTimers });
  const codes: ScannedCode[] = [];
  const until = new AbortController();
  scanner.listen({ signal: until.signal, onCode: (code) => codes.push(code) });
  await expect.poll(async () => (await scanner.status()).state).toBe('ready');
  device.stdin?.write(`${Buffer.from(']Q1holdfast\r').toString('hex')}\n`);
  await expect.poll(() => codes).toEqual([{ text: 'holdfast', symbology: 'qr' }]);
  until.abort();
  await scanner.close();
});

test('a display shows its lines', async () => {
  const display = createSerialDisplay({ port: { path, baudRate: 9_600 }, columns: 4 });
  expect(await display.show(['ab', 'åé'])).toEqual({ kind: 'done' });
  const expected = '1b401b74101f43001f240101616220201f240102e5e92020';
  let received = '';
  while (received.length < expected.length) received += await nextLine();
  expect(received).toBe(expected);
  await display.close();
});

test('a port that is not there is gone, with its path', async () => {
  const display = createSerialDisplay({ port: { path: '/dev/no-such-port', baudRate: 9_600 } });
  expect(await display.show(['a'])).toMatchObject({
    kind: 'failed',
    message: expect.stringContaining('/dev/no-such-port cannot be opened'),
  });
});

import { escPosInitialise } from '@holdfast/commerce';
import { expect, test } from 'vitest';
import type { ScannedCode } from '../ports/small-devices.ts';
import { PrinterBody } from '../simulated/printer/printer-body.ts';
import { inTime, virtualTime } from '../testing-time.ts';
import { createSerialDisplay } from './serial-display.ts';
import { requireSerialPorts } from './serial-link.ts';
import { createSerialPrinter } from './serial-printer.ts';
import { createSerialScale } from './serial-scale.ts';
import { createSerialScanner } from './serial-scanner.ts';
import { memorySerial } from './testing-serial.ts';

const NEVER = new AbortController().signal;
const PORT = { path: '/dev/ttyUSB0', baudRate: 9_600 };

test('a library that is missing, or is another one, is an error that says what to install', async () => {
  await expect(requireSerialPorts(() => Promise.reject(new Error('not found')))).rejects.toMatchObject({
    code: 'serial_unavailable',
    message: 'The module serialport is not installed.',
  });
  await expect(requireSerialPorts(() => Promise.resolve({}))).rejects.toMatchObject({
    code: 'serial_unavailable',
  });
  await requireSerialPorts(() => Promise.resolve({ SerialPort: class {} }));
});

test('a pole display gets each line at its place, in its full width, in its letters', async () => {
  const { open, other } = memorySerial();
  const display = createSerialDisplay({ port: PORT, open });
  expect(other.opened).toEqual([]);
  expect(await display.show(['Räksmörgås 129 €', 'Łódź 寿司 and much more'])).toEqual({ kind: 'done' });
  const first = 'R\xe4ksm\xf6rg\xe5s 129 \x80    ';
  const second = '?\xf3dz ?? and much mor';
  const start = '\x1b@\x1bt\x10\x1fC\x00';
  expect(other.received().toString('latin1')).toBe(`${start}\x1f$\x01\x01${first}\x1f$\x01\x02${second}`);
  await display.show([]);
  expect(other.received().subarray(-24).toString('latin1')).toBe(`\x1f$\x01\x02${' '.repeat(20)}`);
  expect(other.opened).toEqual([PORT]);
});

test('text for a display cannot become a command', async () => {
  const { open, other } = memorySerial();
  const display = createSerialDisplay({ port: PORT, open, columns: 8, lines: 1, characters: 'ascii' });
  await display.show(['\x1b@\x0cé\x9f€']);
  expect(other.received().toString('latin1')).toBe('\x1b@\x1fC\x00\x1f$\x01\x01 @ e ?  ');
});

test('a display that was unplugged is gone, and is there again at the next text', async () => {
  const { open, other } = memorySerial();
  const display = createSerialDisplay({ port: PORT, open });
  await display.show(['a']);
  other.setPlugged(false);
  expect(await display.show(['b'])).toMatchObject({ kind: 'failed', code: 'display_gone' });
  expect(await display.status()).toMatchObject({
    state: 'gone',
    attention: expect.stringContaining('/dev/ttyUSB0 cannot be opened'),
  });
  other.setPlugged(true);
  expect(await display.show(['c'])).toEqual({ kind: 'done' });
  expect(await display.status()).toMatchObject({ state: 'ready' });
  expect(other.opened).toHaveLength(2);
  await display.close();
  expect(await display.show(['d'])).toMatchObject({ kind: 'failed' });
});

function scaleWith(answers: (command: string) => string | undefined) {
  const time = virtualTime();
  const { open, other } = memorySerial();
  other.onReceived = (bytes) => {
    const answer = answers(bytes.toString('latin1'));
    if (answer !== undefined) other.send(answer);
  };
  const scale = createSerialScale({ port: { path: '/dev/ttyUSB0' }, open, timers: time.timers });
  return { time, other, scale, weigh: (signal = NEVER) => inTime(time, scale.weigh({ signal })) };
}

test('a scale is asked until its weight stands still', async () => {
  const says = ['\x02?\x01\r', '\x02?\x01\r', '\x0201.235N\r'];
  const { other, weigh } = scaleWith((command) => (command === 'W' ? says.shift() : undefined));
  expect(await weigh()).toEqual({ kind: 'done', grams: 1_235, isTared: true });
  expect(other.received().toString('latin1')).toBe('WWW');
  expect(other.opened).toEqual([
    { path: '/dev/ttyUSB0', baudRate: 9_600, dataBits: 7, parity: 'even', stopBits: 1 },
  ]);
});

test.each<[string, string | undefined, string]>([
  ['too much on it', '\x02?\x02\r', 'overloaded'],
  ['less than nothing', '\x02?\x04\r', 'below_zero'],
  ['no answer', undefined, 'scale_gone'],
  ['an answer of another device', 'hello\r', 'scale_gone'],
])('a scale with %s gives no weight', async (_, answer, code) => {
  const { weigh } = scaleWith(() => answer);
  expect(await weigh()).toMatchObject({ kind: 'failed', code });
});

test('a scale that never stands still is asked as long as somebody waits', async () => {
  const { weigh, time } = scaleWith(() => '\x02?\x01\r');
  const until = new AbortController();
  time.timers.after(5_000, () => until.abort());
  expect(await weigh(until.signal)).toMatchObject({ code: 'aborted' });
});

test('a scale is tared if it stands still, and shows zero then', async () => {
  let grams = 205;
  let isMoving = false;
  const { scale, time, other } = scaleWith((command) => {
    if (command === 'T') grams = 0;
    if (command !== 'W') return undefined;
    return isMoving ? '\x02?\x01\r' : `\x0200.${String(grams).padStart(3, '0')}\r`;
  });
  expect(await inTime(time, scale.tare())).toEqual({ kind: 'done' });
  expect(other.received().toString('latin1')).toBe('WTW');
  isMoving = true;
  expect(await inTime(time, scale.tare())).toMatchObject({ kind: 'failed', code: 'in_motion' });
  expect(await inTime(time, scale.status())).toMatchObject({ state: 'ready' });
});

test('two who weigh at once get their own answers', async () => {
  let grams = 100;
  const { scale, time } = scaleWith(() => {
    grams += 1;
    return `\x0200.${grams}\r`;
  });
  const both = await inTime(
    time,
    Promise.all([scale.weigh({ signal: NEVER }), scale.weigh({ signal: NEVER })]),
  );
  expect(both).toMatchObject([{ grams: 101 }, { grams: 102 }]);
});

test('a scanner tells its codes, and is found again after it was unplugged', async () => {
  const time = virtualTime();
  const { open, other } = memorySerial();
  const scanner = createSerialScanner({ port: PORT, open, timers: time.timers });
  const codes: ScannedCode[] = [];
  const until = new AbortController();
  scanner.listen({ signal: until.signal, onCode: (code) => codes.push(code) });
  await time.advance(1);
  other.send(']E073108650');
  other.send('04703\r\n');
  other.setPlugged(false);
  await time.advance(5_000);
  expect(await scanner.status()).toMatchObject({ state: 'gone' });
  other.setPlugged(true);
  await time.advance(2_000);
  other.send('plain\r');
  expect(codes).toEqual([
    { text: '7310865004703', symbology: 'ean_13' },
    { text: 'plain', symbology: null },
  ]);
  until.abort();
  other.send('late\r');
  await scanner.close();
  other.send('later\r');
  expect(codes).toHaveLength(2);
});

test('a printer on a serial port prints as one on the network does', async () => {
  const time = virtualTime();
  const { open, other } = memorySerial();
  const body = new PrinterBody({ columns: 42, timers: time.timers });
  body.connect({ hear: (bytes) => other.send(bytes) });
  other.onReceived = (bytes) => void body.take(bytes);
  const printer = createSerialPrinter({ port: PORT, open, ...time, width: 42 });
  const bytes = Buffer.concat([escPosInitialise(), Buffer.from('On a wire\n')]);
  expect(await inTime(time, printer.print({ key: 'k', signal: NEVER, bytes }))).toEqual({ kind: 'done' });
  expect(body.onPaper).toMatchObject([{ text: 'On a wire' }]);
  expect(await inTime(time, printer.status())).toMatchObject({ name: '/dev/ttyUSB0', state: 'ready' });
});

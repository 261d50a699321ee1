import { createServer, type Server, type Socket } from 'node:net';
import { systemRandom, systemTimers, type VirtualPorts } from '@holdfast/base';
import {
  escPosCut,
  escPosInitialise,
  priceSale,
  receiptDocument,
  receiptEscPos,
  receiptText,
} from '@holdfast/commerce';
import { afterEach, expect, test } from 'vitest';
import { createPrinterDrawer } from '../escpos/printer-drawer.ts';
import type { Outcome } from '../ports/device.ts';
import { createSimulatedPrinter, type SimulatedPrinter } from '../simulated/printer.ts';
import { serveSimulatedPrinter } from '../simulated/serve-printer.ts';
import { createNetworkPrinter, type NetworkPrinterOptions } from './network-printer.ts';

const NEVER = new AbortController().signal;
const QUICK = { connectMs: 600, retryMs: 20, answerMs: 300, pollMs: 50, stallMs: 1_000, finishMs: 3_000 };
const PORTS: Pick<VirtualPorts, 'timers' | 'random'> = { timers: systemTimers, random: systemRandom };
const LINES = Array.from({ length: 40 }, (_, at) => `${at}`.padStart(3, '0').repeat(10));
const JOB = Buffer.concat([
  escPosInitialise(),
  Buffer.from(`${LINES.join('\n')}\n`, 'latin1'),
  escPosCut('full'),
]);

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function served(lineMs = 0) {
  const simulated = createSimulatedPrinter({ ...PORTS, lineMs });
  const { port, close } = await serveSimulatedPrinter(simulated);
  closing.push(close);
  return { simulated, printer: printerAt(port), port };
}

function printerAt(port: number, of: Partial<NetworkPrinterOptions> = {}) {
  return createNetworkPrinter({ ...PORTS, host: '127.0.0.1', port, width: 42, times: QUICK, ...of });
}

function linesOf({ paper }: SimulatedPrinter): string[] {
  return paper.flatMap((what) => (what.kind === 'line' ? [what.text] : []));
}

/** A server that keeps every byte and answers as `answer` says. */
async function listen(answer: (socket: Socket, bytes: Buffer) => void) {
  const received: Buffer[] = [];
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      received.push(bytes);
      answer(socket, bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return { port: address.port, received: () => Buffer.concat(received) };
}

/** As a printer in order, with the pin of its drawer high. */
function answerQuestions(socket: Socket, bytes: Buffer): void {
  for (const [, n] of bytes.toString('hex').matchAll(/1004(0[1-4])/g))
    socket.write(Uint8Array.of(n === '01' ? 0x16 : 0x12));
}

const print = (printer: { print: SimulatedPrinter['print'] }, bytes: Uint8Array = JOB) =>
  printer.print({ key: 'k', signal: NEVER, bytes });

test('every byte on the line is the one that was meant', async () => {
  const { port, received } = await listen((socket, bytes) => {
    answerQuestions(socket, bytes);
    for (const [, id] of bytes.toString('hex').matchAll(/1d284806003030(.{8})/g))
      socket.write(Buffer.from(`3722${id}00`, 'hex'));
  });
  const random = { ...systemRandom, unit: () => 0 };
  const job = Buffer.concat([escPosInitialise(), Buffer.from('A\n')]);
  expect(await print(printerAt(port, { random }), job)).toEqual({ kind: 'done' });
  const questions = '\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04';
  const probe = '\x1d(H\x06\x00000001';
  const whole = `${questions}${probe}\x1b@\x1da\x0eA\n\x1d(H\x06\x00000002`;
  expect(received().toString('latin1')).toBe(whole);
});

test('prints over a socket, job after job', async () => {
  const { simulated, printer } = await served();
  expect(await print(printer)).toEqual({ kind: 'done' });
  expect(await print(printer)).toEqual({ kind: 'done' });
  expect(linesOf(simulated)).toEqual([...LINES, ...LINES]);
  expect(await printer.status()).toMatchObject({ state: 'ready', facts: { confirmed_by: 'process_id' } });
});

test('a receipt stands on paper as the text says', async () => {
  const { simulated, printer } = await served();
  const sale = priceSale({
    cashier_id: 'c-7',
    currency: 'SEK',
    items: [
      { sku: 'a', name: 'Räksmörgås med dill', quantity: 2, unit_price: '129.00' },
      { sku: 'b', name: 'Kaffe', quantity: 1, unit_price: '32.50' },
    ],
    tenders: [{ type: 'cash', amount: '300' }],
  });
  const document = receiptDocument({
    ...sale,
    store_name: 'Hamnens Café',
    store_id: 'S-001',
    terminal_name: 'Till 2',
    cashier_name: 'Åsa Öberg',
    op_id: '01935c2e-8f7a-7c31-9d0e-3b6f5a2c1d44',
    receipt_code: '7K3M-Q9TX-2B',
    seq: 42,
    created_at: '2026-01-31T23:30:00.000Z',
    time_zone: 'Europe/Stockholm',
    locale: 'sv-SE',
    customer_reference: null,
    copy: 0,
    offline: false,
  });
  expect(await print(printer, receiptEscPos(document, 42))).toEqual({ kind: 'done' });
  const wanted = receiptText(document, 42)
    .split('\n')
    .map((line) => line.trim());
  const found = new Set(linesOf(simulated).map((line) => line.trim()));
  expect(wanted.filter((line) => line.includes('Räksmörgås') || line.includes('290'))).not.toEqual([]);
  expect(wanted.filter((line) => /[a-zåäö]/i.test(line) && !found.has(line))).toEqual([]);
  expect(simulated.paper.map(({ kind }) => kind)).toContain('qr');
  expect(simulated.paper.at(-1)).toEqual({ kind: 'cut', cut: 'partial' });
});

test('two tills print at once, and no line of one stands within the other', async () => {
  const { simulated, printer, port } = await served(1);
  const other = printerAt(port, { times: { ...QUICK, connectMs: 5_000 } });
  const texts = ['first', 'second'].map((name) => Array.from({ length: 20 }, () => name));
  const [mine = [], theirs = []] = texts;
  const jobs = texts.map((lines) => Buffer.from(`\x1b@${lines.join('\n')}\n`, 'latin1'));
  const ends = await Promise.all([print(printer, jobs[0]), print(other, jobs[1])]);
  expect(ends).toEqual([{ kind: 'done' }, { kind: 'done' }]);
  expect([
    [...mine, ...theirs],
    [...theirs, ...mine],
  ]).toContainEqual(linesOf(simulated));
});

test('nobody at the port: failed, and the address is named', async () => {
  const { port } = await listen(() => undefined);
  await closing.pop()?.();
  const end = await print(printerAt(port));
  expect(end).toMatchObject({ kind: 'failed', code: 'printer_unavailable' });
  expect(end).toHaveProperty('message', expect.stringContaining(`127.0.0.1:${port}`));
  expect(await printerAt(port).status()).toMatchObject({ state: 'gone', facts: { jobs: 0 } });
});

test('a connection that is half open: failed, and no byte of the job was sent', async () => {
  const { port, received } = await listen(() => undefined);
  expect(await print(printerAt(port))).toMatchObject({ kind: 'failed', code: 'printer_unavailable' });
  expect(received().includes('000')).toBe(false);
});

test.each([1, 2, 3, 12, 13, 24, 25, 40, 400, 1_200])('the line is reset after %i bytes', async (bytes) => {
  const { simulated, printer } = await served();
  simulated.cable.breaksAfterBytes = bytes;
  const end = await print(printer);
  if (end.kind === 'failed') expect(linesOf(simulated)).toEqual([]);
  if (end.kind === 'done') expect(linesOf(simulated)).toEqual(LINES);
  // A question that was torn is asked anew on the next line; a job is not sent twice.
  expect(end.kind).toBe(bytes <= 23 ? 'done' : 'unknown');
});

test.each<[string, (printer: SimulatedPrinter) => void, Outcome<object>['kind'], string]>([
  ['the cover is open', ({ body }) => body.openCover(), 'failed', 'cover_open'],
  ['the paper is out', ({ body }) => body.setPaper(0), 'failed', 'paper_out'],
  ['the cutter is blocked', ({ body }) => body.fail('recoverable', true), 'failed', 'printer_error'],
])('%s', async (_, arrange, kind, code) => {
  const { simulated, printer } = await served();
  arrange(simulated);
  expect(await print(printer)).toMatchObject({ kind, code });
  expect(await printer.status()).toMatchObject({ state: 'attention' });
});

test('the paper ends in the middle: unknown, and what is on paper is the beginning', async () => {
  const { simulated, printer } = await served();
  simulated.body.setPaper(40);
  expect(await print(printer)).toMatchObject({ kind: 'unknown' });
  expect(linesOf(simulated)).toEqual(LINES.slice(0, 10));
});

test('a slow printer is waited for, and not for ever', async () => {
  const { simulated, printer } = await served(20);
  expect(await print(printer)).toEqual({ kind: 'done' });
  simulated.body.lineMs = 1_000;
  expect(await print(printer)).toMatchObject({ kind: 'unknown' });
});

test('a printer that takes no more bytes is given up', async () => {
  const { port } = await listen((socket, bytes) => {
    answerQuestions(socket, bytes);
    if (bytes.includes('(H')) socket.pause();
  });
  const job = new Uint8Array(64 * 1024 * 1024).fill(0x41);
  const end = await print(printerAt(port), job);
  expect(end).toMatchObject({ kind: 'unknown', message: expect.stringContaining('takes no more bytes') });
});

test('a printer that never answers gets the job whole, and ends the line', async () => {
  const { port, received } = await listen(() => undefined);
  expect(await print(printerAt(port, { confirmation: 'delivery' }))).toEqual({ kind: 'done' });
  expect(received()).toEqual(JOB);
  const broken = await listen((socket) => socket.resetAndDestroy());
  expect(await print(printerAt(broken.port, { confirmation: 'delivery' }))).toMatchObject({
    kind: 'unknown',
  });
});

test('the drawer on its connector opens, sticks, or says nothing', async () => {
  let isPinHigh = false;
  let kicks = 0;
  const drawer = {
    kick: () => {
      kicks += 1;
      isPinHigh = true;
    },
    isPinHigh: () => isPinHigh,
  };
  const simulated = createSimulatedPrinter({ ...PORTS, lineMs: 0, drawer });
  const { port, close } = await serveSimulatedPrinter(simulated);
  closing.push(close);
  const printer = printerAt(port);
  const create = (openLevel: 'high' | 'low' | null) =>
    createPrinterDrawer({ printer, timers: systemTimers, openLevel });
  const order = { key: 'k', signal: NEVER };
  expect(await create('high').isOpen()).toBe(false);
  expect(await create('high').open(order)).toEqual({ kind: 'done' });
  expect(await create('high').isOpen()).toBe(true);
  expect(await create('low').open(order)).toMatchObject({ kind: 'failed', code: 'drawer_stuck' });
  expect(await create(null).open(order)).toEqual({ kind: 'done' });
  expect(await create(null).isOpen()).toBe(null);
  expect(kicks).toBe(3);
  simulated.body.openCover();
  expect(await create('high').open(order)).toMatchObject({ kind: 'failed', code: 'cover_open' });
  expect(await create('high').status()).toMatchObject({ kind: 'cash_drawer', state: 'attention' });
});

/**
 * A till for a day of cards: the product's own edge on an encrypted store and a virtual clock, with simulated devices and
 * a wallet of its own, in a folder that stays.
 */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createVirtualPorts, must, supervise, type VirtualPorts } from '@holdfast/base';
import {
  composeEdge,
  createInlineWriter,
  type EdgeComposition,
  edgeOptions,
  initEdge,
  WriterEngine,
} from '@holdfast/edge';
import { createLogger, loadOptions } from '@holdfast/runtime';
import type { Instance } from '@holdfast/workflow';
import { type Seeded, seeded } from '../support/seeded.ts';
import type { DayCase } from './day-cases.ts';
import type { DayRemains } from './day-remains.ts';
import { customerOf, press, seen } from './till-hands.ts';
import { inTime, passTime, TURNS_MAX, until } from './till-time.ts';
import { pinOf, secretsOf } from './wallet-secrets.ts';

/** What a card payment does at most: at its end it tells the log of itself. */
const DEFINITION = `workflow_type: CardDay
state: { amount: money, currency: string, message: string }
steps:
  - name: Read_Card
  - name: Validate_Card_Offline
  - name: Verify_Pin
  - name: Approve_Offline
  - name: Queue_For_Sync
  - name: Print_Receipt
  - name: Notify
`;
const ENDS = new Set(['completed', 'failed', 'compensated', 'parked']);
/** A PIN of four digits is found in any large file, by chance. */
const PIN_DIGITS = 12;

/** How a payment ended, with what it left in the journal and on the paper. */
export type Ended = {
  instance: Instance;
  /** Bodies of the journal's entries that it wrote. */
  entries: readonly string[];
  /** What a person reads on the paper. */
  paper: string;
  /** What the printer received. */
  job: Uint8Array;
};

export type DayTill = {
  readonly name: string;
  readonly edge: EdgeComposition;
  pay(of: DayCase): Promise<Ended>;
  /** Prints the nth copy of the receipt of a sale; the bytes that the printer received. */
  reprint(edgeTransactionId: string, copy: number): Promise<Uint8Array>;
  /** As of now. */
  remains(): DayRemains;
  /** Closes the store; its folder stays. */
  close(): Promise<void>;
};

export type DayTillOptions = {
  /** Draws what its devices, its identifiers and its hands draw. */
  seed: number;
  /** Made if it is not there, and never removed. */
  folder: string;
  name: string;
  currency: string;
  /** Numeric ISO 3166. */
  country: string;
  startMs?: number;
};

type Till = {
  edge: EdgeComposition;
  ports: VirtualPorts;
  random: Seeded;
  wrongPins: Set<string>;
  printed: Uint8Array[];
  /** What the printer received since the last job was taken from it. */
  received: Uint8Array[];
};

/** Opens the till and loads the workflow of its payments. */
export async function openDayTill(of: DayTillOptions): Promise<DayTill> {
  const { seed, folder, name, startMs } = of;
  const ports = createVirtualPorts({ seed, ...(startMs !== undefined && { startMs }) });
  const at = { folder: join(folder, 'data'), logFile: join(folder, 'edge.log') };
  mkdirSync(folder, { recursive: true });
  writeFileSync(at.logFile, '');
  const edge = await composeTill(of, { ports, ...at });
  const till: Till = { edge, ports, random: seeded(seed), wrongPins: new Set(), printed: [], received: [] };
  simulated(edge).devices.printer.body.onBytes = (bytes) => till.received.push(bytes.slice());
  const stop = new AbortController();
  for (const service of edge.context.workflows.services)
    void supervise(service, { ports, signal: stop.signal, onFailure: raise });
  const loaded = await inTime(ports, edge.context.workflows.load(DEFINITION));
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const { pins, ...secrets } = await secretsOf(simulated(edge).wallet);
  return {
    name,
    edge,
    pay: (one) => pay(till, one),
    reprint: (id, copy) => reprint(till, { id, copy }),
    remains: () => ({
      ...at,
      printed: [...till.printed],
      secrets: { ...secrets, pins: [...pins, ...till.wrongPins] },
    }),
    async close() {
      stop.abort();
      await passTime(ports);
      await edge.close();
    },
  };
}

async function composeTill(
  { name, currency, country }: DayTillOptions,
  { ports, folder, logFile }: { ports: VirtualPorts; folder: string; logFile: string },
): Promise<EdgeComposition> {
  const options = loadOptions(edgeOptions, {
    env: {},
    flags: {
      ...{ '--data': folder, '--store-id': name, '--currency': currency, '--country': country },
      ...{ '--reserve-bytes': '65536', '--hardware-simulated': 'true' },
    },
  });
  await initEdge({ options, ports });
  return await composeEdge({
    options,
    ports,
    logger: createLogger({
      ...{ level: 'debug', service: 'edge' },
      destination: { write: (line) => appendFileSync(logFile, line) },
    }),
    transport: () => Promise.reject(new Error('there is no network')),
    openWriter: async (of) => createInlineWriter(new WriterEngine(of, ports), { later: queueMicrotask }),
    pinDigits: PIN_DIGITS,
  });
}

async function pay(till: Till, of: DayCase): Promise<Ended> {
  const { workflows, options } = till.edge.context;
  const before = countEntries(till);
  await press(till.edge, 'printer', 'tear_off');
  await press(till.edge, 'printer', 'new_roll');
  const starting = workflows.start({
    workflow_type: 'CardDay',
    input: { amount: of.amount, currency: of.currency ?? options.currency, message: of.name },
    by: null,
  });
  const { instance_id: id } = await inTime(till.ports, starting);
  const now = () => must(workflows.find(id), 'it was started').instance;
  const customer = customerOf(of, { devices: till.edge, pinOf: (key) => digitsOf(till, of, key) });
  for (let turn = 0; turn < TURNS_MAX && !ENDS.has(now().status); turn += 1) {
    await passTime(till.ports);
    await customer.move();
  }
  const instance = now();
  if (!ENDS.has(instance.status)) throw new Error(`${of.name} does not end: ${JSON.stringify(instance)}`);
  await atRest(till);
  await customer.leave();
  return { instance, entries: entriesAfter(till, before), paper: paperOf(till), job: takeJob(till) };
}

async function reprint(till: Till, { id, copy }: { id: string; copy: number }): Promise<Uint8Array> {
  const { apiToken } = till.edge.context;
  const path = `/edge/transactions/${id}/receipt.escpos?copy=${copy}`;
  const headers = { authorization: `Bearer ${apiToken}` };
  const answer = await till.edge.app.request(path, { headers });
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  const { printer } = simulated(till.edge).devices;
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const order = { key: `${id} ${copy}`, signal: new AbortController().signal, bytes };
  const done = await inTime(till.ports, printer.print(order));
  if (done.kind !== 'done') throw new Error(`${path}: ${done.kind} ${done.message}`);
  return takeJob(till);
}

/** A wrong PIN is as long as the right one, and one that nobody entered before. */
function digitsOf(till: Till, { card }: DayCase, key: 'right' | 'wrong'): string {
  const { wallet } = simulated(till.edge);
  const right = pinOf(must(wallet.card(card), 'the wallet has the card')) ?? '';
  if (key === 'right') return right;
  for (;;) {
    const digits = Array.from({ length: PIN_DIGITS }, () => till.random.int(0, 9)).join('');
    if (digits === right || till.wrongPins.has(digits)) continue;
    till.wrongPins.add(digits);
    return digits;
  }
}

/** Lets time pass until no card is in the field and the printer has printed. */
async function atRest({ edge, ports }: Till): Promise<void> {
  await passTime(ports);
  await until(ports, () => {
    const { cards_in_field } = seen(edge, 'card_reader');
    const { waiting_bytes } = seen(edge, 'printer');
    return Array.isArray(cards_in_field) && cards_in_field.length === 0 && waiting_bytes === 0;
  });
}

function simulated({ context }: EdgeComposition) {
  return must(context.devices.simulated, 'the till is simulated');
}

function takeJob({ received, printed }: Till): Uint8Array {
  const job = new Uint8Array(Buffer.concat(received.splice(0)));
  if (job.length > 0) printed.push(job);
  return job;
}

function paperOf({ edge }: Till): string {
  const { paper } = seen(edge, 'printer');
  return Array.isArray(paper) ? paper.map((line) => String(line.text)).join('\n') : '';
}

function countEntries({ edge }: Till): number {
  return Number(edge.context.db.prepare('SELECT coalesce(max(rowid), 0) FROM entry').pluck().get());
}

function entriesAfter({ edge }: Till, rowid: number): string[] {
  const rows = edge.context.db
    .prepare('SELECT body FROM entry WHERE rowid > ? ORDER BY rowid')
    .pluck()
    .all(rowid);
  return rows.map(String);
}

/** A service that fails is a defect. */
function raise({ error }: { error: unknown }): void {
  queueMicrotask(() => {
    throw error;
  });
}

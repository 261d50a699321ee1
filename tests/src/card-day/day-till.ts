/**
 * A till for a day of cards: the product's own edge on an encrypted store and a virtual clock, with simulated devices, and
 * one pair of hands that presents cards and presses keys as a case of the table says.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getActiveResourcesInfo } from 'node:process';
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
import type { DayCase, Hand } from './day-cases.ts';

const DEFINITION = `workflow_type: CardDay
state: { amount: money, currency: string }
steps:
  - name: Read_Card
  - name: Validate_Card_Offline
  - name: Verify_Pin
  - name: Approve_Offline
  - name: Queue_For_Sync
  - name: Print_Receipt
`;
const ENDS = new Set(['completed', 'failed', 'compensated', 'parked']);
const STEP_MS = 50;
const TURNS_MAX = 2_000;

/** How a payment ended, with what it left in the journal and on the paper. */
export type Ended = {
  instance: Instance;
  /** Bodies of the journal's entries that it wrote. */
  entries: readonly string[];
  paper: string;
};

export type DayTill = {
  pay(of: DayCase): Promise<Ended>;
  close(): Promise<void>;
};

type Till = { edge: EdgeComposition; ports: VirtualPorts; entries: number };

/** Opens a till in a folder of its own; the seed draws what its devices and its identifiers draw. */
export async function openDayTill(seed: number): Promise<DayTill> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-card-day-'));
  const ports = createVirtualPorts({ seed });
  const options = loadOptions(edgeOptions, {
    env: {},
    flags: { '--data': folder, '--reserve-bytes': '65536', '--hardware-simulated': 'true' },
  });
  await initEdge({ options, ports });
  const edge = await composeEdge({
    options,
    ports,
    logger: createLogger({ level: 'silent', service: 'edge' }),
    transport: () => Promise.reject(new Error('there is no network')),
    openWriter: async (of) => createInlineWriter(new WriterEngine(of, ports), { later: queueMicrotask }),
  });
  const stop = new AbortController();
  for (const service of edge.context.workflows.services)
    void supervise(service, { ports, signal: stop.signal, onFailure: raise });
  const till = { edge, ports, entries: 0 };
  const loading = edge.context.workflows.load(DEFINITION);
  await passTime(till);
  const loaded = await loading;
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return {
    pay: (of) => pay(till, of),
    async close() {
      stop.abort();
      await passTime(till);
      await edge.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function pay(till: Till, of: DayCase): Promise<Ended> {
  const { workflows, options } = till.edge.context;
  const before = countEntries(till);
  await press(till, 'printer', 'tear_off');
  await press(till, 'printer', 'new_roll');
  const starting = workflows.start({
    workflow_type: 'CardDay',
    input: { amount: of.amount, currency: options.currency },
    by: null,
  });
  await passTime(till);
  const id = (await starting).instance_id;
  const now = () => must(workflows.find(id), 'it was started').instance;
  const hands = [...of.hands];
  const pins = [...of.pins];
  for (let turn = 0; turn < TURNS_MAX && !ENDS.has(now().status); turn += 1) {
    await passTime(till);
    if (asksForPin(till)) {
      const pin = pins.shift();
      await press(
        till,
        'pin_pad',
        pin === undefined ? 'cancel' : 'enter_pin',
        pin === undefined ? {} : { pin },
      );
    } else await present(till, of, hands);
  }
  const instance = now();
  if (!ENDS.has(instance.status)) throw new Error(`${of.name} does not end: ${JSON.stringify(instance)}`);
  await passTime(till);
  if (slotOf(till) !== null) await press(till, 'card_reader', 'pull_out');
  for (let turn = 0; turn < 30; turn += 1) await passTime(till);
  return { instance, entries: entriesAfter(till, before), paper: paperOf(till) };
}

async function present(till: Till, { card }: DayCase, hands: Hand[]): Promise<void> {
  const [hand] = hands;
  if (hand === undefined || isPowering(till)) return;
  const waits = waitsFor(till);
  const entry = { insert: 'chip', pull: 'chip', tap: 'contactless', swipe: 'magstripe' }[hand.does];
  if (!waits.includes(entry)) return;
  if (hand.does !== 'tap' && slotOf(till) !== null) return await press(till, 'card_reader', 'pull_out');
  hands.shift();
  if (hand.does === 'pull')
    await press(till, 'card_reader', 'insert_and_pull', { card, commands: hand.after, loses_answer: false });
  else await press(till, 'card_reader', hand.does, { card });
}

/** Virtual time stands still while a file is being written: no hand may be faster than a disk. */
async function passTime({ ports }: Pick<Till, 'ports'>): Promise<void> {
  do await new Promise<void>((resolve) => setImmediate(resolve));
  while (getActiveResourcesInfo().some((name) => /req/i.test(name)));
  await ports.advance(STEP_MS);
}

function simulator({ edge }: Till, name: string) {
  return must(edge.context.devices.simulated?.simulators[name], `the till has a ${name}`);
}

async function press(till: Till, device: string, name: string, args: object = {}): Promise<void> {
  const found = simulator(till, device).controls.find((each) => each.name === name);
  const done = await must(found, `${device} has ${name}`).call(args);
  if (done.kind !== 'done') throw new Error(`${device} ${name}: ${done.kind} ${done.message}`);
}

const asksForPin = (till: Till) => simulator(till, 'pin_pad').snapshot().asks !== null;
const slotOf = (till: Till) => simulator(till, 'card_reader').snapshot().card_in_slot;
const isPowering = (till: Till) => simulator(till, 'card_reader').snapshot().is_powering_a_card === true;

function waitsFor(till: Till): readonly string[] {
  const { waits_for } = simulator(till, 'card_reader').snapshot();
  return Array.isArray(waits_for) ? waits_for.map(String) : [];
}

function paperOf(till: Till): string {
  const { paper } = simulator(till, 'printer').snapshot();
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

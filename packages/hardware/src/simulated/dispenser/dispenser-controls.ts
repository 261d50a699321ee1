/** What a person can do with a simulated cash dispenser. */
import { type Control, control, controlsOf, type Snapshot } from '../controls.ts';
import { countOf, type DispenserBody, JAM_PLACES, type Notes } from './dispenser-body.ts';
import type { CassetteRow } from './dispenser-memory.ts';
import type { Power } from './power.ts';

/** What the controls work on. */
export type DispenserHandles = {
  body: DispenserBody;
  power: Power;
  cassettes(): readonly CassetteRow[];
  hasOpenOrder(): boolean;
  isPlugged(): boolean;
  setPlugged(isPlugged: boolean): void;
  /** Null: the customer waits for a hand on the controls. */
  customerTakesAfterMs(): number | null;
  setCustomer(takesAfterMs: number | null): void;
  setCassette(slot: number, members: Partial<Pick<CassetteRow, 'notes' | 'is_in'>>): Promise<void>;
  powerOn(): Promise<void>;
  clearJam(): Promise<void>;
};

const SLOTS_MAX = 16;
const NOTES_MAX = 3_000;
const STEPS_MAX = 1_000;
const WAIT_MS_MAX = 600_000;
const OFF = 'The machine is off, or has not finished its last order: switch it on and wait.';
const NO_SLOT = 'There is no such cassette.';

const SLOT = { type: 'integer', label: 'Slot', min: 1, max: SLOTS_MAX } as const;
const NOTES = { type: 'integer', label: 'Notes', min: 0, max: NOTES_MAX } as const;

/** Hands on notes, faults and cassettes. */
export function dispenserControls(of: DispenserHandles): readonly Control[] {
  return controlsOf(...customerControls(of), ...faultControls(of), ...cassetteControls(of));
}

function customerControls({ body, setCustomer }: DispenserHandles): Control[] {
  return [
    control({
      name: 'take_notes',
      label: 'Take the notes',
      run: () => (body.take() === 0 ? 'There are no notes in the shutter.' : undefined),
    }),
    control({
      name: 'take_some_notes',
      label: 'Take so many notes, and leave the others',
      args: { notes: NOTES },
      run: ({ notes }) => (body.take(notes) === 0 ? 'There are no notes in the shutter.' : undefined),
    }),
    control({
      name: 'set_customer',
      label: 'Let the customer take the notes by himself, or not at all',
      args: {
        takes: { type: 'boolean', label: 'Takes them' },
        after_ms: { type: 'integer', label: 'After milliseconds', min: 0, max: WAIT_MS_MAX },
      },
      run: ({ takes, after_ms }) => setCustomer(takes ? after_ms : null),
    }),
  ];
}

function faultControls(of: DispenserHandles): Control[] {
  const { body, power } = of;
  return [
    control({
      name: 'jam',
      label: 'Let the next note jam',
      args: { at: { type: 'text', label: 'Where', allowed: JAM_PLACES } },
      run: ({ at }) => {
        body.nextJam = at;
      },
    }),
    control({ name: 'clear_jam', label: 'Take the jam out', run: () => of.clearJam() }),
    control({
      name: 'bad_notes',
      label: 'Let the next notes be torn',
      args: { notes: NOTES },
      run: ({ notes }) => {
        body.badNotes = notes;
      },
    }),
    control({ name: 'power_off', label: 'Cut the power', run: () => power.cut() }),
    control({
      name: 'power_off_after',
      label: 'Cut the power after so many steps',
      args: { steps: { type: 'integer', label: 'Steps', min: 0, max: STEPS_MAX } },
      run: ({ steps }) => power.cutAfter(steps),
    }),
    control({ name: 'power_on', label: 'Switch it on', run: () => of.powerOn() }),
    control({
      name: 'set_plugged',
      label: 'Pull the cable to the till, or plug it in',
      args: { is_plugged: { type: 'boolean', label: 'Plugged in' } },
      run: ({ is_plugged }) => of.setPlugged(is_plugged),
    }),
  ];
}

function cassetteControls(of: DispenserHandles): Control[] {
  const change = async (slot: number, members: Parameters<DispenserHandles['setCassette']>[1]) => {
    if (!of.cassettes().some((row) => row.slot === slot)) return NO_SLOT;
    if (!of.power.isOn || of.hasOpenOrder()) return OFF;
    if (members.notes !== undefined) of.body.setCassette(slot, members.notes);
    await of.setCassette(slot, members);
    return undefined;
  };
  return [
    control({
      name: 'fill',
      label: 'Fill a cassette and count it',
      args: { slot: SLOT, notes: NOTES },
      run: ({ slot, notes }) => change(slot, { notes }),
    }),
    control({
      name: 'miscount',
      label: 'Leave so many notes in a cassette without telling the machine',
      args: { slot: SLOT, notes: NOTES },
      run: ({ slot, notes }) => {
        if (!of.cassettes().some((row) => row.slot === slot)) return NO_SLOT;
        of.body.setCassette(slot, notes);
        return undefined;
      },
    }),
    control({
      name: 'remove_cassette',
      label: 'Take a cassette out',
      args: { slot: SLOT },
      run: ({ slot }) => change(slot, { is_in: false }),
    }),
    control({
      name: 'insert_cassette',
      label: 'Put a cassette in',
      args: { slot: SLOT },
      run: ({ slot }) => change(slot, { is_in: true }),
    }),
  ];
}

/** What a person who stands before it sees, and what somebody with the key would. */
export function dispenserSnapshot(of: DispenserHandles): Snapshot {
  const { body, power } = of;
  return {
    is_powered: power.isOn,
    is_plugged: of.isPlugged(),
    jammed_at: body.state.jammedAt,
    next_jam: body.nextJam,
    next_bad_notes: body.badNotes,
    customer_takes_after_ms: of.customerTakesAfterMs(),
    shutter_notes: countOf(body.state.shutter),
    stacker_notes: countOf(body.state.stacker),
    reject_bin_notes: countOf(body.state.rejectBin),
    retract_bin_notes: countOf(body.state.retractBin),
    with_customers: shown(body.state.customer),
    cassettes: of.cassettes().map((row) => ({
      slot: row.slot,
      currency: row.currency,
      denomination_minor: row.denomination_minor,
      counted_notes: row.notes,
      notes: body.state.cassettes[row.slot] ?? 0,
      is_in: row.is_in,
    })),
  };
}

function shown(notes: Notes): Snapshot {
  return Object.fromEntries(Object.entries(notes).map(([slot, count]) => [`slot_${slot}`, count]));
}

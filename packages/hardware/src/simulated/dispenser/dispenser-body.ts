/**
 * A cash dispenser as a thing: notes in cassettes, in the stacker, in the shutter, in two bins, and in the hands of
 * customers. Notes move and are never made or lost. Its sensors count what lies in each place, but not what is left in
 * a cassette: there somebody may have put too few.
 */

/** Notes by slot of the cassette that they came from. */
export type Notes = Readonly<Record<number, number>>;

/** What lies where. `cassettes` is what is there in truth. */
export type DispenserBodyState = {
  cassettes: Notes;
  stacker: Notes;
  shutter: Notes;
  rejectBin: Notes;
  retractBin: Notes;
  customer: Notes;
  jammedAt: JamPlace | null;
};

/** Where notes can get stuck, until a person takes the jam out. */
export type JamPlace = 'pick' | 'present' | 'retract';
/** All of them. */
export const JAM_PLACES = ['pick', 'present', 'retract'] as const satisfies readonly JamPlace[];

/** The notes of one machine. No call waits: what takes time is for the controller. */
export class DispenserBody {
  #state: DispenserBodyState;
  /** The next move of that kind jams. */
  nextJam: JamPlace | null = null;
  /** So many of the next notes are torn or double, and go to the reject bin. */
  badNotes = 0;
  /** Called when notes have come into the shutter. */
  onPresented: (() => void) | undefined;

  constructor(state: DispenserBodyState) {
    this.#state = state;
  }

  get state(): DispenserBodyState {
    return this.#state;
  }

  /** One note from a cassette into the stacker; a bad one into the reject bin. */
  pick(slot: number): 'picked' | 'rejected' | 'none' | 'jammed' {
    if (this.#jams('pick')) return 'jammed';
    if ((this.#state.cassettes[slot] ?? 0) === 0) return 'none';
    const isBad = this.badNotes > 0;
    if (isBad) this.badNotes -= 1;
    this.#move('cassettes', isBad ? 'rejectBin' : 'stacker', { [slot]: 1 });
    return isBad ? 'rejected' : 'picked';
  }

  /** The whole stacker into the shutter, where a customer can reach it. */
  present(): 'presented' | 'jammed' {
    if (this.#jams('present')) return 'jammed';
    this.#move('stacker', 'shutter', this.#state.stacker);
    this.onPresented?.();
    return 'presented';
  }

  /** What is in the shutter back into the retract bin. */
  retract(): 'retracted' | 'jammed' {
    if (countOf(this.#state.shutter) > 0 && this.#jams('retract')) return 'jammed';
    this.#move('shutter', 'retractBin', this.#state.shutter);
    return 'retracted';
  }

  /** The stacker into the reject bin. False while there is a jam. */
  purge(): boolean {
    if (this.#state.jammedAt !== null) return false;
    this.#move('stacker', 'rejectBin', this.#state.stacker);
    return true;
  }

  /** A customer takes so many notes out of the shutter, or all; the number of those taken. */
  take(notesMax = Number.POSITIVE_INFINITY): number {
    let left = notesMax;
    const taken: Record<number, number> = {};
    for (const [slot, notes] of entriesOf(this.#state.shutter)) {
      taken[slot] = Math.min(notes, left);
      left -= taken[slot] ?? 0;
    }
    this.#move('shutter', 'customer', taken);
    return countOf(taken);
  }

  clearJam(): void {
    this.#state = { ...this.#state, jammedAt: null };
  }

  /** A person puts notes into a cassette, or takes some out. */
  setCassette(slot: number, notes: number): void {
    this.#state = { ...this.#state, cassettes: { ...this.#state.cassettes, [slot]: notes } };
  }

  #jams(place: JamPlace): boolean {
    if (this.nextJam === place) {
      this.nextJam = null;
      this.#state = { ...this.#state, jammedAt: place };
    }
    return this.#state.jammedAt !== null;
  }

  #move(
    from: Exclude<keyof DispenserBodyState, 'jammedAt'>,
    to: Exclude<keyof DispenserBodyState, 'jammedAt'>,
    notes: Notes,
  ): void {
    const state = this.#state;
    this.#state = { ...state, [from]: minus(state[from], notes), [to]: plus(state[to], notes) };
  }
}

/** As it comes from the factory, with so many notes in the cassettes. */
export function newBodyState(cassettes: Notes): DispenserBodyState {
  return {
    cassettes,
    stacker: {},
    shutter: {},
    rejectBin: {},
    retractBin: {},
    customer: {},
    jammedAt: null,
  };
}

/** Notes of both, by slot. */
export function plus(a: Notes, b: Notes): Notes {
  const sum: Record<number, number> = { ...a };
  for (const [slot, notes] of entriesOf(b)) sum[slot] = (sum[slot] ?? 0) + notes;
  return sum;
}

/** What is left of `a`; slots of which nothing is left are not there. */
export function minus(a: Notes, ...subtrahends: readonly Notes[]): Notes {
  const rest: Record<number, number> = { ...a };
  for (const each of subtrahends)
    for (const [slot, notes] of entriesOf(each)) rest[slot] = (rest[slot] ?? 0) - notes;
  return Object.fromEntries(entriesOf(rest).filter(([, notes]) => notes !== 0));
}

/** How many notes there are in all. */
export function countOf(notes: Notes): number {
  return entriesOf(notes).reduce((sum, [, count]) => sum + count, 0);
}

/** In the order of the slots. */
export function entriesOf(notes: Notes): [slot: number, notes: number][] {
  return Object.entries(notes).map(([slot, count]) => [Number(slot), count]);
}

/**
 * A counter scale: what is put on it swings for a moment before it stands still, and it weighs in whole divisions up to
 * its capacity. A weight that moves is never given out, since nobody may be charged for it.
 */
import type { Clock, Timers } from '@holdfast/base';
import type { Scale } from '../ports/small-devices.ts';
import { control, controlsOf, type Simulated } from './controls.ts';

export type SimulatedScale = Scale & Simulated;

export type SimulatedScaleOptions = {
  clock: Clock;
  timers: Timers;
  name?: string;
  capacityGrams?: number;
  /** The weight is a multiple of it. */
  divisionGrams?: number;
  /** How long it swings after a change. */
  settleMs?: number;
};

const CAPACITY_GRAMS = 15_000;
const DIVISION_GRAMS = 5;
const SETTLE_MS = 800;
const LOOK_MS = 100;
/** Divisions above its capacity that a scale still shows (OIML R 76: nine). */
const ABOVE_CAPACITY_DIVISIONS = 9;
const GONE = {
  kind: 'failed',
  code: 'scale_gone',
  message: 'The scale does not answer: check that it is switched on, and its cable.',
} as const;
const OVERLOADED = {
  kind: 'failed',
  code: 'overloaded',
  message: 'It is too heavy for this scale: take some off.',
} as const;
const BELOW_ZERO = {
  kind: 'failed',
  code: 'below_zero',
  message: 'Put the container back on the scale, or clear its tare.',
} as const;

/** A scale with nothing on it. */
export function createSimulatedScale(options: SimulatedScaleOptions): SimulatedScale {
  const body = bodyOf(options);
  const { name = 'simulated scale' } = options;
  return {
    kind: 'scale',
    weigh: ({ signal }) => weigh(body, options.timers, signal),
    async tare() {
      if (!body.isPlugged) return GONE;
      if (body.moves())
        return { kind: 'failed', code: 'in_motion', message: 'Wait until the scale stands still.' };
      body.tareGrams = body.rounded(body.onItGrams);
      return { kind: 'done' };
    },
    async status() {
      const trouble = !body.isPlugged ? GONE : body.isOver() ? OVERLOADED : undefined;
      return {
        kind: 'scale',
        name,
        state: trouble === undefined ? 'ready' : trouble === GONE ? 'gone' : 'attention',
        attention: trouble?.message ?? null,
        facts: { capacity_grams: body.capacityGrams, division_grams: body.divisionGrams },
      };
    },
    close: async () => undefined,
    controls: controlsOfScale(body),
    snapshot: () => ({
      is_plugged: body.isPlugged,
      shows: body.isOver() ? null : body.netGrams(),
      is_tared: body.tareGrams > 0,
      is_in_motion: body.moves(),
    }),
  };
}

type ScaleBody = ReturnType<typeof bodyOf>;
type ScaleState = { onItGrams: number; tareGrams: number; isPlugged: boolean; isShaken: boolean };

function bodyOf({ clock, ...options }: SimulatedScaleOptions) {
  const { capacityGrams = CAPACITY_GRAMS, divisionGrams = DIVISION_GRAMS, settleMs = SETTLE_MS } = options;
  const state: ScaleState = { onItGrams: 0, tareGrams: 0, isPlugged: true, isShaken: false };
  let movedAtMs = -settleMs;
  return Object.assign(state, {
    capacityGrams,
    divisionGrams,
    rounded: (grams: number) => Math.round(grams / divisionGrams) * divisionGrams,
    moves: () => state.isShaken || clock.monotonicMs() - movedAtMs < settleMs,
    netGrams: () => Math.round((state.onItGrams - state.tareGrams) / divisionGrams) * divisionGrams,
    isOver: () => state.onItGrams > capacityGrams + ABOVE_CAPACITY_DIVISIONS * divisionGrams,
    /** Whatever happens to it, it swings. */
    change(members: Partial<ScaleState>) {
      Object.assign(state, members);
      movedAtMs = clock.monotonicMs();
    },
  });
}

async function weigh(body: ScaleBody, timers: Timers, signal: AbortSignal): ReturnType<Scale['weigh']> {
  for (;;) {
    if (signal.aborted)
      return { kind: 'failed', code: 'aborted', message: 'Nobody waited for the weight any more.' };
    if (!body.isPlugged) return GONE;
    if (!body.moves()) break;
    await timers.sleep(LOOK_MS, signal);
  }
  if (body.isOver()) return OVERLOADED;
  if (body.netGrams() < 0) return BELOW_ZERO;
  return { kind: 'done', grams: body.netGrams(), isTared: body.tareGrams > 0 };
}

function controlsOfScale(body: ScaleBody): Simulated['controls'] {
  const { capacityGrams } = body;
  return controlsOf(
    control({
      name: 'put',
      label: 'Put so much on it',
      args: { grams: { type: 'integer', label: 'Grams', min: -capacityGrams, max: 2 * capacityGrams } },
      run: ({ grams }) => body.change({ onItGrams: grams }),
    }),
    control({
      name: 'set_shaken',
      label: 'Shake the counter, or let it stand',
      args: { is_shaken: { type: 'boolean', label: 'Shakes' } },
      run: ({ is_shaken }) => body.change({ isShaken: is_shaken }),
    }),
    control({ name: 'clear_tare', label: 'Clear the tare', run: () => body.change({ tareGrams: 0 }) }),
    control({
      name: 'set_plugged',
      label: 'Pull its cable, or plug it in',
      args: { is_plugged: { type: 'boolean', label: 'Plugged in' } },
      // It forgets its tare without power.
      run: ({ is_plugged }) => body.change({ isPlugged: is_plugged, tareGrams: 0 }),
    }),
  );
}

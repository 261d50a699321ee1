/**
 * A cash drawer: it springs open at a pulse, and a person has to push it shut. It hangs on the connector of a printer,
 * or on a line of its own. One that stays open too long is reported, since that is how cash goes missing.
 */
import type { Clock } from '@holdfast/base';
import type { DrawerPulse } from '@holdfast/commerce';
import type { CashDrawer } from '../ports/receipt-printer.ts';
import { control, controlsOf, type Simulated } from './controls.ts';

/** A drawer, and what a hand can do with it. */
export type SimulatedDrawer = CashDrawer &
  Simulated & {
    /** The end of the cable in the printer. */
    readonly connector: { kick(pulse: DrawerPulse): void; isPinHigh(): boolean };
    /** Sets who is called when it has opened or was shut. */
    onMoved(tell: () => void): void;
  };

export type SimulatedDrawerOptions = {
  clock: Clock;
  name?: string;
  /** After this it is reported; a minute if unsaid. */
  openTooLongMs?: number;
};

const OPEN_TOO_LONG_MS = 60_000;
/** A weaker pulse does not pull the bolt. */
const PULSE_MS_MIN = 50;
const STUCK = {
  kind: 'failed',
  code: 'drawer_stuck',
  message: 'The drawer does not open: unlock it, or take out what keeps it.',
} as const;
const GONE = {
  kind: 'failed',
  code: 'printer_unavailable',
  message: 'The drawer does not answer: check its cable.',
} as const;
const OPEN_TOO_LONG = 'The drawer has been open for long: push it shut.';

/** A drawer that is shut. */
export function createSimulatedDrawer(options: SimulatedDrawerOptions): SimulatedDrawer {
  const body = bodyOf(options.clock);
  const { name = 'simulated drawer', openTooLongMs = OPEN_TOO_LONG_MS } = options;
  const attention = () => {
    if (body.isStuck) return STUCK.message;
    return body.openMs() > openTooLongMs ? OPEN_TOO_LONG : null;
  };
  return {
    kind: 'cash_drawer',
    onMoved: body.onMoved,
    connector: {
      kick({ onMs }) {
        if (!body.isStuck && body.isPlugged && onMs >= PULSE_MS_MIN) body.move(true);
      },
      isPinHigh: () => body.isPlugged && body.isOpen(),
    },
    async open() {
      if (!body.isPlugged) return GONE;
      if (body.isStuck) return STUCK;
      body.move(true);
      return { kind: 'done' };
    },
    isOpen: async () => (body.isPlugged ? body.isOpen() : null),
    async status() {
      const status = { kind: 'cash_drawer', name, facts: { is_open: body.isOpen() } } as const;
      if (!body.isPlugged) return { ...status, facts: {}, state: 'gone', attention: GONE.message };
      return { ...status, state: attention() === null ? 'ready' : 'attention', attention: attention() };
    },
    close: async () => undefined,
    controls: controlsOfDrawer(body),
    snapshot: () => ({
      is_open: body.isOpen(),
      open_ms: Math.round(body.openMs()),
      is_stuck: body.isStuck,
      is_plugged: body.isPlugged,
    }),
  };
}

type DrawerBody = ReturnType<typeof bodyOf>;

function bodyOf(clock: Clock) {
  let openSinceMs: number | undefined;
  let tellMoved = () => {};
  return {
    isStuck: false,
    isPlugged: true,
    isOpen: () => openSinceMs !== undefined,
    openMs: () => (openSinceMs === undefined ? 0 : clock.monotonicMs() - openSinceMs),
    move(isOpening: boolean) {
      if (isOpening === (openSinceMs !== undefined)) return;
      openSinceMs = isOpening ? clock.monotonicMs() : undefined;
      tellMoved();
    },
    onMoved(tell: () => void) {
      tellMoved = tell;
    },
  };
}

function controlsOfDrawer(body: DrawerBody): Simulated['controls'] {
  return controlsOf(
    control({ name: 'push_shut', label: 'Push it shut', run: () => body.move(false) }),
    control({ name: 'open_with_key', label: 'Open it with the key', run: () => body.move(true) }),
    control({
      name: 'set_stuck',
      label: 'Let it stick',
      args: { is_stuck: { type: 'boolean', label: 'Sticks' } },
      run: ({ is_stuck }) => {
        body.isStuck = is_stuck;
      },
    }),
    control({
      name: 'set_plugged',
      label: 'Pull its cable, or plug it in',
      args: { is_plugged: { type: 'boolean', label: 'Plugged in' } },
      run: ({ is_plugged }) => {
        body.isPlugged = is_plugged;
      },
    }),
  );
}

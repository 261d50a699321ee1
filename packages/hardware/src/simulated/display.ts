/** A display of a few short lines, for the customer or the cashier. */
import { fitLines } from '../display-text.ts';
import type { Display } from '../ports/small-devices.ts';
import { control, controlsOf, type Simulated } from './controls.ts';

export type SimulatedDisplay = Display & Simulated & { readonly shown: readonly string[] };

export type SimulatedDisplayOptions = {
  kind?: Display['kind'];
  lines?: number;
  columns?: number;
  name?: string;
};

const GONE = 'The display does not answer: check its cable.';

/** Two lines of twenty characters if unsaid, as most have. It is dark after power-on. */
export function createSimulatedDisplay(options: SimulatedDisplayOptions = {}): SimulatedDisplay {
  const { kind = 'customer_display', lines = 2, columns = 20 } = options;
  const name = options.name ?? `simulated ${kind.replace('_', ' ')}`;
  let shown = fitLines([], { lines, columns });
  let isPlugged = true;
  return {
    kind,
    lines,
    columns,
    get shown() {
      return shown;
    },
    show: async (given) => {
      if (!isPlugged) return { kind: 'failed', code: 'display_gone', message: GONE };
      shown = fitLines(given, { lines, columns });
      return { kind: 'done' };
    },
    status: async () => ({
      kind,
      name,
      state: isPlugged ? 'ready' : 'gone',
      attention: isPlugged ? null : GONE,
      facts: { lines, columns },
    }),
    close: async () => undefined,
    controls: controlsOf(
      control({
        name: 'set_plugged',
        label: 'Pull its cable, or plug it in',
        args: { is_plugged: { type: 'boolean', label: 'Plugged in' } },
        run: ({ is_plugged }) => {
          isPlugged = is_plugged;
          if (!is_plugged) shown = fitLines([], { lines, columns });
        },
      }),
    ),
    snapshot: () => ({ is_plugged: isPlugged, lines: shown }),
  };
}

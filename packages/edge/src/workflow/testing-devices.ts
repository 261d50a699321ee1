/** Devices for tests: they outlive the process that calls them, and count what they did under which key. */
import type { Hardware } from './hardware-port.ts';

export type TestDevices = {
  hardware: Hardware;
  /** Effects by key: what was given out or printed. */
  dispensed: Map<string, number>;
  printed: Map<string, number>;
  reads: number;
  /** Fails the next so many prints with `paper_out`. */
  paperOut: number;
};

export function createTestDevices(): TestDevices {
  const dispensed = new Map<string, number>();
  const printed = new Map<string, number>();
  const count = (effects: Map<string, number>, key: string) => effects.set(key, (effects.get(key) ?? 0) + 1);
  const notDone = { kind: 'failed', code: 'not_done', message: 'It was not done.' } as const;
  const devices: TestDevices = {
    dispensed,
    printed,
    reads: 0,
    paperOut: 0,
    hardware: {
      async readCard() {
        devices.reads += 1;
        const card = { card_token: 'tok-1', card_type: 'visa', masked_pan: '4111********1111' };
        return { kind: 'ok', output: { ...card, card_expiry: '2031-12', entry_mode: 'chip' } };
      },
      endPayment: () => undefined,
      validateCard: async () => ({ kind: 'ok', output: {} }),
      approveOffline: async () => ({ kind: 'ok', output: {} }),
      verifyPin: async () => ({ kind: 'ok', output: { pin_verified: true } }),
      async print({ key }) {
        if (devices.paperOut > 0) {
          devices.paperOut -= 1;
          return { kind: 'failed', code: 'paper_out', message: 'There is no paper.' };
        }
        count(printed, key);
        return { kind: 'ok', output: {} };
      },
      findPrint: async ({ key }) => (printed.has(key) ? { kind: 'ok', output: {} } : notDone),
      async dispenseCash({ key, amount }) {
        count(dispensed, key);
        return { kind: 'ok', output: { dispensed: amount } };
      },
      findDispense: async ({ key, amount }) =>
        dispensed.has(key) ? { kind: 'ok', output: { dispensed: amount } } : notDone,
    },
  };
  return devices;
}

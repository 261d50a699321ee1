/** Devices of a till as steps of workflows use them: amounts become minor units, answers become fields of the state. */
import type { CashDispenser, Outcome, PaymentTerminal, ReceiptPrinter } from '@holdfast/hardware';
import { toDecimal, toMinor } from '@holdfast/money';
import type { JsonObject } from '@holdfast/workflow';
import {
  type CardRead,
  type DeviceAmount,
  type DeviceAmountIfKnown,
  type DeviceAnswer,
  type DeviceCall,
  type Hardware,
  noHardware,
} from '../workflow/hardware-port.ts';

/** What is there; what is not, fails as on an edge without devices. */
export type TillDevices = {
  terminal?: PaymentTerminal | undefined;
  printer?: ReceiptPrinter | undefined;
  dispenser?: CashDispenser | undefined;
  /** ISO 4217, of the terminal. */
  currency: string;
};

type Nothing = Record<string, never>;

/** Prints that are remembered, the newest; a printer itself remembers none. */
const PRINTS_MAX = 1_000;
const OTHER_CURRENCY = {
  kind: 'failed',
  code: 'card_not_accepted',
  message: 'The terminal takes cards in the currency of the store alone: ask for another way to pay.',
} as const;

/** The port of the workflow functions over these devices. */
export function createHardware({ terminal, printer, dispenser, currency }: TillDevices): Hardware {
  return {
    ...noHardware,
    ...(terminal && ofTerminal(terminal, currency)),
    ...(printer && ofPrinter(printer)),
    ...(dispenser && ofDispenser(dispenser)),
  };
}

type TerminalPart = Pick<
  Hardware,
  'readCard' | 'validateCard' | 'verifyPin' | 'approveOffline' | 'endPayment'
>;

function ofTerminal(terminal: PaymentTerminal, own: string): TerminalPart {
  return {
    async readCard(call) {
      if (call.currency !== own) return OTHER_CURRENCY;
      return given(
        await terminal.readCard(stepOf(call)),
        ({ card }) =>
          ({
            card_token: card.token,
            card_type: card.brand,
            masked_pan: card.masked,
            card_expiry: card.expiry,
            entry_mode: card.entry,
          }) satisfies CardRead,
      );
    },
    endPayment: (instanceId) => void terminal.forget(instanceId),
    validateCard: async (call) => given(await terminal.validateCard(stepOf(call)), nothing),
    verifyPin: async (call) =>
      given(await terminal.verifyPin(stepOf(call)), ({ verification }) => ({
        pin_verified: verification === 'pin' || verification === 'pin_and_signature',
        cardholder_verification: verification,
      })),
    approveOffline: async (call) =>
      given(await terminal.approveOffline(stepOf(call)), ({ evidence }) => {
        const { card_number, chip, ...rest } = evidence;
        const block: JsonObject = {
          ...rest,
          card_number: card_number && { ...card_number },
          chip: chip && { ...chip, cryptogram: chip.cryptogram && { ...chip.cryptogram } },
        };
        return { card_payment: block };
      }),
  };
}

function stepOf({ key, instanceId, signal, amount, currency }: DeviceCall & DeviceAmountIfKnown) {
  const step = { key, instanceId, signal };
  return amount === null ? step : { ...step, amountMinor: toMinor(amount, currency) };
}

function ofPrinter(printer: ReceiptPrinter): Pick<Hardware, 'print' | 'findPrint'> {
  const done = new Set<string>();
  return {
    async print({ key, signal, bytes }) {
      if (done.has(key)) return { kind: 'ok', output: {} };
      const printed = await printer.print({ key, signal, bytes });
      if (printed.kind === 'done') remember(done, key);
      return given(printed, nothing);
    },
    async findPrint({ key }) {
      if (done.has(key)) return { kind: 'ok', output: {} };
      const message = 'A printer does not remember what it printed: look at the paper.';
      return { kind: 'unknown', message, final: true };
    },
  };
}

function remember(done: Set<string>, key: string): void {
  done.add(key);
  const [oldest] = done;
  if (done.size > PRINTS_MAX && oldest !== undefined) done.delete(oldest);
}

function ofDispenser(dispenser: CashDispenser): Pick<Hardware, 'dispenseCash' | 'findDispense'> {
  return {
    dispenseCash: async (call) =>
      paidOut(
        await dispenser.dispense({
          key: call.key,
          signal: call.signal,
          amountMinor: toMinor(call.amount, call.currency),
          currency: call.currency,
        }),
        call,
      ),
    findDispense: async (call) => paidOut(await dispenser.find(call.key), call),
  };
}

/** Notes that nobody took are back in the machine: the customer has nothing, and nothing has happened. */
function paidOut(
  outcome: Outcome<{ dispensedMinor: bigint }>,
  { currency }: DeviceAmount,
): DeviceAnswer<{ dispensed: string }> {
  if (outcome.kind === 'done' && outcome.dispensedMinor === 0n) {
    const message = 'The notes were not taken, and are back in the machine: start again.';
    return { kind: 'failed', code: 'cash_not_taken', message };
  }
  return given(outcome, ({ dispensedMinor }) => ({ dispensed: toDecimal(dispensedMinor, currency) }));
}

function given<T extends object, O extends JsonObject>(
  outcome: Outcome<T>,
  output: (done: T) => O,
): DeviceAnswer<O> {
  return outcome.kind === 'done' ? { kind: 'ok', output: output(outcome) } : outcome;
}

function nothing(): Nothing {
  return {};
}

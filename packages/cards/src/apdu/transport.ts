/**
 * What a driver of a contact reader does between one command and its answer under T=0 (EMV Book 1 9.3.1, ISO/IEC
 * 7816-3 10): fetch an answer that waits (61xx, and a warning after a command with data and an expected length), and
 * repeat a command with the length that the card names (6Cxx). Under T=1 and contactless none of it is needed.
 */
import { type Command, encodeCommand, LE_ALL } from './command.ts';
import type { Response } from './response.ts';
import { isWarning, SW } from './status.ts';

/** Exchanges for one command, at most: a card that always has more to say is broken. */
const EXCHANGES_MAX = 16;
const DATA_MAX = 256;

export type ExchangeResult = { ok: true; response: Response } | { ok: false; reason: 'endless_answer' };

/**
 * Yields bytes to send, is given what came back, and returns the answer to the command as a whole. A command of case 4
 * is sent without its expected length. A warning stays the status word when the answer behind it is fetched well.
 */
export function* exchangeT0(command: Command): Generator<Uint8Array, ExchangeResult, Response> {
  const isCase4 = command.data !== undefined && command.le !== undefined;
  let last = isCase4 ? { ...command, le: undefined } : command;
  let collected = new Uint8Array();
  let warning: number | undefined;
  for (let count = 0; count < EXCHANGES_MAX; count += 1) {
    const { data, sw } = yield encodeCommand(last);
    if (collected.length + data.length > DATA_MAX) break;
    collected = Uint8Array.of(...collected, ...data);
    if (isCase4 && count === 0 && isWarning(sw)) warning = sw;
    const next = nextCommand(last, sw, warning === sw);
    if (next === undefined) {
      return { ok: true, response: { data: collected, sw: sw === SW.ok ? (warning ?? sw) : sw } };
    }
    last = next;
  }
  return { ok: false, reason: 'endless_answer' };
}

function nextCommand(last: Command, sw: number, isWarned: boolean): Command | undefined {
  const [high, low] = [sw >> 8, sw & 0xff];
  if (high === 0x61) return getResponse(low || LE_ALL);
  if (high === 0x6c) return { ...last, le: low || LE_ALL };
  return isWarned ? getResponse(LE_ALL) : undefined;
}

function getResponse(le: number): Command {
  return { cla: 0x00, ins: 0xc0, p1: 0x00, p2: 0x00, le };
}

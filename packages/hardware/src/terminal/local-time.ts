/** Date and time of the terminal's zone as chips read them: packed digits (tags 9A and 9F21). */
import { type LocalDate, localDateAt } from '@holdfast/cards';

export type TerminalTime = { today: LocalDate; date: Uint8Array; time: Uint8Array };

/** The moment (ms since 1970) in an IANA zone. */
export function terminalTime(nowMs: number, timeZone: string): TerminalTime {
  const today = localDateAt(nowMs, timeZone);
  const format = new Intl.DateTimeFormat('en-GB-u-nu-latn', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  const parts = new Map(format.formatToParts(nowMs).map(({ type, value }) => [type, Number(value)]));
  const clock = [parts.get('hour'), parts.get('minute'), parts.get('second')];
  return {
    today,
    date: packed([today.year % 100, today.month, today.day]),
    time: packed(clock.map((part) => part ?? 0)),
  };
}

function packed(parts: readonly number[]): Uint8Array {
  return Uint8Array.from(parts, (part) => (Math.floor(part / 10) << 4) | (part % 10));
}

/** The log of a simulated process: tells the observer what the product says of itself. */
import type { Logger } from '@holdfast/runtime';
import type { Observer, Sometimes } from './sometimes.ts';

/** What a line means for the table of what must have been seen. */
const MEANING: Readonly<Record<string, Sometimes>> = {
  'entries that the hub holds safely were pruned': 'sales pruned',
  'own entries were pulled back': 'own entries pulled back',
};

/** A logger that remembers nothing; `show` hears each line as text. */
export function watchedLogger(observer: Observer, show: (line: string) => void): Logger {
  const heard = (level: string) => (first: unknown, message?: unknown) => {
    const text = typeof first === 'string' ? first : String(message ?? '');
    const meaning = MEANING[text];
    if (meaning !== undefined) observer.saw(meaning);
    show(`${level} ${text} ${typeof first === 'object' ? describe(first) : ''}`);
  };
  const logger = {
    debug: () => undefined,
    info: heard('info'),
    warn: heard('warn'),
    error: heard('error'),
    fatal: heard('fatal'),
    child: () => logger,
  };
  // The shape of pino's functions is overloaded; ours take all of it and return nothing, as theirs.
  return logger as unknown as Logger;
}

function describe(value: object | null): string {
  return JSON.stringify(value, (_, each: unknown) => {
    if (each instanceof Error)
      return `${each.name}: ${each.message}${each.cause ? ` (${String(each.cause)})` : ''}`;
    return typeof each === 'bigint' ? String(each) : each;
  });
}

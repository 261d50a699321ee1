/** A serial port in memory for tests, with the other end in the hands of the test. */
import type { OpenSerial, SerialSettings } from './serial-link.ts';

export type OtherEnd = {
  /** All that was written to the device, over all the times that the port was open. */
  received(): Buffer;
  /** The device sends. */
  send(bytes: Uint8Array | string): void;
  /** Answers each piece that the device gets. */
  onReceived: ((bytes: Buffer) => void) | undefined;
  /** Pulls the plug out, or puts it in. */
  setPlugged(isPlugged: boolean): void;
  /** How the port was opened, each time. */
  readonly opened: SerialSettings[];
};

export function memorySerial(): { open: OpenSerial; other: OtherEnd } {
  const received: Buffer[] = [];
  let isPlugged = true;
  let data: ((bytes: Uint8Array) => void) | undefined;
  let closed: ((error?: Error | null) => void) | undefined;
  const other: OtherEnd = {
    opened: [],
    onReceived: undefined,
    received: () => Buffer.concat(received),
    send: (bytes) => data?.(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes),
    setPlugged(now) {
      isPlugged = now;
      if (!now) closed?.(new Error('disconnected'));
    },
  };
  const open: OpenSerial = async (settings) => {
    if (!isPlugged) throw new Error(`No such file or directory, cannot open ${settings.path}`);
    other.opened.push(settings);
    return {
      write(bytes, done) {
        if (!isPlugged) return false;
        received.push(Buffer.from(bytes));
        queueMicrotask(() => {
          done(null);
          other.onReceived?.(Buffer.from(bytes));
        });
        return true;
      },
      drain: (done) => done(null),
      on(event, take: (value: never) => void) {
        // The two kinds of listeners are told apart by the event, which the type of the port says and this cannot.
        if (event === 'data') data = take as (bytes: Uint8Array) => void;
        if (event === 'close') closed = take as (error?: Error | null) => void;
      },
      close: (done) => done(null),
    };
  };
  return { open, other };
}

/**
 * Serial ports as lines of bytes. The library that opens them is optional, since it has a native part and most tills
 * need none: it is loaded when the first port is opened, and its absence is an error that says what to install.
 */
import { AppError, CODES } from '@holdfast/base';
import {
  type ByteLink,
  createByteInbox,
  type LinkEnd,
  type OpenedLink,
  type OpenLink,
} from '../byte-link.ts';

/** How a port is set; the same on both of its ends. */
export type SerialSettings = {
  /** `/dev/ttyUSB0`, `COM3`. A path by id outlives a change of sockets: `/dev/serial/by-id/…`. */
  path: string;
  baudRate: number;
  dataBits?: 7 | 8;
  parity?: 'none' | 'even' | 'odd';
  stopBits?: 1 | 2;
};

/** The part of a port of `serialport` 13 that is used here. */
export type SerialStream = {
  write(bytes: Uint8Array, done: (error: Error | null | undefined) => void): boolean;
  drain(done: (error: Error | null) => void): void;
  on(event: 'data', take: (bytes: Uint8Array) => void): unknown;
  on(event: 'error' | 'close', tell: (error?: Error | null) => void): unknown;
  close(done: (error: Error | null) => void): void;
};

/** Opens a port; rejects with the reason of the system. */
export type OpenSerial = (settings: SerialSettings) => Promise<SerialStream>;

type SerialPortOptions = Required<SerialSettings> & { autoOpen: false };
type SerialPortClass = new (
  options: SerialPortOptions,
) => SerialStream & { open(done: (error: Error | null) => void): void };

/** Imports a module by its name. */
export type LoadModule = (name: string) => Promise<unknown>;
const importModule: LoadModule = (name) => import(name);

/** By name, so that nothing needs the library before a port is opened. */
const LIBRARY = 'serialport';

/** Throws `serial_unavailable` unless ports can be opened: for a start that is to fail early. */
export async function requireSerialPorts(load: LoadModule = importModule): Promise<void> {
  await loadLibrary(load);
}

/** Opens ports with the optional library. Throws `serial_unavailable` where it is not installed. */
const openSerialPort: OpenSerial = async (settings) => {
  const SerialPort = await loadLibrary(importModule);
  const port = new SerialPort({
    path: settings.path,
    baudRate: settings.baudRate,
    dataBits: settings.dataBits ?? 8,
    parity: settings.parity ?? 'none',
    stopBits: settings.stopBits ?? 1,
    autoOpen: false,
  });
  await new Promise<void>((resolve, reject) =>
    port.open((error) => (error === null || error === undefined ? resolve() : reject(error))),
  );
  return port;
};

async function loadLibrary(load: LoadModule): Promise<SerialPortClass> {
  let loaded: unknown;
  try {
    loaded = await load(LIBRARY);
  } catch (cause) {
    throw new AppError('serial_unavailable', `The module ${LIBRARY} is not installed.`, { cause });
  }
  if (typeof loaded === 'object' && loaded !== null && 'SerialPort' in loaded) {
    const { SerialPort } = loaded;
    // The library comes without types here, being optional: its interface was read in its documentation.
    if (typeof SerialPort === 'function') return SerialPort as SerialPortClass;
  }
  throw new AppError('serial_unavailable', `The module ${LIBRARY} has no SerialPort: install 13.`);
}

/** Opens the port each time. A missing library is a failure like any other: the device is gone until it is there. */
export function serialLinks(settings: SerialSettings, open: OpenSerial = openSerialPort): OpenLink {
  return async (): Promise<OpenedLink> => {
    try {
      return { kind: 'open', link: linkOf(await open(settings)) };
    } catch (error) {
      if (error instanceof AppError)
        return { kind: 'failed', message: `${error.message} ${CODES[error.code].action}` };
      const why = error instanceof Error ? error.message : String(error);
      return {
        kind: 'failed',
        message: `${settings.path} cannot be opened (${why}): check the cable, and the rights to the port.`,
      };
    }
  };
}

function linkOf(stream: SerialStream): ByteLink {
  const lost = new AbortController();
  const inbox = createByteInbox();
  const end = (why: LinkEnd) => lost.abort(why);
  stream.on('data', (bytes) => inbox.put(bytes));
  stream.on('error', () => end('broken'));
  stream.on('close', () => end('broken'));
  const release = () => {
    if (lost.signal.aborted) return;
    end('closed');
    // A port that cannot be closed is gone already, which is what was wanted.
    stream.close(() => undefined);
  };
  return {
    lost: lost.signal,
    onBytes: inbox.onBytes,
    write(bytes) {
      if (lost.signal.aborted) return Promise.resolve('lost');
      return new Promise((resolve) => {
        const onLost = () => resolve('lost');
        // A port that is closed does not call back for what it still holds.
        lost.signal.addEventListener('abort', onLost, { once: true });
        stream.write(bytes, (error) => {
          lost.signal.removeEventListener('abort', onLost);
          resolve(error === null || error === undefined ? 'sent' : 'lost');
        });
      });
    },
    close(how) {
      if (how !== 'afterAll') return release();
      // A serial line has no end of its own: all is through when the port has sent it.
      stream.drain((error) => {
        if (error === null || error === undefined) end('ended');
        stream.close(() => end('broken'));
      });
    },
  };
}

/**
 * What serial devices share: a port that stays open from the first use on, and is opened anew at the next one after it
 * was lost, as when somebody pulls a plug and puts it back.
 */
import type { ByteLink, OpenedLink } from '../byte-link.ts';
import { type OpenSerial, type SerialSettings, serialLinks } from './serial-link.ts';

/** Where the device is. */
export type SerialDeviceOptions = {
  port: SerialSettings;
  name?: string;
  /** For a port of another kind; that of the optional library if unsaid. */
  open?: OpenSerial;
};

/** A device with its port; ends with {@link SerialDevice.close}. */
export class SerialDevice {
  readonly name: string;
  readonly #open: (signal: AbortSignal) => Promise<OpenedLink>;
  readonly #onOpened: ((link: ByteLink) => void) | undefined;
  readonly #closing = new AbortController();
  #opening: Promise<OpenedLink> | undefined;
  #link: ByteLink | undefined;

  /** `onOpened` is called for every line, before anything is sent on it. */
  constructor({ port, name, open }: SerialDeviceOptions, onOpened?: (link: ByteLink) => void) {
    this.name = name ?? port.path;
    this.#open = serialLinks(port, open);
    this.#onOpened = onOpened;
  }

  get isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** The line that is open, or a new one. */
  async link(): Promise<OpenedLink> {
    if (this.isClosed) return { kind: 'failed', message: `${this.name} was let go of.` };
    if (this.#link !== undefined && !this.#link.lost.aborted) return { kind: 'open', link: this.#link };
    this.#opening ??= this.#openOnce().finally(() => {
      this.#opening = undefined;
    });
    return await this.#opening;
  }

  close(): void {
    this.#closing.abort();
    this.#link?.close();
  }

  async #openOnce(): Promise<OpenedLink> {
    const opened = await this.#open(this.#closing.signal);
    if (opened.kind === 'failed') return opened;
    if (this.isClosed) {
      opened.link.close();
      return { kind: 'failed', message: `${this.name} was let go of.` };
    }
    this.#link = opened.link;
    this.#onOpened?.(opened.link);
    return opened;
  }
}

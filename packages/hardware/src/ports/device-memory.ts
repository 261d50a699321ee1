/** What a device remembers through a power cut: one block of bytes, read and written as a whole. */

/** A block of a device's own memory. One device, one block; calls come one after the other. */
export type DeviceMemory = {
  /** What was written last; undefined before the first time. */
  read(): Promise<Uint8Array | undefined>;
  /** Durable when it resolves: after a power cut the block is the one before or this one, never parts of both. */
  write(bytes: Uint8Array): Promise<void>;
};

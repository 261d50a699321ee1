/** Memories for simulated devices: one that lasts as long as the process, and one in a file that outlives it. */
import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DeviceMemory } from '../ports/device-memory.ts';

/** A memory in RAM, such as a test keeps over the lives of a device. */
export function ramMemory(): DeviceMemory {
  let block: Uint8Array | undefined;
  return {
    read: async () => block?.slice(),
    write: async (bytes) => {
      block = bytes.slice();
    },
  };
}

/** A memory in a file of its own, readable by its owner alone; the folder has to be there. */
export function fileMemory(path: string): DeviceMemory {
  const next = `${path}.next`;
  return {
    async read() {
      try {
        return new Uint8Array(await readFile(path));
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    async write(bytes) {
      await writeDurably(next, bytes);
      await rename(next, path);
      await syncFolder(dirname(path));
    },
  };
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  await using file = await open(path, 'w', 0o600);
  await file.writeFile(bytes);
  await file.sync();
}

/** The new name is durable once the folder is. */
async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r');
  await folder.sync();
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/**
 * How many batches may be at work: in all, so that the database is never buried, and for one device, so that none
 * takes the room of the others. Who finds no room is told when to come again; nothing waits in memory.
 */

/** One batch at work and one that waits for the row of its stream. */
const PER_DEVICE_MAX = 2;

export type Gate = {
  /** True with a place that must be given back; false when there is none. */
  enter(deviceId: string): boolean;
  leave(deviceId: string): void;
};

/** A gate for `atWorkMax` batches. */
export function createGate(atWorkMax: number): Gate {
  const byDevice = new Map<string, number>();
  let atWork = 0;
  return {
    enter(deviceId) {
      const own = byDevice.get(deviceId) ?? 0;
      if (atWork >= atWorkMax || own >= PER_DEVICE_MAX) return false;
      atWork += 1;
      byDevice.set(deviceId, own + 1);
      return true;
    },
    leave(deviceId) {
      const own = byDevice.get(deviceId) ?? 0;
      atWork -= 1;
      if (own <= 1) byDevice.delete(deviceId);
      else byDevice.set(deviceId, own - 1);
    },
  };
}

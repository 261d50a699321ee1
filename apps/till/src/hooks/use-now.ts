/** The edge's time, once a second, for what shows an age or counts down. */
import { useSyncExternalStore } from 'react';
import { useTill } from '../context.tsx';

/** Milliseconds since the epoch. */
export function useNow(): number {
  const { clock } = useTill();
  return useSyncExternalStore(clock.subscribe, clock.tickMs);
}

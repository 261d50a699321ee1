/** Whether the screen is a phone's: then the cart is a sheet instead of a column. */
import { useSyncExternalStore } from 'react';

const NARROW = '(max-width: 899px)';

function subscribe(listener: () => void): () => void {
  const query = window.matchMedia(NARROW);
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
}

/** Follows the window. */
export function useNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => window.matchMedia(NARROW).matches);
}

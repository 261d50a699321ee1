/** Keys of the whole screen. */
import { useEffect, useRef } from 'react';
import { useTill } from '../context.tsx';
import { SCAN_IDLE, scanKey } from '../logic/scanner.ts';

/** Calls `listener` for every key, before any element sees it, while `active`. */
export function useKeys(listener: (event: KeyboardEvent) => void, active = true): void {
  const { platform } = useTill();
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => {
    if (!active) return;
    return platform.onKey((event) => {
      // Another listener of the whole screen may have taken it.
      if (!event.defaultPrevented) latest.current(event);
    });
  }, [platform, active]);
}

/** Calls `onCode` when a barcode scanner has typed a code; its Enter then reaches nothing else. */
export function useScanner(onCode: (code: string) => void, active: boolean): void {
  const state = useRef(SCAN_IDLE);
  useKeys((event) => {
    const step = scanKey(state.current, { key: event.key, atMs: event.timeStamp });
    state.current = step.state;
    if (step.code === null) return;
    event.preventDefault();
    event.stopPropagation();
    onCode(step.code);
  }, active);
}

/** A choice among several takes arrows alone: neither text nor Enter. */
const INPUT = 'input:not([type="radio"])';

/** True if the element takes typed text. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches(`${INPUT}, textarea, select, [contenteditable]`);
}

/** True if Enter already means something on the element. */
export function isActionable(target: EventTarget | null): boolean {
  const actionable = `button, a, ${INPUT}, textarea, select, time`;
  return target instanceof HTMLElement && target.closest(actionable) !== null;
}

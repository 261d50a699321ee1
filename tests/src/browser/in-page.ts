/**
 * Functions that run inside the page: they are sent there as text, so that nothing of this module is theirs but their
 * arguments. The one place of these suites that knows the document.
 */
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

/** Says every refusal of the content security policy on the console, where the suite hears it. */
export function reportRefusals(): void {
  document.addEventListener('securitypolicyviolation', (event) => {
    console.error(`refused by ${event.violatedDirective}: ${event.blockedURI}`);
  });
}

/** Presses keys in one go, faster than any finger, wherever the focus is. */
export function typeAtOnce(keys: string[]): void {
  for (const key of keys) {
    const target = document.activeElement ?? document.body;
    target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  }
}

/** Resolves when what moves in has arrived; what turns for ever is left alone. */
export async function arrived(): Promise<void> {
  const ending = document
    .getAnimations()
    .filter((one) => Number.isFinite(one.effect?.getComputedTiming().endTime));
  await Promise.allSettled(ending.map((one) => one.finished));
}

/** Whether keys go to the element. */
export function isFocused(element: Element): boolean {
  return document.activeElement === element;
}

/** Whether a picture has been decoded. */
export function isDrawn(image: Element): boolean {
  return image instanceof HTMLImageElement && image.naturalWidth > 0;
}

/**
 * Whatever reaches over the edge of the screen or of its cell, and buttons too small for a finger. What scrolls
 * sideways on purpose may reach out.
 */
export function findMisfits(): string[] {
  const targetMinPx = 55.5;
  const found: string[] = [];
  const scrolls = (element: Element): boolean => {
    const sideways = ['auto', 'scroll'].includes(getComputedStyle(element).overflowX);
    if (sideways && element.scrollWidth > element.clientWidth) return true;
    return element.parentElement !== null && scrolls(element.parentElement);
  };
  for (const element of document.querySelectorAll('body *')) {
    const box = element.getBoundingClientRect();
    // One pixel is what is there for screen readers alone.
    if (box.width <= 1 || !element.checkVisibility()) continue;
    const words = `${element.tagName} ${element.textContent?.slice(0, 40)}`;
    const outside = box.right > innerWidth + 1 || box.left < -1;
    if (outside && !scrolls(element)) found.push(`outside: ${words}`);
    const cell = element.closest('li')?.getBoundingClientRect();
    if (cell !== undefined && box.right > cell.right + 1) found.push(`over its cell: ${words}`);
    const small = Math.min(box.width, box.height) < targetMinPx;
    if (element.tagName === 'BUTTON' && small) found.push(`small: ${words}`);
  }
  return found;
}

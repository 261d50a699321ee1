/** What fingers type on a keypad, as a decimal string with a dot. */
import type { KeypadKey } from '@holdfast/ui';

/** The text after one more key; keys that would make it no amount are dropped. */
export function pressAmount(text: string, key: KeypadKey, decimals: number): string {
  if (key === 'back') return text.slice(0, -1);
  if (key === '.') return decimals === 0 || text.includes('.') ? text : `${text === '' ? '0' : text}.`;
  const [whole = '', fraction] = text.split('.');
  if (fraction !== undefined) return fraction.length < decimals ? text + key : text;
  if (whole === '0') return key;
  return whole.length < 9 ? text + key : text;
}

/** The same for a PIN. */
export function pressPin(text: string, key: KeypadKey): string {
  if (key === 'back') return text.slice(0, -1);
  return key === '.' || text.length >= 12 ? text : text + key;
}

/** The keypad's key for a physical key; null for any other. A comma is a decimal mark as well. */
export function keypadKey(key: string): KeypadKey | null {
  if (/^[0-9]$/.test(key)) return key as KeypadKey; // The pattern has checked it.
  if (key === '.' || key === ',') return '.';
  return key === 'Backspace' ? 'back' : null;
}

/** The text without a dangling decimal mark. */
export function settled(text: string): string {
  return text.endsWith('.') ? text.slice(0, -1) : text;
}

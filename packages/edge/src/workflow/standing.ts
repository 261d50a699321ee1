/** Where an instance stands, for lists. */
import { type Instance, walk } from '@holdfast/workflow';

const CHARS_MAX = 200;

/** Paths of the steps at which it stands, `Fan/left/Charge`, joined by commas; empty once it has ended. */
export function standingAt(instance: Instance): string {
  const { unwinding } = instance;
  if (unwinding !== null) return unwinding.frame === null ? '' : unwinding.frame.at;
  const innermost = walk(instance).filter(({ below }) => below.length === 0);
  const text = innermost.map(({ block, at }) => (block === '' ? at : `${block}/${at}`)).join(', ');
  return text.length > CHARS_MAX ? `${text.slice(0, CHARS_MAX - 1)}…` : text;
}

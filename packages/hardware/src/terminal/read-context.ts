/** What reading a card needs, once for all ways of presenting it. */

import type { PaymentStart } from './kernel-setting.ts';
import type { PinAsker } from './pin-asker.ts';
import type { Prompter } from './prompts.ts';
import type { PaymentTerminalOptions } from './terminal-options.ts';

export type ReadContext = {
  options: PaymentTerminalOptions;
  /** Minor units; undefined while nobody knows it. */
  amountMinor: bigint | undefined;
  transaction: PaymentStart['transaction'];
  counter: number;
  pins: PinAsker;
  prompt: Prompter;
  signal: AbortSignal;
};

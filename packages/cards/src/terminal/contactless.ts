/**
 * A payment by tapping, in the shape that the kernels of the schemes have in common in their EMV mode: one directory,
 * one application, one cryptogram within the tap, and the issuer after it; no second GENERATE AC. It knows both ways
 * of asking for the cryptogram: with the processing options, and by GENERATE AC. The kernels in service (EMV
 * Contactless Books C-2 to C-8) are certified products, each with rules of its own beyond these.
 */
import { rest } from './kernel/checkpoint.ts';
import type { Flow } from './kernel/dialogue.ts';
import type { Outcome } from './kernel/outcome.ts';
import type { KernelSetting } from './kernel/profile.ts';
import { createSession, type Kernel } from './kernel/session.ts';
import { endTap, openTap, readTap, takeCryptogram } from './kernel/tap-phases.ts';
import { Transaction } from './kernel/transaction.ts';

/** A kernel for one tap. The outcome's card data are the caller's to wipe. */
export function createContactlessKernel(setting: KernelSetting): Kernel {
  const tx = new Transaction(setting);
  return createSession(tx, tap(tx));
}

function* tap(tx: Transaction): Flow<Outcome> {
  const ended = (yield* openTap(tx)) ?? (yield* readTap(tx)) ?? (yield* rest(tx, 'read'));
  if (ended !== undefined) return ended;
  const taken = yield* takeCryptogram(tx);
  return 'kind' in taken ? taken : yield* endTap(tx, taken);
}

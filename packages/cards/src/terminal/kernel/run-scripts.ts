/** Handing the issuer's scripts to the card (EMV Book 3 10.10): a failing command ends its script, not the payment. */
import { type IssuerScript, type ScriptResult, writeScriptResult } from '../../apdu/issuer-script.ts';
import { isWarning, SW } from '../../apdu/status.ts';
import { type Flow, transmit } from './dialogue.ts';
import type { Transaction } from './transaction.ts';

/** Runs the scripts that are due, notes the result of each and the bits of TVR and TSI. */
export function* runScripts(
  tx: Transaction,
  scripts: readonly IssuerScript[],
  when: 'before' | 'after',
): Flow<undefined> {
  for (const script of scripts) {
    if (script.when !== when) continue;
    tx.tsi.scriptProcessingPerformed = true;
    const result = yield* runScript(script);
    tx.scriptResults.push(writeScriptResult(result, script.identifier));
    if (result.kind !== 'failed') continue;
    if (when === 'before') tx.tvr.scriptFailedBeforeFinalGenerateAc = true;
    else tx.tvr.scriptFailedAfterFinalGenerateAc = true;
  }
  return undefined;
}

function* runScript(script: IssuerScript): Flow<ScriptResult> {
  if (!script.isWellFormed) return { kind: 'failed', failedAt: 0 };
  for (const [index, command] of script.commands.entries()) {
    const { sw } = yield* transmit(command);
    if (sw !== SW.ok && !isWarning(sw)) return { kind: 'failed', failedAt: index + 1 };
  }
  return { kind: 'successful' };
}

/** A function that steps may name: what is known of it when a definition is loaded, and what runs. */
import { assert } from '@holdfast/base';
import type { Logger } from '@holdfast/runtime';
import type { CallResult, FunctionSpec, Json, JsonObject, LocalCall } from '@holdfast/workflow';
import type { Transaction } from '../../writer/transaction.ts';
import type { Acquirer } from '../acquirer-port.ts';
import type { Hardware } from '../hardware-port.ts';
import type { Slips } from '../slips.ts';

/** What a function may use inside the writer. */
export type InsideUse = {
  tx: Transaction;
  call: LocalCall;
  /** Time by which things fall due, in milliseconds. */
  nowMs: number;
  /** Whether the hub could be reached when the order was given. */
  online: boolean;
  /** To be called when a sale has entered the journal. */
  noteSale(): void;
};

/** Pure or local: runs within the commit. Throws StepFailure with one of the failures of its spec. */
export type InsideFunction = {
  spec: FunctionSpec & { effect: 'pure' | 'local' };
  run(input: JsonObject, use: InsideUse): Json;
};

/** What a function outside of the store may use. */
export type OutsidePorts = {
  hardware: Hardware;
  acquirer: Acquirer;
  slips: Slips;
  link: { readonly online: boolean };
  logger: Logger;
};

export type OutsideUse = OutsidePorts & {
  key: string;
  /** The key of the call that this one undoes, when nobody knows whether that happened; null when it did. */
  undoes: string | null;
  instanceId: string;
  currency: string;
  nowMs: number;
  signal: AbortSignal;
  /** How often the same call may have happened already, without anybody knowing. */
  doubts(): number;
};

/** External: runs between the commit of its intent and the commit of its result. */
export type OutsideFunction = {
  spec: FunctionSpec & { effect: 'external' };
  call(input: JsonObject, use: OutsideUse): Promise<CallResult>;
  /** What became of a call with that key. A function that changes nothing answers by asking again. */
  query?(input: JsonObject, use: OutsideUse): Promise<CallResult>;
};

/** A text of an input that was checked against its spec; undefined when it is not there. */
export function textOf(input: JsonObject, name: string): string | undefined {
  const value = input[name];
  if (value === undefined) return undefined;
  assert(typeof value === 'string', `${name} was checked to be a text`);
  return value;
}

/** A text that the spec demands. */
export function needText(input: JsonObject, name: string): string {
  const value = textOf(input, name);
  assert(value !== undefined, `${name} was checked to be there`);
  return value;
}

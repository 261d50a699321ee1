/**
 * Coverage of the sources a target loads: a load hook gives every module of the workspace its counters, and all of them
 * count in one array. The hook sees only what is loaded after it was set, so the engine itself stays uncounted.
 */
import { registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { assert } from '@holdfast/base';
import { HITS_NAME, instrument } from './instrument.ts';

/** Counters there are for one target; each is a byte that stays at 255. */
const COUNTERS_MAX = 1 << 16;
const ROOT = pathToFileURL(fileURLToPath(new URL('../../..', import.meta.url))).href;
const SOURCE = /\/src\/.*\.ts$/;

/** The counters of this thread. */
export type Coverage = {
  /** Of the execution that runs or ran last, one byte a counter. */
  readonly hits: Uint8Array;
  /** How many counters the modules that are loaded have. */
  used(): number;
  /** Short texts in the sources: what a parser compares with belongs into the dictionary. */
  literals(): readonly string[];
};

/** Sets the hook. Once a thread; modules that are loaded already stay uncounted. */
export function startCoverage(): Coverage {
  const clamped = new Uint8ClampedArray(COUNTERS_MAX);
  Object.defineProperty(globalThis, HITS_NAME, { value: clamped });
  const literals = new Set<string>();
  let used = 0;
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (loaded.format !== 'module-typescript' || !url.startsWith(ROOT) || !SOURCE.test(url)) return loaded;
      const made = instrument(String(loaded.source), { path: fileURLToPath(url), first: used });
      used += made.counters;
      assert(used <= COUNTERS_MAX, 'a target has counters left');
      for (const literal of made.literals) literals.add(literal);
      return { ...loaded, source: made.text };
    },
  });
  return {
    hits: new Uint8Array(clamped.buffer),
    used: () => used,
    literals: () => [...literals],
  };
}

/** How the differences of branches become one. */
import type { MergeConflict, ParallelStep } from '../definition/model.ts';
import type { Json, JsonObject } from '../types.ts';

export type Merged = { ok: true; state: JsonObject } | { ok: false; field: string };

/**
 * Merges in the order of the branches. `shallow`: field by field. `deep`: records within records, field by field.
 * `append`: each field becomes the list of what the branches wrote. Writing the same value twice is no conflict.
 */
export function mergeBranches(
  deltas: readonly JsonObject[],
  { merge, conflict }: Pick<ParallelStep, 'merge' | 'conflict'>,
): Merged {
  if (merge === 'append') return { ok: true, state: appended(deltas) };
  let state: JsonObject = {};
  for (const delta of deltas) {
    const next = merged(state, delta, { isDeep: merge === 'deep', conflict, path: '' });
    if (!next.ok) return next;
    state = next.state;
  }
  return { ok: true, state };
}

function appended(deltas: readonly JsonObject[]): JsonObject {
  const lists: Record<string, Json[]> = {};
  for (const delta of deltas)
    for (const [name, value] of Object.entries(delta)) lists[name] = [...(lists[name] ?? []), value];
  return lists;
}

function merged(
  a: JsonObject,
  b: JsonObject,
  rule: { isDeep: boolean; conflict: MergeConflict; path: string },
): Merged {
  const state: Record<string, Json> = { ...a };
  for (const [name, value] of Object.entries(b)) {
    const known = Object.hasOwn(a, name) ? a[name] : undefined;
    const path = rule.path === '' ? name : `${rule.path}.${name}`;
    if (known === undefined) state[name] = value;
    else if (rule.isDeep && isRecord(known) && isRecord(value)) {
      const below = merged(known, value, { ...rule, path });
      if (!below.ok) return below;
      state[name] = below.state;
    } else if (!isSame(known, value)) {
      if (rule.conflict === 'error') return { ok: false, field: path };
      if (rule.conflict === 'last') state[name] = value;
    }
  }
  return { ok: true, state };
}

function isRecord(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSame(a: Json, b: Json): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

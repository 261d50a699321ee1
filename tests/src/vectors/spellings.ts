/**
 * Names that vectors of several hands give to one value. Case and punctuation never count; where whole names differ, a
 * section lists them under the name that the project's own files use.
 */

/** From a name without case and punctuation to the name that a section reads. */
export type Spellings = ReadonlyMap<string, string>;

/** The spellings of a section: each name that it reads, with its other names. */
export function spellings(names: Readonly<Record<string, readonly string[]>>): Spellings {
  return new Map(
    Object.entries(names).flatMap(([name, others]) =>
      [name, ...others].map((other): [string, string] => [folded(other), name]),
    ),
  );
}

/** The members of an object under the names that a section reads; a name that is there twice keeps its own spelling. */
export function respelled(members: Map<string, unknown>, known: Spellings): Map<string, unknown> {
  const renamed = new Map<string, unknown>();
  for (const [name, value] of members) {
    const own = known.get(folded(name)) ?? name;
    renamed.set(members.has(own) || renamed.has(own) ? name : own, value);
  }
  return renamed;
}

function folded(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

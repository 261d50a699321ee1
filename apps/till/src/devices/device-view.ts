/**
 * What a device looks like, out of the snapshot that the edge sends. Each simulator has a snapshot of its own shape; what
 * is not in it reads as nothing, so that a page and an edge of different days understand each other.
 */

export type Seen = Readonly<Record<string, unknown>>;

/** The text of that name; empty if there is none. */
export function textOf(seen: Seen, name: string): string {
  const value = seen[name];
  return typeof value === 'string' ? value : '';
}

export function flagOf(seen: Seen, name: string): boolean {
  return seen[name] === true;
}

/** The number of that name; null if there is none. */
export function numberOf(seen: Seen, name: string): number | null {
  const value = seen[name];
  return typeof value === 'number' ? value : null;
}

export function textsOf(seen: Seen, name: string): string[] {
  const value = seen[name];
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
}

/** The object of that name; null if there is none. */
export function partOf(seen: Seen, name: string): Seen | null {
  return asSeen(seen[name]);
}

export function partsOf(seen: Seen, name: string): Seen[] {
  const value = seen[name];
  return Array.isArray(value) ? value.map(asSeen).filter((each) => each !== null) : [];
}

function asSeen(value: unknown): Seen | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return Object.fromEntries(Object.entries(value));
}

/** A label in two lines: what it is, and what is particular about it. */
export function labelParts(label: string): { name: string; rest: string } {
  const [name = '', ...rest] = label.split(', ');
  return { name, rest: rest.join(', ') };
}

/** Those whose label has all the words. */
export function cardsLike<C extends { label: string }>(cards: readonly C[], search: string): C[] {
  const words = search.toLowerCase().split(/\s+/);
  return cards.filter(({ label }) => words.every((word) => label.toLowerCase().includes(word)));
}

/** Minor units; none where the text is no whole number. */
export function minorOf(seen: Seen, name: string): bigint {
  const text = textOf(seen, name);
  return /^\d{1,18}$/.test(text) ? BigInt(text) : 0n;
}

/**
 * Where the parts of a definition stood in its text. They are kept beside it, by the identity of its objects: the
 * definition itself is what is hashed and stored, and moving a line must not change it.
 */
import type { YamlNode } from './node.ts';

/** Remembers where members of objects stood. */
export type Places = {
  /** `node` became `owner[member]`; the member `''` is the owner itself. */
  mark(owner: object, member: string | number, node: YamlNode): void;
  /** What is known of `from` is known of `to`, besides what is known of it. */
  move(from: object, to: object): void;
  /** The offset of a member; of its owner if it was not written; 0 for what came from no text. */
  at(owner: object, member?: string | number): number;
  /** The offset of a character of a text: exact where the text stands as it is, else where it begins. */
  within(owner: object, member: string | number, offset: number): number;
};

export function createPlaces(): Places {
  const marks = new WeakMap<object, Map<string, YamlNode>>();
  const find = (owner: object, member: string | number) => marks.get(owner)?.get(String(member));
  const at = (owner: object, member: string | number = '') =>
    (find(owner, member) ?? find(owner, ''))?.at ?? 0;
  return {
    mark(owner, member, node) {
      const ofOwner = marks.get(owner) ?? new Map<string, YamlNode>();
      ofOwner.set(String(member), node);
      marks.set(owner, ofOwner);
    },
    move(from, to) {
      marks.set(to, new Map([...(marks.get(from) ?? []), ...(marks.get(to) ?? [])]));
    },
    at,
    within(owner, member, offset) {
      const node = find(owner, member);
      return node?.kind === 'scalar' && node.textAt !== null ? node.textAt + offset : at(owner, member);
    },
  };
}

/** Patterns with `*` for any text and `?` for one character; `\` takes the next one as it is. No regular expressions. */

/** A pattern longer than this is refused: a search takes at most its length times that of the text. */
export const GLOB_CHARS_MAX = 64;

/** One step of a pattern: a code point, one of any kind, or any number of them. */
type Part = number | 'one' | 'any';

/**
 * A test of whole texts against a pattern; undefined when it is longer than {@link GLOB_CHARS_MAX} or ends in `\`. The
 * last `*` alone is taken back, so that a search never takes more steps than characters times parts.
 */
export function compileGlob(pattern: string): ((text: string) => boolean) | undefined {
  if (pattern.length > GLOB_CHARS_MAX) return undefined;
  const parts = partsOf(pattern);
  return parts === undefined ? undefined : (text) => matches(text, parts);
}

function partsOf(pattern: string): Part[] | undefined {
  const parts: Part[] = [];
  let isEscaped = false;
  for (const character of pattern) {
    if (!isEscaped && character === '\\') {
      isEscaped = true;
      continue;
    }
    const part = isEscaped ? undefined : special(character);
    if (part !== 'any' || parts.at(-1) !== 'any') parts.push(part ?? character.codePointAt(0) ?? 0);
    isEscaped = false;
  }
  return isEscaped ? undefined : parts;
}

function special(character: string): Part | undefined {
  return character === '*' ? 'any' : character === '?' ? 'one' : undefined;
}

function matches(text: string, parts: readonly Part[]): boolean {
  let [at, part] = [0, 0];
  let [starPart, starAt] = [-1, 0];
  while (at < text.length) {
    const point = text.codePointAt(at) ?? 0;
    const width = point > 0xffff ? 2 : 1;
    if (parts[part] === 'any') {
      [starPart, starAt] = [part, at];
      part += 1;
    } else if (parts[part] === 'one' || parts[part] === point) {
      at += width;
      part += 1;
    } else if (starPart >= 0) {
      starAt += (text.codePointAt(starAt) ?? 0) > 0xffff ? 2 : 1;
      at = starAt;
      part = starPart + 1;
    } else {
      return false;
    }
  }
  while (parts[part] === 'any') part += 1;
  return part === parts.length;
}

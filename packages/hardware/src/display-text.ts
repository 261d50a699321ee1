/** Text for a display with a fixed number of lines and columns: what is too long is cut at its edge. */

/**
 * The lines as the display has them, each as wide as it. A character is what a person sees as one: a letter and its
 * marks take one column together. Control characters become blanks.
 */
export function fitLines(given: readonly string[], size: { lines: number; columns: number }): string[] {
  const segments = new Intl.Segmenter('und', { granularity: 'grapheme' });
  return Array.from({ length: size.lines }, (_, at) => {
    const text = (given[at] ?? '').normalize('NFC').replace(/\p{Cc}/gu, ' ');
    const characters = Array.from(segments.segment(text), ({ segment }) => segment).slice(0, size.columns);
    return characters.join('') + ' '.repeat(size.columns - characters.length);
  });
}

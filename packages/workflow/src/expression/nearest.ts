/** The known word that was probably meant, for messages about unknown ones. */

/** Words longer than this are not compared: nobody means one of them by a slip, and comparing costs their product. */
const CHARS_MAX = 64;

/** ` Did you mean "amount"?`, or nothing when no candidate takes few enough edits. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const editsMax = Math.max(1, Math.floor(word.length / 3));
  let best: { candidate: string; edits: number } | undefined;
  for (const candidate of word.length > CHARS_MAX ? [] : candidates) {
    if (Math.abs(candidate.length - word.length) > editsMax) continue;
    const edits = editDistance(word, candidate);
    if (edits <= editsMax && edits < (best?.edits ?? Number.POSITIVE_INFINITY)) best = { candidate, edits };
  }
  return best === undefined ? '' : ` Did you mean "${best.candidate}"?`;
}

/** Levenshtein's distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

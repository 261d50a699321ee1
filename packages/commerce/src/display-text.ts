/**
 * Text as it fills columns: cleaned of what no receipt may carry, measured and broken by what a reader sees as one
 * character. Widths follow Unicode's East Asian Width (UAX #11): wide characters and emoji take two columns,
 * combining marks none.
 */

const GRAPHEMES = new Intl.Segmenter('und', { granularity: 'grapheme' });

const SPACES = /[\p{Zs}\p{Zl}\p{Zp}\t-\r]+/gu;
/**
 * Controls that are no spaces, lone surrogates, noncharacters, and the format characters, which can turn the reading
 * order around; the joiners stay, for some scripts cannot be written without them.
 */
const UNSHOWN = /(?![\t-\r\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Noncharacter_Code_Point}]/gu;
const WITHOUT_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]$/u;
const WIDE =
  /^[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]$/u;
const PLAIN_ASCII = /^[\x20-\x7e]*$/;
const EMOJI_STYLE = '\ufe0f';

/** One line of text without control characters; every run of spaces, tabs and line breaks is one plain space. */
export function cleanText(text: string): string {
  return text.normalize('NFC').replace(UNSHOWN, '').replace(SPACES, ' ').trim();
}

/** Columns that cleaned text fills. */
export function displayWidth(text: string): number {
  if (PLAIN_ASCII.test(text)) return text.length;
  let width = 0;
  for (const { segment } of GRAPHEMES.segment(text)) width += graphemeWidth(segment);
  return width;
}

/** Breaks cleaned text into lines of at most `width` (≥ 2) columns: at spaces, and inside words longer than a line. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (displayWidth(joined) <= width) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    const pieces = breakWord(word, width);
    line = pieces.pop() ?? '';
    lines.push(...pieces);
  }
  lines.push(line);
  return lines;
}

/** Breaks after a hyphen if one is at hand, or else at the edge. */
function breakWord(word: string, width: number): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const { segment } of GRAPHEMES.segment(word)) {
    if (piece !== '' && displayWidth(piece + segment) > width) {
      const afterHyphen = piece.lastIndexOf('-') + 1;
      const rest = piece.slice(afterHyphen);
      const carry = afterHyphen > 1 && displayWidth(rest + segment) <= width;
      pieces.push(carry ? piece.slice(0, afterHyphen) : piece);
      piece = carry ? rest : '';
    }
    piece += segment;
  }
  pieces.push(piece);
  return pieces;
}

function graphemeWidth(grapheme: string): number {
  if (grapheme.includes(EMOJI_STYLE)) return 2;
  let width = 0;
  for (const character of grapheme) {
    if (WIDE.test(character)) return 2;
    if (!WITHOUT_WIDTH.test(character)) width = 1;
  }
  return width;
}

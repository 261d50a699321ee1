/** An export as a stream of text: records to lines, and bytes back to lines. */
import type { ExportRecord } from './records.ts';

/** Each record as a line, with its newline. */
export async function* toLines(records: AsyncIterable<ExportRecord>): AsyncGenerator<string> {
  for await (const record of records) yield `${JSON.stringify(record)}\n`;
}

/** No record has as many characters: the largest is that of a segment. */
const LINE_MAX = 134_217_728;

/**
 * The lines of UTF-8 `chunks`, without their newlines. The last line may lack one. A line that is longer than any record
 * is cut, and is the last: a small file can unpack to one that fits no memory.
 */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  lineMax: number = LINE_MAX,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest: string[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    const parts = decoder.decode(chunk, { stream: true }).split('\n');
    const first = parts.shift() ?? '';
    if (parts.length === 0) {
      rest.push(first);
      length += first.length;
      if (length <= lineMax) continue;
      yield rest.join('').slice(0, lineMax);
      return;
    }
    length = parts.at(-1)?.length ?? 0;
    yield rest.join('') + first;
    rest = [parts.pop() ?? ''];
    yield* parts;
  }
  const last = rest.join('') + decoder.decode();
  if (last !== '') yield last;
}

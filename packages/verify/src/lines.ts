/** An export as a stream of text: records to lines, and bytes back to lines. */
import type { ExportRecord } from './records.ts';

/** Each record as a line, with its newline. */
export async function* toLines(records: AsyncIterable<ExportRecord>): AsyncGenerator<string> {
  for await (const record of records) yield `${JSON.stringify(record)}\n`;
}

/** The lines of UTF-8 `chunks`, without their newlines. The last line may lack one. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest: string[] = [];
  for await (const chunk of chunks) {
    const parts = decoder.decode(chunk, { stream: true }).split('\n');
    const first = parts.shift() ?? '';
    if (parts.length === 0) {
      rest.push(first);
      continue;
    }
    yield rest.join('') + first;
    rest = [parts.pop() ?? ''];
    yield* parts;
  }
  const last = rest.join('') + decoder.decode();
  if (last !== '') yield last;
}

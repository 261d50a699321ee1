/** Results: objects of one line each for programs, a table for people. Everything else goes to stderr. */

/** One result, always beside its reference. `ratio` is `per_s / reference_per_s`. Benchmarks may add members. */
export type Row = {
  bench: string;
  name: string;
  clients: number;
  per_s: number;
  p50_ms: number;
  p99_ms: number;
  reference: string;
  reference_per_s: number;
  ratio: number;
};

/** Tells a person what is going on. */
export function log(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** The rows as lines of JSON, or as a table. */
export function printRows(rows: readonly Row[], json: boolean): void {
  process.stdout.write(json ? rows.map((row) => `${JSON.stringify(row)}\n`).join('') : table(rows));
}

function table(rows: readonly Row[]): string {
  const [first] = rows;
  if (first === undefined) return '';
  // The rows of a benchmark have the same members, in the same order.
  const names = Object.keys(first);
  const cells = [names, ...rows.map((row) => Object.values(row).map(String))];
  const widths = names.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  const isText = Object.values(first).map((value) => typeof value === 'string');
  const pad = (cell: string, column: number) =>
    isText[column] ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return cells.map((line) => `${line.map(pad).join('  ').trimEnd()}\n`).join('');
}

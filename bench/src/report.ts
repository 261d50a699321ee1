/** Results: objects of one line each for programs, a table for people. Everything else goes to stderr. */

/** One result, always beside its reference. `ratio` is `per_s / reference_per_s`. */
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

const COLUMNS = [
  'bench',
  'name',
  'clients',
  'per_s',
  'p50_ms',
  'p99_ms',
  'reference',
  'reference_per_s',
  'ratio',
] as const satisfies readonly (keyof Row)[];

/** Tells a person what is going on. */
export function log(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** The rows as lines of JSON, or as a table. */
export function printRows(rows: readonly Row[], json: boolean): void {
  process.stdout.write(json ? rows.map((row) => `${JSON.stringify(row)}\n`).join('') : table(rows));
}

function table(rows: readonly Row[]): string {
  const cells = [COLUMNS.map(String), ...rows.map((row) => COLUMNS.map((name) => String(row[name])))];
  const widths = COLUMNS.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  const isText = (column: number) => typeof rows[0]?.[COLUMNS[column] ?? 'bench'] === 'string';
  const pad = (cell: string, column: number) =>
    isText(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return cells.map((line) => `${line.map(pad).join('  ').trimEnd()}\n`).join('');
}

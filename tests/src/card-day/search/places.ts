/**
 * Where data of cards could have been left: what lies on disk as it lies there, what stores and databases hold once they are
 * opened, what went over the line, onto paper and to whoever asked.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Piece } from './haystack.ts';
import { messagesOf } from './http-messages.ts';
import { rowsOfPostgres } from './postgres-rows.ts';
import type { Recording } from './recording-proxy.ts';
import { clearPages } from './store-pages.ts';
import { rowsOfStore, storeKeyIn } from './store-rows.ts';

export const PLACES = {
  files: 'files of a till',
  rows: 'rows of a store',
  pages: 'pages of a store',
  frames: 'log of a store',
  tillLogs: 'log of an edge',
  hubLog: 'log of the hub',
  hubFiles: 'files of the hub',
  postgresFiles: 'files of PostgreSQL',
  postgresRows: 'rows of PostgreSQL',
  captured: 'traffic as captured',
  decoded: 'traffic in clear',
  printed: 'print job',
  tillAnswers: 'answer of an edge',
  hubAnswers: 'answer of the hub',
  exports: 'export',
} as const;

/** A till with all that it left. */
export type TillScene = {
  name: string;
  /** Its data folder, and copies of it that were made in the course of the day. */
  folders: string[];
  logFiles: readonly string[];
  printed: readonly Uint8Array[];
};

/** Everything that is searched. */
export type Scene = {
  tills: readonly TillScene[];
  hub: { folder: string; logFile: string; databaseUrl: string };
  recordings(): Recording[];
  /** What was answered and exported, as it was collected. */
  collected: readonly Piece[];
  /** Folders whose files are read as they lie there, and no more. */
  folders: readonly string[];
};

const POSTGRES = 'postgres';

/** The pieces of all places. PostgreSQL has to run, and to have written everything to its files. */
export async function* piecesOf(scene: Scene): AsyncGenerator<Piece> {
  const { hub, tills } = scene;
  for (const till of tills) yield* piecesOfTill(till);
  for (const folder of scene.folders) yield* filesUnder(folder, () => PLACES.files);
  yield { place: PLACES.hubLog, part: 'all', bytes: readFileSync(hub.logFile) };
  const isOfPostgres = (file: string) => relative(hub.folder, file).startsWith(`${POSTGRES}${sep}`);
  yield* filesUnder(hub.folder, (file) => (isOfPostgres(file) ? PLACES.postgresFiles : PLACES.hubFiles));
  for await (const row of rowsOfPostgres(hub.databaseUrl)) yield { place: PLACES.postgresRows, ...row };
  for (const { connection, from, bytes } of scene.recordings()) {
    const side = `connection ${connection}, from the ${from}`;
    yield { place: PLACES.captured, part: side, bytes };
    for (const message of messagesOf(bytes))
      yield { place: PLACES.decoded, part: `${side}, ${message.part}`, bytes: message.bytes };
  }
  yield* scene.collected;
}

function* piecesOfTill({ name, folders, logFiles, printed }: TillScene): Generator<Piece> {
  for (const [index, folder] of folders.entries()) {
    const where = `${name}, copy ${index + 1} of ${folders.length}`;
    yield* filesUnder(folder, () => PLACES.files);
    const key = storeKeyIn(folder);
    for (const file of storesIn(folder)) {
      const at = `${where}, ${relative(folder, file)}`;
      for (const { part, bytes } of rowsOfStore(file, key))
        yield { place: PLACES.rows, part: `${at}, ${part}`, bytes };
      for (const { part, bytes } of clearPages(file, key))
        yield {
          place: part.startsWith('page') ? PLACES.pages : PLACES.frames,
          part: `${at}, ${part}`,
          bytes,
        };
    }
  }
  for (const file of logFiles)
    yield { place: PLACES.tillLogs, part: `${name}, ${file}`, bytes: readFileSync(file) };
  for (const [index, bytes] of printed.entries())
    yield { place: PLACES.printed, part: `${name}, job ${index + 1}`, bytes };
}

/** The store and the backups that were made of it. */
function storesIn(folder: string): string[] {
  return filesIn(folder).filter((file) => file.endsWith('.db'));
}

function* filesUnder(path: string, placeOf: (file: string) => string): Generator<Piece> {
  for (const file of filesIn(path)) {
    const bytes = readIfThere(file);
    if (bytes !== undefined) yield { place: placeOf(file), part: file, bytes };
  }
}

function filesIn(path: string): string[] {
  const found = readdirSync(path, { withFileTypes: true, recursive: true });
  return found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** A file of a server that runs may go between two looks: then it lies nowhere any more. */
function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

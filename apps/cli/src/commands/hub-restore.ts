/** `holdfast hub restore`. */
import { resolve } from 'node:path';
import { type HubRestore, hubOptions, type RestoreSource, restoreHub } from '@holdfast/hub';
import { createLogger } from '@holdfast/runtime';
import { usage } from '../check-words.ts';
import { defineCommand } from '../command.ts';
import { optionArgs } from '../config/option-args.ts';
import { EXIT } from '../exit-codes.ts';
import { loadHubSettings } from '../hub-settings.ts';
import type { Paint } from '../shell/shell.ts';
import { count } from '../text.ts';

/** Lines of one kind that are shown; the JSON has all of them. */
const SHOWN_MAX = 10;

export const hubRestore = defineCommand({
  name: 'hub restore',
  summary: 'Puts a backup in the place of the database of a stopped hub, and replays the archive into it.',
  details:
    'The new database is made beside the old one and takes its place when it is whole: until then nothing has changed,\nwhatever happens. The old one stays aside, under a name that tells when. Devices notice by themselves and send what\nneither backup nor archive had. Exit code 3 says that the archive has a hole or is damaged.',
  examples: [
    ['holdfast hub restore backups/hub-2026-01-31T02-00-00-000Z', 'a backup, and what the archive has since'],
    ['holdfast hub restore --archive-only', 'there is no backup: sales, stores and devices come back'],
    ['holdfast hub restore --in-place', 'compare the database with all of the archive, and mend that'],
    ['holdfast hub restore --kept NAME', 'back to the database that a restore has replaced'],
  ],
  args: {
    folder: { type: 'positional', required: false, description: 'The backup', valueHint: 'FOLDER' },
    'archive-only': { type: 'boolean', description: 'Begin with an empty database' },
    'in-place': { type: 'boolean', description: 'Begin with the database as it is' },
    kept: {
      type: 'string',
      description: 'Begin with a database that an earlier restore kept',
      valueHint: 'NAME',
    },
    'drop-old': {
      type: 'boolean',
      description: 'Drop the old database once it has been replaced, and those that earlier restores kept',
    },
    config: { type: 'string', description: 'Configuration file', valueHint: 'FILE' },
    ...optionArgs(hubOptions),
  },
  async run(args, shell) {
    const source = sourceOf(args, shell.cwd);
    const { settings, logLevel } = await loadHubSettings(args, shell);
    const progress = shell.progress('Restoring');
    try {
      const restored = await restoreHub({
        settings,
        source,
        dropOld: args['drop-old'] === true,
        ports: shell.ports,
        logger: createLogger({ level: logLevel, service: 'hub' }),
        onStep: (text) => progress.update(text),
      });
      return {
        text: renderRestore(restored, { source, paint: shell.paint }),
        json: { source: source.kind, ...restored },
        exitCode: isWhole(restored) ? EXIT.ok : EXIT.notReconciled,
      };
    } finally {
      progress.end();
    }
  },
});

function sourceOf(args: Readonly<Record<string, unknown>>, cwd: string): RestoreSource {
  const sources: RestoreSource[] = [];
  if (typeof args.folder === 'string') sources.push({ kind: 'backup', folder: resolve(cwd, args.folder) });
  if (args['archive-only'] === true) sources.push({ kind: 'archive' });
  if (args['in-place'] === true) sources.push({ kind: 'in_place' });
  if (typeof args.kept === 'string') sources.push({ kind: 'kept', database: args.kept });
  const [source] = sources;
  if (source === undefined || sources.length > 1)
    throw usage('One of these is expected: the FOLDER of a backup, --archive-only, --in-place, --kept NAME.');
  return source;
}

function isWhole({ replay }: HubRestore): boolean {
  const { gaps, damaged, identities } = replay;
  return gaps.length === 0 && damaged.length === 0 && identities.unusable.length === 0;
}

/** A restore for people. */
export function renderRestore(
  restored: HubRestore,
  { source, paint }: { source: RestoreSource; paint: Paint },
): string {
  const { manifest, replay, claims_voided } = restored;
  const { identities, entries } = replay;
  return [
    BEGUN[source.kind](manifest?.made_at ?? ''),
    fromArchive(restored),
    ...(entries.quarantined > 0 ? [`${entries.quarantined} of them wait in quarantine, as before.`] : []),
    MASTER_DATA[source.kind],
    ...(claims_voided > 0 ? [`${count(claims_voided, 'unused claim token')} made void: make new ones.`] : []),
    ...listed(
      replay.gaps.map(
        ({ device_id, from_seq, to_seq }) =>
          `Neither has ${from_seq} to ${to_seq} of the device ${device_id}: it sends them and what follows, if it still has them.`,
      ),
    ).map(paint.yellow),
    ...listed(replay.damaged.map(({ path, reason }) => `Damaged: ${path}: ${reason}.`)).map(paint.red),
    ...listed(identities.unusable.map(({ name, reason }) => `Not used: ${name}: ${reason}.`)).map(paint.red),
    ...keptLines(restored),
    'Next: holdfast hub start. The devices send the rest by themselves; then compare: holdfast reconcile.',
  ].join('\n');
}

function fromArchive({ replay }: HubRestore): string {
  const { entries, segments, identities } = replay;
  const parts = [
    [entries.replayed, entries.replayed === 1 ? 'entry' : 'entries'],
    [identities.devices, identities.devices === 1 ? 'device' : 'devices'],
    [identities.locations, identities.locations === 1 ? 'store' : 'stores'],
  ] as const;
  const came = parts.filter(([number]) => number > 0).map(([number, noun]) => `${number} ${noun}`);
  const read = count(segments.read, 'segment');
  return came.length === 0
    ? `The archive was read, ${read}; nothing in it was missing.`
    : `From the archive, ${read}, came back: ${came.join(', ')}.`;
}

function keptLines({ kept_database, kept_databases }: HubRestore): string[] {
  if (kept_database === null) return [];
  const older = kept_databases.filter((name) => name !== kept_database);
  return [
    `The database as it was before is still there: holdfast hub restore --kept ${kept_database} goes back to it.`,
    ...(older.length === 0 ? [] : [`So are older ones: ${older.join(', ')}. --drop-old drops all of them.`]),
  ];
}

const BEGUN: Record<RestoreSource['kind'], (madeAt: string) => string> = {
  backup: (madeAt) => `The database is that of the backup of ${madeAt} now, and of what came since.`,
  archive: () => 'The database is what the archive holds now.',
  in_place: () => 'The database is as it was, and has what the archive holds.',
  kept: () => 'The database is the one that was kept, and has what the archive holds.',
};

const MASTER_DATA: Record<RestoreSource['kind'], string> = {
  backup: 'Articles, people and decisions about the quarantine are as of the backup.',
  archive:
    'Articles, people and decisions about the quarantine were in the database alone: enter them again.',
  in_place: 'Articles, people and decisions about the quarantine are as they were.',
  kept: 'Articles, people and decisions about the quarantine are as they were in it.',
};

function listed(lines: readonly string[]): string[] {
  const more = lines.length - SHOWN_MAX;
  return more > 0 ? [...lines.slice(0, SHOWN_MAX), `… and ${more} more: --json lists all.`] : [...lines];
}

/** `holdfast export`. */
import { resolve } from 'node:path';
import { ExportRecord } from '@holdfast/verify';
import { defineCommand } from '../command.ts';
import { writeExportFile } from '../export/export-file.ts';
import { openSource, SOURCE_ARGS } from '../export/open-source.ts';
import { size } from '../text.ts';

export const exportCommand = defineCommand({
  name: 'export',
  summary: 'Writes all entries, seals, bookings and public keys into one file that anybody can verify.',
  details:
    'The format is in docs/protocol.md; examples/verify-export.mjs checks it without Holdfast. The file holds every\nsale, and no secret. It is one snapshot, taken while edge or hub go on.',
  examples: [
    ['holdfast export --to edge.ndjson.gz', 'the store of the edge of this folder'],
    ['holdfast export --hub --archive /srv/archive --to ledger.ndjson', 'the ledger with its archive'],
  ],
  args: {
    to: {
      type: 'string',
      description: 'The file; compressed when it ends in .gz',
      valueHint: 'FILE',
      required: true,
    },
    ...SOURCE_ARGS,
  },
  async run(args, shell) {
    const path = resolve(shell.cwd, args.to);
    const source = await openSource(args, shell, { withArchive: false });
    const progress = shell.progress('Exporting');
    let records = 0;
    const counted = async function* (): AsyncGenerator<ExportRecord> {
      for await (const record of source.records) {
        records += 1;
        if (records % 1_000 === 0) progress.update(`Exporting: ${records} records`);
        yield typeof record === 'string' ? ExportRecord.parse(JSON.parse(record)) : record;
      }
    };
    try {
      const bytes = await writeExportFile(path, counted());
      return {
        text: `${records} records of ${source.name} are in ${path} (${size(bytes)}).\nNext: holdfast verify --export ${args.to}`,
        json: { file: path, records, bytes },
      };
    } finally {
      progress.end();
      await source.close();
    }
  },
});

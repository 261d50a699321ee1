/** `holdfast verify`. */
import { normaliseReceiptCode, type VerifyReport, verifyExport } from '@holdfast/verify';
import { usage } from '../check-words.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { openSource, SOURCE_ARGS } from '../export/open-source.ts';
import { judgeReceipt, renderReceipt } from '../export/render-receipt.ts';
import { renderReport } from '../export/render-report.ts';

export const verify = defineCommand({
  name: 'verify',
  summary:
    'Checks that everything is what devices have sealed: entries, chains, seals, bookings, postings, archive.',
  details:
    'The check shares no code with what writes. It reads one snapshot, whether edge or hub run or not. With --hub the\narchive of the configuration is read as well.\nExit code 0: nothing is wrong; 4: something is, the first wrong place is named first. With --receipt, 4 also when\nno sale has that code or it was for another total.',
  examples: [
    ['holdfast verify', 'the store of the edge of this folder'],
    ['holdfast verify --hub --trust dk_…,dk_…', 'the ledger, by the keys that the devices show'],
    ['holdfast verify --export ledger.ndjson.gz --json', 'a file, for a script'],
    ['holdfast verify --hub --receipt 7K2QM-4XW9T --total 64.00', 'which sale is on this paper?'],
  ],
  args: {
    ...SOURCE_ARGS,
    export: { type: 'string', description: 'An export in a file, compressed or not', valueHint: 'FILE' },
    trust: { type: 'string', description: 'Ids of the keys to trust, with commas', valueHint: 'KEY_ID' },
    receipt: { type: 'string', description: 'Look the code of a paper receipt up', valueHint: 'CODE' },
    total: { type: 'string', description: 'The total on that receipt', valueHint: '12.50' },
  },
  async run(args, shell) {
    const code = receiptOf(args);
    const source = await openSource(args, shell, { withArchive: true });
    const progress = shell.progress(`Verifying ${source.name}`);
    try {
      const report = await verifyExport(source.records, {
        trust: args.trust === undefined ? [] : args.trust.split(',').map((id) => id.trim()),
        ...(code !== undefined && { receipt: code }),
        ...(source.macKey && { macKey: source.macKey }),
        onProgress: ({ entries }) => progress.update(`Verifying ${source.name}: ${entries} entries`),
      });
      return answerOf(report, { name: source.name, code, total: args.total, paint: shell.paint });
    } finally {
      progress.end();
      await source.close();
    }
  },
});

function receiptOf(args: { receipt?: string | undefined; total?: string | undefined }): string | undefined {
  if (args.total !== undefined && args.receipt === undefined) throw usage('--total goes with --receipt.');
  if (args.receipt === undefined) return undefined;
  const code = normaliseReceiptCode(args.receipt);
  if (!/^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/.test(code))
    throw usage(`'${args.receipt}' is no receipt code; it has ten letters and digits, such as 7K2QM-4XW9T.`);
  return code;
}

type Look = {
  name: string;
  code: string | undefined;
  total: string | undefined;
  paint: Parameters<typeof renderReport>[1]['paint'];
};

function answerOf(report: VerifyReport, { name, code, total, paint }: Look) {
  const sound = report.ok ? EXIT.ok : EXIT.unsound;
  if (code === undefined)
    return { text: renderReport(report, { name, paint }), json: report, exitCode: sound };
  const verdict = judgeReceipt(report, { code, total });
  const text = [
    renderReceipt(report, { verdict, code, total, paint }),
    // Whoever asks for a receipt still hears that the books it was found in are wrong.
    ...(report.ok ? [] : ['', renderReport(report, { name, paint })]),
  ].join('\n');
  return { text, json: { verdict, ...report }, exitCode: verdict === 'found' ? sound : EXIT.unsound };
}

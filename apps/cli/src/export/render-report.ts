/** A verification for people: the first wrong place first. */
import type { Finding, VerifyReport, Where } from '@holdfast/verify';
import type { Paint } from '../shell/shell.ts';
import { columns, count } from '../text.ts';

/** Findings shown; the JSON answer has more. */
const SHOWN_MAX = 20;

/** What a number alone does not say. */
const REMARKS: Readonly<Record<string, string>> = {
  Quarantined: ', now or before',
  Erased: ': the body is gone, its hash is not',
  Pruned: ': of them only a row is left here; the hub has the rest',
  Unsealed: ': written by the hub, or pulled back from it',
  Uncommitted: ': segments of batches that did not reach the ledger',
};

/** The report as text. `name` says what was verified. */
export function renderReport(report: VerifyReport, { name, paint }: { name: string; paint: Paint }): string {
  return [
    ...(report.ok ? [] : [...renderFindings(report, paint), '']),
    columns(countRows(report)),
    '',
    report.trust.statement,
    ...(report.trust.keys.some(({ pinned }) => !pinned)
      ? ['An edge tells its own by `holdfast verify`; name those you know: --trust KEY_ID,…']
      : []),
    report.ok
      ? paint.green(`Nothing is wrong with ${name}.`)
      : paint.red(`${count(report.findings_total, 'finding')} in ${name}.`),
  ].join('\n');
}

function renderFindings(report: VerifyReport, paint: Paint): string[] {
  const shown = report.findings.slice(0, SHOWN_MAX).map((finding) => renderFinding(finding));
  const more = report.findings_total - shown.length;
  const [first = '', ...rest] = shown;
  return [paint.red(`First wrong: ${first}`), ...rest, ...(more > 0 ? [`And ${more} more.`] : [])];
}

function renderFinding({ code, sentence, where, expected, found }: Finding): string {
  const values = [
    ...(expected === undefined ? [] : [`expected ${expected}`]),
    ...(found === undefined ? [] : [`found ${found}`]),
  ];
  const lines = [`[${code}] ${placeOf(where)}: ${sentence}`];
  if (values.length > 0) lines.push(`  ${values.join(', ')}`);
  return lines.join('\n');
}

function placeOf(where: Where): string {
  const parts = [
    ...(where.file === undefined ? [] : [where.file]),
    ...(where.seq === undefined ? [] : [`entry ${where.seq}`]),
    ...(where.op_id === undefined ? [] : [`operation ${where.op_id}`]),
    ...(where.incarnation === undefined ? [] : [`incarnation ${where.incarnation}`]),
    ...(where.device_id === undefined ? [] : [`device ${where.device_id}`]),
  ];
  return parts.length === 0 ? `record ${where.line}` : parts.join(', ');
}

function countRows({ counts, sums, source, made_at }: VerifyReport): string[][] {
  const numbers: [string, number][] = [
    ['Streams', counts.streams],
    ['Entries', counts.entries],
    ['Seals', counts.seals],
    ['Transactions', counts.transactions],
    ['Operations', counts.operations],
    ['Bookings', counts.bookings],
    ['Postings', counts.postings],
    ['Quarantined', counts.quarantined],
    ['Erased', counts.erased],
    ['Pruned', counts.pruned],
    ['Unsealed', counts.unsealed],
    ['Segments', counts.segments],
    ['Uncommitted', counts.segments_apart],
  ];
  return [
    ['Read', `${source ?? 'no export'}${made_at === null ? '' : `, as of ${made_at}`}`],
    ...numbers.flatMap(([label, number]) =>
      number > 0 ? [[label, `${number}${REMARKS[label] ?? ''}`]] : [],
    ),
    ...sums.map((sum) => [
      sum.currency,
      `${count(sum.sales, 'sale')}, ${sum.amount} (taken ${sum.tenders}, given back ${sum.change})${
        sum.waiting > 0 ? `; ${sum.waiting} wait for the hub` : ''
      }`,
    ]),
  ];
}

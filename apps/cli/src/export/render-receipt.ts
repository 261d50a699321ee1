/** What is known of the sale on a paper receipt. */
import type { ReceiptMatch, VerifyReport } from '@holdfast/verify';
import type { Paint } from '../shell/shell.ts';
import { columns } from '../text.ts';

/** `unread`: the sale is there, but what it was for has been erased. */
export type ReceiptVerdict = 'found' | 'none' | 'other_total' | 'unread' | 'several';

type Asked = { code: string; total: string | undefined };

/** What the report says of the code that was looked for. */
export function judgeReceipt(report: VerifyReport, { total }: Asked): ReceiptVerdict {
  const matches = report.receipt ?? [];
  const [match] = matches;
  if (match === undefined) return 'none';
  if (total === undefined) return matches.length > 1 ? 'several' : 'found';
  const fitting = matches.filter((each) => each.amount !== null && isSameAmount(each.amount, total));
  if (fitting.length > 1) return 'several';
  if (fitting.length === 1) return 'found';
  return matches.some((each) => each.amount === null) ? 'unread' : 'other_total';
}

const STATES: Readonly<Record<ReceiptMatch['state'], string>> = {
  booked: 'booked in the ledger',
  quarantined: 'at the hub, not booked: it waits for a person, or was dismissed',
  acked: 'at this edge, and committed by the hub',
  waiting: 'at this edge, waiting for the hub',
};

const VERDICTS: Readonly<Record<ReceiptVerdict, string>> = {
  found: 'This is the sale.',
  none: 'No sale here has this code. If it is read right, the paper is of another store or ledger, its sale has not come up yet, or it was never made by this system.',
  other_total: 'The sale with this code was for another total: the paper, or its code, is not genuine.',
  unread: 'The sale is there, but its contents have been erased: the total cannot be compared.',
  several: 'More than one sale has this code, which is rare chance: compare time and total.',
};

/** The answer for people. */
export function renderReceipt(
  report: VerifyReport,
  { verdict, code, total, paint }: Asked & { verdict: ReceiptVerdict; paint: Paint },
): string {
  const rows = (report.receipt ?? []).map((match) =>
    columns([
      ['Sale', match.op_id],
      ['Made', `${match.at}${match.cashier_id === null ? '' : ` by ${match.cashier_id}`}`],
      ['Total', match.amount === null ? 'erased' : `${match.amount} ${match.currency ?? ''}`],
      ['State', STATES[match.state]],
    ]),
  );
  const asked = total === undefined ? code : `${code} for ${total}`;
  const sentence = `${asked}: ${VERDICTS[verdict]}`;
  return [verdict === 'found' ? paint.green(sentence) : paint.red(sentence), ...rows].join('\n');
}

/** As numbers, so that `12.5` on paper is `12.50`. */
function isSameAmount(a: string, b: string): boolean {
  const [x, y] = [a, b].map((text) => text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, ''));
  return x === y;
}

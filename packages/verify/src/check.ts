/** What the checks of one export share: where they report, what they count, and what they have to remember. */
import { receiptCodeOf } from './bytes.ts';
import { decimalOf } from './currencies.ts';
import type { KeyBook } from './key-book.ts';
import type { DeviceRecord, LocationRecord } from './records.ts';
import type { Counts, Finding, Findings, ReceiptMatch, Sum, Where } from './report.ts';
import type { Sale } from './sale.ts';

/** The collaborators of a check; `line` is that of the record at hand. */
export type Check = {
  findings: Findings;
  counts: Counts;
  keys: KeyBook;
  sums: SumBook;
  receipts: ReceiptSearch;
  locations: Map<string, LocationRecord>;
  devices: Map<string, DeviceRecord>;
  hasArchive: boolean;
  /** The key of the hub's MACs, for a caller who has it. */
  macKey: Uint8Array | undefined;
  line: number;
};

/** What a check says besides where. */
export type Said = Omit<Finding, 'where'>;

/** Reports what is wrong at one place. */
export type Report = (said: Said) => void;

/** A reporter for a place; the line is that of the record at hand when it is called. */
export function reporter(check: Check, place: Omit<Where, 'line'>): Report {
  return (said) => check.findings.add({ ...said, where: { line: check.line, ...place } });
}

/** One pair of a stored value and what it must be. */
export type Expectation = readonly [name: string, found: Value, expected: Value];
type Value = string | number | bigint | boolean | null;

/** Reports each stored value of `row` that is not what it must be. */
export function expectAll(
  report: Report,
  at: { code: Finding['code']; row: string; because: string },
  pairs: readonly Expectation[],
): void {
  for (const [name, found, expected] of pairs) {
    if (found === expected) continue;
    const sentence = `${name} of the ${at.row} is not ${at.because}.`;
    report({ code: at.code, sentence, expected: String(expected), found: String(found) });
  }
}

/** Sums per currency. */
export type SumBook = {
  add(sale: Pick<Sale, 'currency' | 'amount' | 'tenders' | 'change'>, isWaiting: boolean): void;
  list(): Sum[];
};

/** Sums of nothing yet. */
export function createSums(): SumBook {
  const sums = new Map<
    string,
    { sales: number; amount: bigint; tenders: bigint; change: bigint; waiting: number }
  >();
  return {
    add(sale, isWaiting) {
      const sum = sums.get(sale.currency) ?? { sales: 0, amount: 0n, tenders: 0n, change: 0n, waiting: 0 };
      sum.sales += 1;
      sum.amount += sale.amount;
      sum.tenders += sale.tenders;
      sum.change += sale.change;
      if (isWaiting) sum.waiting += 1;
      sums.set(sale.currency, sum);
    },
    list: () =>
      [...sums]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([currency, { sales, amount, tenders, change, waiting }]) => ({
          currency,
          sales,
          amount: decimalOf(amount, currency),
          tenders: decimalOf(tenders, currency),
          change: decimalOf(change, currency),
          waiting,
        })),
  };
}

/** Looks for the operation a receipt code names; the code is computed from every entry, never read from a row. */
export type ReceiptSearch = {
  offer(entry: { opId: string; bodyHash: string }, match: () => Omit<ReceiptMatch, 'receipt_code'>): void;
  /** Of an entry that is gone, its row alone tells the code. */
  offerRow(code: string, match: () => Omit<ReceiptMatch, 'receipt_code'>): void;
  result(): ReceiptMatch[] | null;
};

/** What a state tells against another one of the same operation. */
const WEIGHT: Record<ReceiptMatch['state'], number> = { waiting: 0, quarantined: 1, acked: 2, booked: 3 };

/** A search for `code` as a person types it; without one, nothing is looked for. */
export function createReceiptSearch(code: string | undefined): ReceiptSearch {
  const wanted = code === undefined ? undefined : normaliseReceiptCode(code);
  const matches = new Map<string, ReceiptMatch>();
  const take = (match: ReceiptMatch) => {
    const before = matches.get(match.op_id);
    if (before === undefined || WEIGHT[match.state] > WEIGHT[before.state]) matches.set(match.op_id, match);
  };
  return {
    offer(entry, match) {
      if (wanted === undefined || receiptCodeOf(entry.opId, entry.bodyHash) !== wanted) return;
      take({ ...match(), receipt_code: wanted });
    },
    offerRow(receiptCode, match) {
      if (wanted !== undefined && receiptCode === wanted) take({ ...match(), receipt_code: wanted });
    },
    result: () => (wanted === undefined ? null : [...matches.values()]),
  };
}

/** A receipt code as it is printed: capitals, a hyphen in the middle; I and L are read as 1, O as 0. */
export function normaliseReceiptCode(text: string): string {
  const plain = text.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll(/[IL]/g, '1').replaceAll('O', '0');
  return plain.length === 10 ? `${plain.slice(0, 5)}-${plain.slice(5)}` : plain;
}

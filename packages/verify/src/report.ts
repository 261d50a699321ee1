/** What a verification found: the findings in the order of the export, counts, sums, and what it all hangs on. */
import type { ExportSource } from './records.ts';

/** Every way in which an export can be wrong. */
export type FindingCode =
  /** A line that is no record, or records out of order. */
  | 'malformed'
  /** The export ends before its end. */
  | 'truncated'
  /** A row without the row it belongs to. */
  | 'orphan'
  /** Entries are missing, or there is one too many. */
  | 'sequence'
  /** A header that is none, or names another place than its own. */
  | 'header'
  /** The hash is not that of the chain. */
  | 'chain'
  | 'body_hash'
  | 'salt'
  /** A seal that does not verify or vouches for something else. */
  | 'seal'
  /** Entries that no seal vouches for. */
  | 'unsealed'
  /** A key that is not the one it says, or not one that the caller trusts. */
  | 'key'
  /** Tip, acked or safe marks that the entries contradict. */
  | 'marks'
  | 'last_ack'
  | 'transaction'
  | 'receipt_code'
  | 'operation'
  | 'quarantine'
  | 'booking'
  | 'posting'
  | 'received_at'
  | 'segment'
  /** A record of a tenant, a store or a device in the archive. */
  | 'identity'
  /** Safe entries that the archive does not hold. */
  | 'archive_gap';

/** Where something is wrong; `line` is that of the export, from 1. */
export type Where = {
  line: number;
  tenant_id?: string;
  device_id?: string;
  incarnation?: string;
  lane?: string;
  seq?: number;
  op_id?: string;
  booking_no?: string;
  file?: string;
};

/** One thing that is wrong. `expected` and `found` are short texts. */
export type Finding = {
  code: FindingCode;
  where: Where;
  sentence: string;
  expected?: string;
  found?: string;
};

/** Money per currency: `amount` of `sales` sales, which is `tenders` less `change`. `waiting` are not booked yet. */
export type Sum = {
  currency: string;
  sales: number;
  amount: string;
  tenders: string;
  change: string;
  waiting: number;
};

/** How much was read, of each kind. */
export type Counts = {
  records: number;
  streams: number;
  entries: number;
  erased: number;
  seals: number;
  operations: number;
  transactions: number;
  bookings: number;
  postings: number;
  quarantined: number;
  pruned: number;
  segments: number;
  /** Segments of another history than the hub's: batches whose commit failed, or of streams it does not know. */
  segments_apart: number;
  /** Entries without a seal of their device, where there need be none: the hub's own, and what an edge pulled back. */
  unsealed: number;
};

/** A key that seals were verified with; `pinned` when the caller named it. */
export type TrustedKey = { key_id: string; device_id: string | null; seals: number; pinned: boolean };

/** A sale that a receipt code names. */
export type ReceiptMatch = {
  op_id: string;
  receipt_code: string;
  /** `booked` in the ledger, `quarantined` there, `acked` by a hub or `waiting` at the edge. */
  state: 'booked' | 'quarantined' | 'acked' | 'waiting';
  at: string;
  amount: string | null;
  currency: string | null;
  cashier_id: string | null;
  where: Where;
};

/** The result of `verifyExport`. */
export type VerifyReport = {
  ok: boolean;
  source: ExportSource | null;
  made_at: string | null;
  counts: Counts;
  /** The first thousand, in the order of the export. */
  findings: Finding[];
  findings_total: number;
  first_wrong: Finding | null;
  sums: Sum[];
  trust: { keys: TrustedKey[]; root_key_id: string | null; root_pinned: boolean; statement: string };
  /** The sales that the asked code names; null when none was asked for. */
  receipt: ReceiptMatch[] | null;
};

/** Findings kept in full; the others are counted. */
const FINDINGS_MAX = 1_000;

/** Characters of a text in a finding: enough for every name of the format. */
const TEXT_MAX = 200;

/** What a terminal acts on instead of showing it: a text of a hostile export could paint a verdict of its own. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A text from an export for people to see: cut, and without what a terminal would act on. */
export function shown(text: string): string {
  const cut = text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text;
  return cut.replaceAll(UNSEEN, '\uFFFD');
}

/** Collects what is wrong. */
export type Findings = {
  add(finding: Finding): void;
  total(): number;
  /** In the order of the export. */
  list(): Finding[];
};

/** An empty collection. */
export function createFindings(): Findings {
  const kept: Finding[] = [];
  let total = 0;
  return {
    add(finding) {
      total += 1;
      if (kept.length < FINDINGS_MAX) kept.push(showable(finding));
    },
    total: () => total,
    list: () => kept.toSorted((a, b) => a.where.line - b.where.line),
  };
}

/** All texts of a finding may come from the export. */
function showable({ code, where, sentence, expected, found }: Finding): Finding {
  return {
    code,
    where: { ...where, ...shownMembers(where) },
    sentence: shown(sentence),
    ...(expected !== undefined && { expected: shown(expected) }),
    ...(found !== undefined && { found: shown(found) }),
  };
}

function shownMembers({ line: _, seq: __, ...names }: Where): Omit<Where, 'line' | 'seq'> {
  return Object.fromEntries(Object.entries(names).map(([name, text]) => [name, shown(text)]));
}

/** Nothing counted yet. */
export function noCounts(): Counts {
  return {
    records: 0,
    streams: 0,
    entries: 0,
    erased: 0,
    seals: 0,
    operations: 0,
    transactions: 0,
    bookings: 0,
    postings: 0,
    quarantined: 0,
    pruned: 0,
    segments: 0,
    segments_apart: 0,
    unsealed: 0,
  };
}

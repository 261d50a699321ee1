/** The payments of the table, typed; a cell that means nothing is an error of its own. */
import { assert, must } from '@holdfast/base';
import { DAY_TABLE } from './day-table.ts';

const MOVES = ['insert', 'dip', 'tap', 'tap two', 'swipe'] as const;
const KEYS = ['right', 'wrong', 'ok', 'cancel', 'pull'] as const;
const ENDS = [
  'approved',
  'cancelled',
  'card_blocked',
  'card_not_accepted',
  'card_not_authentic',
  'card_not_yet_valid',
  'card_removed',
  'card_unreadable',
  'declined_by_card',
  'expired_card',
  'online_required',
  'pin_bypassed',
  'pin_locked',
  'verification_failed',
  'wrong_pin',
] as const;
const ENTRIES = ['chip', 'contactless', 'magstripe', 'fallback'] as const;
const VERIFICATIONS = ['pin', 'online_pin', 'signature', 'none'] as const;

/** What hands do at the reader; `pull` puts the card in, and takes it out after so many commands. */
export type Hand = { does: (typeof MOVES)[number] } | { does: 'pull'; after: number; losesAnswer: boolean };
/** What is pressed while the pad asks. */
export type Key = (typeof KEYS)[number];
/** How the workflow ends: approved, or with the code of its error. */
export type End = (typeof ENDS)[number];
type Entry = (typeof ENTRIES)[number];
type Verification = (typeof VERIFICATIONS)[number];

/** One payment. */
export type DayCase = {
  name: string;
  /** Id of a card of the wallet. */
  card: string;
  hands: readonly Hand[];
  keys: readonly Key[];
  amount: string;
  /** That of the store where it is null. */
  currency: string | null;
  end: End;
  /** What the state tells once the payment has come so far; null where it has not. */
  entry: Entry | null;
  verification: Verification | null;
};

/** Payments of one card at one till, one after the other. */
export type Scene = readonly [DayCase, ...DayCase[]];

const NOTHING = '–';
const COLUMNS = 8;
/** Ids of cards, and codes. */
const CODE_COLUMNS: ReadonlySet<number> = new Set([1, 5]);
const [HEAD = [], ...ROWS] = DAY_TABLE.trim()
  .split('\n')
  .map((line) => line.split(' | '));

export const DAY_SCENES: readonly Scene[] = ROWS.reduce<Scene[]>((scenes, row) => {
  const { name, ...rest } = caseOf(row);
  const before = name.startsWith('+ ') ? scenes.pop() : undefined;
  const first = before?.[0];
  if (before === undefined || first === undefined) scenes.push([{ name, ...rest }]);
  else scenes.push([...before, { name: `${first.name} ${name.slice(2)}`, ...rest }]);
  return scenes;
}, []);

export const DAY_CASES: readonly DayCase[] = DAY_SCENES.flat();

/** The table as a page shows it. */
export function tableOfCases(): string {
  const head = HEAD.map((cell) => cell.replace(/^[a-z]/, (letter) => letter.toUpperCase()));
  const lines = [head, head.map(() => '---'), ...ROWS.map((cells) => cells.map(shown))];
  return lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

function shown(cell: string, column: number): string {
  if (column === 0) return cell.replace(/^\+ /, '… ').replace(/^[a-z]/, (letter) => letter.toUpperCase());
  return CODE_COLUMNS.has(column) ? `\`${cell}\`` : cell;
}

function caseOf(cells: readonly string[]): DayCase {
  assert(cells.length === COLUMNS, `a line of the table has ${COLUMNS} cells: ${cells.join(' | ')}`);
  const [name = '', card = '', hands = '', keys = '', money = '', end = '', entry = '', verification = ''] =
    cells;
  const [amount = '', currency = null] = money.split(' ').toReversed();
  return {
    ...{ name, card, amount, currency },
    hands: partsOf(hands).map(handOf),
    keys: partsOf(keys).map((key) => oneOf(KEYS, key)),
    end: oneOf(ENDS, end),
    entry: entry === NOTHING ? null : oneOf(ENTRIES, entry),
    verification: verification === NOTHING ? null : oneOf(VERIFICATIONS, verification),
  };
}

function partsOf(cell: string): string[] {
  return cell === NOTHING ? [] : cell.split(', ');
}

function handOf(text: string): Hand {
  const [, word, after] = /^(pull|lose) (\d+)$/.exec(text) ?? [];
  if (word === undefined) return { does: oneOf(MOVES, text) };
  return { does: 'pull', after: Number(after), losesAnswer: word === 'lose' };
}

function oneOf<T extends string>(allowed: readonly T[], text: string): T {
  return must(
    allowed.find((each) => each === text),
    `"${text}" is one of ${allowed.join(', ')}`,
  );
}

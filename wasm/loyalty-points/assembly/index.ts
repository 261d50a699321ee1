/**
 * Loyalty points of an amount: JSON in, JSON out, whole numbers in between.
 *
 *   {"amount": "125.50", "currency": "SEK", "tier": "gold"}  ->  {"points":18}
 *
 * Each currency has an amount that earns a point, and each tier a rate in percent. Points are counted from the whole
 * amount and cut off, never rounded up; what is given back takes as many points away. `tier` may be absent or null.
 * What cannot be read ends with the code 65 and a sentence on the standard error.
 */

/** As in sysexits(3): the input is not what it should be. */
const EX_DATAERR: i32 = 65;
const INPUT_BYTES_MAX: i32 = 4096;
const BLANKS = ' \t\r\n';
/** As large as an amount can be, in minor units. */
const MINOR_MAX: u64 = 999999999999999;

/** A currency: digits of its minor unit, and minor units that earn a point at 100 percent. */
class Currency {
  digits: i32;
  minorPerPoint: u64;

  constructor(digits: i32, minorPerPoint: u64) {
    this.digits = digits;
    this.minorPerPoint = minorPerPoint;
  }
}

/** Runs once for each call. */
export function execute(): void {
  const fields = readFields(readInput());
  const code = textOf(fields, 'currency');
  const currency = currencyOf(code);
  const amount = textOf(fields, 'amount');
  const isNegative = amount.startsWith('-');
  const minor = minorOf(isNegative ? amount.substring(1) : amount, currency.digits);
  const percent = percentOf(fields.has('tier') ? fields.get('tier') : 'standard');
  // At most 999,999,999,999,999 times 200, which is far from the end of 64 bits.
  const points = (minor * percent) / (currency.minorPerPoint * 100);
  process.stdout.write(`{"points":${isNegative && points > 0 ? '-' : ''}${points}}`);
}

function textOf(fields: Map<string, string>, name: string): string {
  if (!fields.has(name)) refuse(`"${name}" is missing`);
  return fields.get(name);
}

function currencyOf(code: string): Currency {
  if (code === 'SEK' || code === 'NOK' || code === 'DKK') return new Currency(2, 1000);
  if (code === 'EUR' || code === 'USD' || code === 'GBP' || code === 'CHF') return new Currency(2, 100);
  if (code !== 'JPY') refuse('there are no points in this currency');
  return new Currency(0, 100);
}

function percentOf(tier: string): u64 {
  if (tier === 'standard') return 100;
  if (tier === 'silver') return 125;
  if (tier === 'gold') return 150;
  if (tier !== 'platinum') refuse('"tier" is none of standard, silver, gold and platinum');
  return 200;
}

/** Digits, and at most as many decimals as the currency has. */
function minorOf(text: string, digits: i32): u64 {
  let minor: u64 = 0;
  let whole = 0;
  let decimals = -1;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === 0x2e && decimals < 0 && whole > 0) {
      decimals = 0;
      continue;
    }
    if (character < 0x30 || character > 0x39) refuse('"amount" is not a decimal number');
    minor = minor * 10 + (character - 0x30);
    if (minor > MINOR_MAX) refuse('"amount" is too large');
    if (decimals < 0) whole++;
    else decimals++;
  }
  if (whole === 0 || decimals === 0) refuse('"amount" is not a decimal number');
  if (decimals > digits) refuse('"amount" has more decimals than its currency');
  for (let place = max(decimals, 0); place < digits; place++) minor *= 10;
  if (minor > MINOR_MAX) refuse('"amount" is too large');
  return minor;
}

/** Members of a flat JSON object: texts as they are; null as if it were not there; nothing else. */
function readFields(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  const reader = new Reader(text);
  reader.expect(0x7b);
  if (reader.skip(0x7d)) return fields;
  do {
    const name = reader.readText();
    reader.expect(0x3a);
    if (!reader.skipNull()) fields.set(name, reader.readText());
  } while (reader.skip(0x2c));
  reader.expect(0x7d);
  return fields;
}

class Reader {
  private text: string;
  private at: i32 = 0;

  constructor(text: string) {
    this.text = text;
  }

  skip(character: i32): bool {
    this.skipBlanks();
    if (this.at >= this.text.length || this.text.charCodeAt(this.at) !== character) return false;
    this.at++;
    return true;
  }

  expect(character: i32): void {
    if (!this.skip(character)) refuse('the input is not an object of texts');
  }

  skipNull(): bool {
    this.skipBlanks();
    if (this.text.substring(this.at, this.at + 4) !== 'null') return false;
    this.at += 4;
    return true;
  }

  /** Texts with escapes are none of those that are asked for. */
  readText(): string {
    this.expect(0x22);
    const end = this.text.indexOf('"', this.at);
    const backslash = this.text.indexOf('\\', this.at);
    if (end < 0 || (backslash >= 0 && backslash < end)) refuse('the input has a text that cannot be read');
    const found = this.text.substring(this.at, end);
    this.at = end + 1;
    return found;
  }

  private skipBlanks(): void {
    while (this.at < this.text.length && BLANKS.includes(this.text.charAt(this.at))) this.at++;
  }
}

function readInput(): string {
  const buffer = new ArrayBuffer(INPUT_BYTES_MAX);
  let length = 0;
  for (;;) {
    const read = process.stdin.read(buffer, length);
    if (read <= 0) break;
    length += read;
    if (length === INPUT_BYTES_MAX) refuse('the input is too large');
  }
  return String.UTF8.decode(buffer.slice(0, length));
}

/** Ends the module. */
function refuse(why: string): void {
  process.stderr.write(`loyalty-points: ${why}\n`);
  process.exit(EX_DATAERR);
}

/**
 * Exact decimals: money and decimals of expressions are never floats. A number is `units / 10^scale`; a safe integer
 * stands for itself. Nothing is rounded: what needs more than {@link DIGITS_MAX} digits is an overflow.
 */

export type Decimal = { readonly units: bigint; readonly scale: number };
/** A safe integer, or a decimal. */
export type Numeric = number | Decimal;

/** Most digits of a decimal, and most of them after the point. */
const DIGITS_MAX = 38;
/** A text longer than this cannot be a decimal of {@link DIGITS_MAX} digits, however it is written. */
const CHARS_MAX = 2 * DIGITS_MAX;
const UNITS_BELOW = 10n ** BigInt(DIGITS_MAX);
/** So many digits are a safe integer, whatever they are. */
const SAFE_DIGITS = 15;
const DECIMAL = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/;

const [ZERO, NINE, DOT, MINUS] = [48, 57, 46, 45];

/** The decimal of a plain text such as `-12.50`; no leading zeros, no exponent. */
export function readDecimal(text: string): Decimal | 'malformed' | 'overflow' {
  if (text.length > CHARS_MAX) return 'overflow';
  if (!DECIMAL.test(text)) return 'malformed';
  const dot = text.indexOf('.');
  if (dot < 0) return bounded(integerOf(text), 0) ?? 'overflow';
  return bounded(integerOf(text.slice(0, dot) + text.slice(dot + 1)), text.length - dot - 1) ?? 'overflow';
}

/** The exact decimal of the shortest text of a JSON number; undefined beyond {@link DIGITS_MAX} digits. */
export function decimalOfNumber(value: number): Numeric | undefined {
  if (Number.isSafeInteger(value)) return value + 0;
  const [mantissa = '', exponent = '0'] = value.toString().split('e');
  const decimal = readDecimal(mantissa);
  if (typeof decimal === 'string') return undefined;
  const scale = decimal.scale - Number(exponent);
  if (Math.abs(scale) > DIGITS_MAX) return undefined;
  return scale >= 0 ? bounded(decimal.units, scale) : bounded(decimal.units * power(-scale), 0);
}

/** The sum of two, or undefined when it has too many digits. */
export function add(a: Numeric, b: Numeric): Decimal | undefined {
  const [x, y] = [decimalOf(a), decimalOf(b)];
  const scale = Math.max(x.scale, y.scale);
  return bounded(unitsAt(x, scale) + unitsAt(y, scale), scale);
}

/** The difference `a - b`, or undefined when it has too many digits. */
export function subtract(a: Numeric, b: Numeric): Decimal | undefined {
  return add(a, negate(b));
}

/** The product of two, or undefined when it has too many digits. */
export function multiply(a: Numeric, b: Numeric): Decimal | undefined {
  const [x, y] = [decimalOf(a), decimalOf(b)];
  return bounded(x.units * y.units, x.scale + y.scale);
}

/** The number with the other sign. */
export function negate(value: Numeric): Numeric {
  return typeof value === 'number' ? 0 - value : { units: -value.units, scale: value.scale };
}

/** The number without its sign. */
export function absolute(value: Numeric): Numeric {
  return compare(value, 0) < 0 ? negate(value) : value;
}

/** Below zero, zero or above zero as `a` is less than, equal to or more than `b`. */
export function compare(a: Numeric, b: Numeric): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [x, y] = [decimalOf(a), decimalOf(b)];
  const scale = Math.max(x.scale, y.scale);
  const [left, right] = [unitsAt(x, scale), unitsAt(y, scale)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The shortest text: `12.5`, `-0.05`, `0`. */
export function decimalText(value: Numeric): string {
  if (typeof value === 'number') return String(value);
  const { units, scale } = stripped(value, 0);
  return textOf(units, scale);
}

/** The text with exactly so many digits after the point, or undefined when the value has more of them. */
export function fixedText(value: Numeric, digits: number): string | undefined {
  const { units, scale } = stripped(decimalOf(value), digits);
  return scale > digits ? undefined : textOf(units * power(digits - scale), digits);
}

/** A number that texts are compared with again and again: its units at each small scale, NaN where they are not exact. */
export type Yardstick = { readonly value: Numeric; readonly unitsAtScale: readonly number[] };

/** No currency has more digits after the point. */
const QUICK_SCALE_MAX = 4;

/** Prepares a number for {@link compareText}. */
export function yardstick(value: Numeric): Yardstick {
  const { units, scale } = stripped(decimalOf(value), 0);
  const unitsAtScale = Array.from({ length: QUICK_SCALE_MAX + 1 }, (_, at) => {
    const scaled = at < scale ? undefined : Number(units * power(at - scale));
    return Number.isSafeInteger(scaled) ? Number(scaled) : Number.NaN;
  });
  return { value, unitsAtScale };
}

/**
 * Compares the decimal in a short text with a number, walking its characters once and making nothing; NaN when the
 * text is no short canonical decimal or the number is not exact at its scale: then {@link readDecimal} decides.
 */
export function compareText(text: string, { unitsAtScale }: Yardstick): number {
  const { length } = text;
  const start = text.charCodeAt(0) === MINUS ? 1 : 0;
  if (length - start > SAFE_DIGITS + 1) return Number.NaN;
  let units = 0;
  let dot = length;
  for (let at = start; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= ZERO && code <= NINE) units = units * 10 + (code - ZERO);
    else if (code === DOT && dot === length) dot = at;
    else return Number.NaN;
  }
  const whole = dot - start;
  if (whole === 0 || dot === length - 1 || (whole > 1 && text.charCodeAt(start) === ZERO)) return Number.NaN;
  if (whole > SAFE_DIGITS) return Number.NaN;
  const other = unitsAtScale[dot === length ? 0 : length - dot - 1] ?? Number.NaN;
  return (start === 1 ? -units : units) - other;
}

/** The value when it has few enough digits, else undefined. Zeros at the end do not count. */
function bounded(units: bigint, scale: number): Decimal | undefined {
  const fits = ({ units: u, scale: s }: Decimal) => s <= DIGITS_MAX && u < UNITS_BELOW && u > -UNITS_BELOW;
  const value = { units, scale };
  if (fits(value)) return value;
  const short = stripped(value, 0);
  return fits(short) ? short : undefined;
}

function decimalOf(value: Numeric): Decimal {
  return typeof value === 'number' ? { units: BigInt(value), scale: 0 } : value;
}

function unitsAt({ units, scale }: Decimal, wanted: number): bigint {
  return wanted === scale ? units : units * power(wanted - scale);
}

/** Without zeros at the end, but for those that `keep` digits after the point need. */
function stripped({ units, scale }: Decimal, keep: number): Decimal {
  let [left, digits] = [units, scale];
  while (digits > keep && left % 10n === 0n) [left, digits] = [left / 10n, digits - 1];
  return { units: left, scale: digits };
}

function textOf(units: bigint, scale: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const sign = units < 0n ? '-' : '';
  if (scale === 0) return sign + digits;
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function integerOf(digits: string): bigint {
  return digits.length <= SAFE_DIGITS ? BigInt(Number(digits)) : BigInt(digits);
}

function power(exponent: number): bigint {
  return 10n ** BigInt(exponent);
}

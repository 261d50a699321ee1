/** Twelve keys for amounts and PINs. The parent owns the text; physical keys are its business as well. */
import { Delete } from 'lucide-react';
import { cx } from './cx.ts';

export type KeypadKey = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9' | '.' | 'back';

export type KeypadProps = {
  onKey: (key: KeypadKey) => void;
  /** The key at the lower start: a decimal mark for amounts, nothing for PINs and currencies without decimals. */
  decimalMark?: string | null;
  backLabel: string;
  disabled?: boolean;
  className?: string;
};

const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;
const KEY =
  'min-h-14 rounded-card border border-line bg-surface text-22 font-medium tabular-nums select-none hover:bg-sunken active:bg-sunken disabled:text-soft';

/** Figures keep their places in right-to-left scripts, as on a telephone. */
export function Keypad({ onKey, decimalMark = null, backLabel, disabled = false, className }: KeypadProps) {
  const key = (name: KeypadKey, label: string) => (
    <button key={name} type="button" disabled={disabled} className={KEY} onClick={() => onKey(name)}>
      {label}
    </button>
  );
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a tap on a key leaves the focus where Enter does the next thing.
    <div
      dir="ltr"
      onMouseDown={(event) => event.preventDefault()}
      className={cx('grid grid-cols-3 gap-2', className)}
    >
      {DIGITS.map((digit) => key(digit, digit))}
      {decimalMark === null ? <span /> : key('.', decimalMark)}
      {key('0', '0')}
      <button
        type="button"
        aria-label={backLabel}
        disabled={disabled}
        className={cx(KEY, 'grid place-items-center')}
        onClick={() => onKey('back')}
      >
        <Delete aria-hidden size={24} />
      </button>
    </div>
  );
}

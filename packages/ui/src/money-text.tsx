/** An amount of money: tabular figures, exact, in the locale's form. */
import { cx } from './cx.ts';
import { useLocale } from './locale.tsx';
import { formatMoney } from './money.ts';

export type MoneyTextProps = { amountMinor: bigint; currency: string; short?: boolean; className?: string };

/** Keeps on one line and never stretches its row; put it at the inline end of it. */
export function MoneyText({ amountMinor, currency, short = false, className }: MoneyTextProps) {
  const locale = useLocale();
  return (
    <span className={cx('whitespace-nowrap text-end tabular-nums', className)}>
      {formatMoney(amountMinor, { currency, locale, short })}
    </span>
  );
}

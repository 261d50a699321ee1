/** The strip's words: the state of the link and why, how many sales wait, how much money, how old the oldest. */
import { ageText, cx, formatMoney, Skeleton, useLocale } from '@holdfast/ui';
import { CloudCheck, CloudOff, type LucideIcon, UserRoundX, Waypoints } from 'lucide-react';
import { useT } from '../context.tsx';
import { useNow } from '../hooks/use-now.ts';
import type { LinkView } from '../logic/link-view.ts';
import { Age } from './age.tsx';

export type LinkSummaryProps = { view: LinkView | null; attention: string | null; onOpen: () => void };

/** Takes what room there is; the state itself opens the details. */
export function LinkSummary({ view, attention, onOpen }: LinkSummaryProps) {
  const t = useT();
  if (view === null) {
    return (
      <div className="flex-1 p-2" role="status" aria-label={t('loading')}>
        <Skeleton className="h-10 w-64 max-w-full" />
      </div>
    );
  }
  const waits = view.tone === 'waiting';
  return (
    <div className="grid min-w-0 flex-1 content-start gap-x-2 max-[899px]:gap-y-1 min-[900px]:flex min-[900px]:items-center">
      <button
        type="button"
        onClick={onOpen}
        className="flex min-h-14 min-w-0 items-center gap-3 rounded-card px-2 text-start hover:bg-sunken/60 min-[900px]:w-72 min-[900px]:shrink-0 min-[1400px]:w-80"
      >
        <StateIcon view={view} />
        <span className="sr-only">{t('strip_label')}:</span>
        <span className="min-w-0">
          <span className="block truncate text-17 leading-5.5 font-semibold max-[899px]:text-15">
            {t(view.title)}
          </span>
          <span className={cx('line-clamp-2 text-13 leading-4', waits ? 'text-waiting' : 'text-soft')}>
            {t(view.why)}
            {view.drillUntil !== null && <Ends at={view.drillUntil} />}
          </span>
        </span>
      </button>
      <Waiting view={view} />
      <p className="line-clamp-3 min-w-0 flex-1 text-13 text-pretty max-[1179px]:hidden">
        <Works view={view} attention={attention} />
      </p>
    </div>
  );
}

/** How long the drill still lasts. */
function Ends({ at }: { at: string }) {
  const t = useT();
  const locale = useLocale();
  const age = ageText(Date.parse(at) - useNow(), locale);
  return <span className="tabular-nums"> · {t('drill_ends', { age })}</span>;
}

function StateIcon({ view }: { view: LinkView }) {
  const Icon: LucideIcon = view.drill ? Waypoints : view.tone === 'calm' ? CloudCheck : CloudOff;
  return (
    <span
      className={cx(
        'grid size-10 shrink-0 place-items-center rounded-full',
        view.tone === 'calm' ? 'bg-arrived-ground text-arrived' : 'bg-waiting text-waiting-ground',
      )}
    >
      <Icon key={view.tone} aria-hidden size={22} className="animate-arrive" />
    </span>
  );
}

/** On a phone these are the strip's second line, over its whole width. */
function Waiting({ view }: { view: LinkView }) {
  const t = useT();
  const locale = useLocale();
  const sums = view.sums.map(({ amountMinor, currency }) => formatMoney(amountMinor, { currency, locale }));
  const none = view.waiting === 0;
  return (
    <div
      data-waiting={view.waiting}
      className="whitespace-nowrap tabular-nums max-[899px]:absolute max-[899px]:inset-x-4 max-[899px]:top-17 max-[899px]:flex max-[899px]:h-8 max-[899px]:items-center max-[899px]:gap-1.5 max-[899px]:text-13 min-[900px]:min-w-52 min-[900px]:shrink-0"
    >
      <p className="font-semibold">
        {none ? t('waiting_none') : [t('waiting_sales', { n: view.waiting }), ...sums].join(' · ')}
      </p>
      <p className="text-13 text-soft">
        {view.oldestAt === null ? t('waiting_none_text') : <Age at={view.oldestAt} words="waiting_oldest" />}
      </p>
    </div>
  );
}

function Works({ view, attention }: { view: LinkView; attention: string | null }) {
  const t = useT();
  if (attention !== null || view.quarantined > 0) {
    return (
      <span className="font-medium text-act">
        <UserRoundX aria-hidden size={15} className="me-1 inline" />
        {attention ?? t('quarantined', { n: view.quarantined })}
      </span>
    );
  }
  if (view.tone === 'calm') return null;
  return (
    <>
      {t('works')} <span className="text-waiting">{t('works_not')}</span>
    </>
  );
}

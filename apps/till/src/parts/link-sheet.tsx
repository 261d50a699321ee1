/** The link in full: what the strip has no room for, which on a phone is most of it. */
import { Button, cx, EmptyState, MoneyText, Sheet } from '@holdfast/ui';
import { CloudOff, RefreshCw, Workflow } from 'lucide-react';
import type { ReactNode } from 'react';
import { useT } from '../context.tsx';
import { useStatus } from '../hooks/queries.ts';
import { linkView } from '../logic/link-view.ts';
import { Age } from './age.tsx';
import { Notice } from './notice.tsx';
import { useSyncNow } from './sync-now.ts';

export type LinkSheetProps = {
  onClose: () => void;
  onSay: (text: string) => void;
  /** Null for people who may not see them. */
  onWorkflows: (() => void) | null;
};

/** Lives on while it is open. */
export function LinkSheet({ onClose, onSay, onWorkflows }: LinkSheetProps) {
  const t = useT();
  const { data: status } = useStatus();
  const { sync, busy } = useSyncNow(onSay);
  const view = status === undefined ? null : linkView(status);
  if (status === undefined || view === null) {
    return (
      <Sheet open onClose={onClose} title={t('strip_label')} closeLabel={t('close')}>
        <EmptyState icon={CloudOff} title={t('link_unknown')} text={t('loading')} />
      </Sheet>
    );
  }
  return (
    <Sheet open onClose={onClose} title={t(view.title)} closeLabel={t('close')}>
      <div className="flex flex-col gap-4 overflow-y-auto p-5">
        <p className="text-15">
          {t(view.why)}. <span className="text-soft">{status.link.detail}</span>
        </p>
        {status.attention !== null && <Notice tone="act">{status.attention}</Notice>}
        {view.quarantined > 0 && <Notice tone="act">{t('quarantined', { n: view.quarantined })}</Notice>}
        <dl className="divide-y divide-line rounded-card border border-line">
          <Row name={t('link_since')}>
            <Age at={status.link.since} />
          </Row>
          <Row name={view.waiting === 0 ? t('waiting_none') : t('waiting_sales', { n: view.waiting })}>
            <span className="flex flex-col">
              {view.sums.map((sum) => (
                <MoneyText key={sum.currency} amountMinor={sum.amountMinor} currency={sum.currency} />
              ))}
              {view.oldestAt !== null && <Age at={view.oldestAt} words="waiting_oldest" />}
            </span>
          </Row>
        </dl>
        {view.tone === 'waiting' && (
          <p className="text-15">
            {t('works')} <span className="text-waiting">{t('works_not')}</span>
          </p>
        )}
        <Button look={view.drill ? 'secondary' : 'primary'} size="large" disabled={busy} onClick={sync}>
          <RefreshCw aria-hidden size={22} className={cx(busy && 'animate-spin')} />
          {busy ? t('sync_busy') : t('sync_now')}
        </Button>
        {onWorkflows !== null && (
          <Button onClick={onWorkflows}>
            <Workflow aria-hidden size={18} /> {t('workflows')}
          </Button>
        )}
      </div>
    </Sheet>
  );
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex min-h-14 items-center justify-between gap-4 px-4 py-2 text-15">
      <dt className="font-medium">{name}</dt>
      <dd className="text-end text-soft tabular-nums">{children}</dd>
    </div>
  );
}

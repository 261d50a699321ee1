/** The strip: how the link is and why, what waits, what works, and the ways to the drill, the sales and the menu. */
import { Button, cx, Strip } from '@holdfast/ui';
import { ReceiptText, RefreshCw, Waypoints } from 'lucide-react';
import { useT } from '../context.tsx';
import { useEdgeGone, useStatus } from '../hooks/queries.ts';
import { linkView } from '../logic/link-view.ts';
import type { Staff } from '../session.ts';
import { EdgeGone } from './edge-gone.tsx';
import type { Over } from './floating.tsx';
import { LinkSummary } from './link-summary.tsx';
import { useSyncNow } from './sync-now.ts';
import { TillMenu, type Ways } from './till-menu.tsx';

export type TopStripProps = {
  staff: Staff;
  onOpen: (over: Over) => void;
  onSay: (text: string) => void;
  ways: Ways | null;
};

/** Offline is calm amber; red is only for an edge that does not answer, since then nobody can sell. */
export function TopStrip({ staff, onOpen, onSay, ways }: TopStripProps) {
  const t = useT();
  const { data: status } = useStatus();
  const { gone, lastAnswerMs } = useEdgeGone();
  const view = status === undefined ? null : linkView(status);
  const tone = gone ? 'act' : (view?.tone ?? 'calm');
  return (
    <Strip tone={tone} label={t('strip_label')}>
      <div className="flex h-full items-start gap-2 px-2 py-2 min-[900px]:items-center min-[900px]:ps-3">
        {gone ? (
          <EdgeGone lastAnswerMs={lastAnswerMs} />
        ) : (
          <>
            <LinkSummary view={view} attention={status?.attention ?? null} onOpen={() => onOpen('link')} />
            <SyncButton onSay={onSay} />
            <DrillButton on={view?.drill ?? false} onOpen={() => onOpen('drill')} />
            <Button
              aria-label={t('sales')}
              className="max-[1279px]:w-14 max-[1279px]:px-0"
              onClick={() => onOpen('sales')}
            >
              <ReceiptText aria-hidden size={20} />
              <span className="max-[1279px]:hidden">{t('sales')}</span>
            </Button>
          </>
        )}
        <TillMenu staff={staff} onHelp={() => onOpen('help')} ways={ways} />
      </div>
    </Strip>
  );
}

function SyncButton({ onSay }: { onSay: (text: string) => void }) {
  const t = useT();
  const { sync, busy } = useSyncNow(onSay);
  return (
    <Button
      aria-label={t('sync_now')}
      disabled={busy}
      onClick={sync}
      className="max-[1279px]:w-14 max-[1279px]:px-0 max-[899px]:hidden"
    >
      <RefreshCw aria-hidden size={20} className={cx(busy && 'animate-spin')} />
      <span className="max-[1279px]:hidden">{t('sync_now')}</span>
    </Button>
  );
}

function DrillButton({ on, onOpen }: { on: boolean; onOpen: () => void }) {
  const t = useT();
  const word = on ? t('drill_on') : t('drill_off');
  return (
    <Button
      aria-label={`${t('drill')}: ${word}`}
      onClick={onOpen}
      className={cx('max-[899px]:w-14 max-[899px]:px-0', on && 'border-waiting')}
    >
      <Waypoints aria-hidden size={20} className={cx('min-[900px]:hidden', on && 'text-waiting')} />
      <span className="max-[899px]:hidden">{t('drill')}</span>
      <span
        aria-hidden
        className={cx(
          'flex h-6 w-10 items-center rounded-full border p-0.5 max-[899px]:hidden',
          on ? 'justify-end border-waiting bg-waiting' : 'border-line-strong bg-sunken',
        )}
      >
        <span className={cx('size-4.5 rounded-full', on ? 'bg-waiting-ground' : 'bg-line-strong')} />
      </span>
    </Button>
  );
}

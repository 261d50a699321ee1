/** The page of devices: every simulated device of the till, as a person stands before it, and a wallet of cards. */
import { ageText, Button, EmptyState, Skeleton, useLocale } from '@holdfast/ui';
import { ChevronLeft, Plug, TriangleAlert, Workflow } from 'lucide-react';
import { NoAnswer } from '../api.ts';
import { useT, useTill } from '../context.tsx';
import { isTyping, useKeys } from '../hooks/use-keys.ts';
import { useNow } from '../hooks/use-now.ts';
import { Notice } from '../parts/notice.tsx';
import { type Devices, useDevices } from './device-queries.ts';
import { DispenserPanel } from './dispenser-panel.tsx';
import { DisplayPanel } from './display-panel.tsx';
import { ElementPanel } from './element-panel.tsx';
import { PinPadPanel } from './pin-pad-panel.tsx';
import { PrinterPanel } from './printer-panel.tsx';
import { ReaderPanel } from './reader-panel.tsx';
import { DrawerPanel, ScalePanel, ScannerPanel } from './small-panels.tsx';

export type DevicesPageProps = { leaveLabel: string; onLeave: () => void; onWorkflows: () => void };

/** In stacks by what belongs together in front of a till; on a phone one below the other. Esc steps back. */
export function DevicesPage({ leaveLabel, onLeave, onWorkflows }: DevicesPageProps) {
  const t = useT();
  useKeys((event) => {
    if (event.key !== 'Escape' || isTyping(event.target)) return;
    event.preventDefault();
    onLeave();
  });
  return (
    <div className="flex h-dvh flex-col overflow-hidden">
      <header className="flex shrink-0 items-center gap-3 border-b border-line bg-surface p-2 min-[900px]:pe-3">
        <Button size="icon" look="quiet" aria-label={leaveLabel} onClick={onLeave}>
          <ChevronLeft aria-hidden size={24} className="rtl:rotate-180" />
        </Button>
        <h1 className="min-w-0 flex-1 truncate text-22 font-semibold tracking-tight">{t('devices')}</h1>
        <Button onClick={onWorkflows}>
          <Workflow aria-hidden size={18} /> {t('workflows')}
        </Button>
      </header>
      <main className="flex min-h-0 flex-1 flex-col">
        <Content />
      </main>
    </div>
  );
}

function Content() {
  const t = useT();
  const { data, error, dataUpdatedAt, refetch } = useDevices();
  if (isAbsent(error)) return <EmptyState icon={Plug} title={t('dev_none')} text={t('dev_none_text')} />;
  if (data !== undefined)
    return (
      <div className="min-h-0 flex-1 overflow-y-auto p-3">
        {error !== null && <Stale sinceMs={dataUpdatedAt} />}
        <Table data={data} />
      </div>
    );
  if (error === null) return [1, 2, 3].map((place) => <Skeleton key={place} className="m-3 h-40 shrink-0" />);
  return (
    <EmptyState icon={TriangleAlert} title={t('dev_failed')} text={t('dev_failed_text')}>
      <Button onClick={() => void refetch()}>{t('try_again')}</Button>
    </EmptyState>
  );
}

/** The edge says that it has no simulated devices. */
function isAbsent(error: Error | null): boolean {
  return error instanceof NoAnswer && error.answer.kind === 'problem' && error.answer.problem.status === 404;
}

function Stale({ sinceMs }: { sinceMs: number }) {
  const t = useT();
  const { platform } = useTill();
  const locale = useLocale();
  useNow();
  return (
    <div className="pb-3">
      <Notice tone="act" spoken={false}>
        {t('dev_stale', { age: ageText(platform.nowMs() - sinceMs, locale) })}
      </Notice>
    </div>
  );
}

/** What stands where: a payment above, the rest below. A kind that the till lacks leaves no gap. */
const STACKS = [
  ['card_reader'],
  ['customer_display', 'pin_pad', 'merchant_display'],
  ['receipt_printer', 'cash_drawer'],
  ['cash_dispenser'],
  ['scale', 'barcode_scanner'],
  ['secure_element'],
] as const;

const PANELS = {
  customer_display: DisplayPanel,
  merchant_display: DisplayPanel,
  pin_pad: PinPadPanel,
  receipt_printer: PrinterPanel,
  cash_drawer: DrawerPanel,
  cash_dispenser: DispenserPanel,
  scale: ScalePanel,
  barcode_scanner: ScannerPanel,
  secure_element: ElementPanel,
} as const;

function Table({ data }: { data: Devices }) {
  const find = (kind: string) => data.devices.find((device) => device.kind === kind);
  return (
    <div className="mx-auto grid max-w-400 grid-cols-1 gap-3 min-[760px]:grid-cols-2 min-[1200px]:grid-cols-3">
      {STACKS.map((kinds) => (
        <div key={kinds[0]} className="flex min-w-0 flex-col gap-3">
          {kinds.map((kind) => {
            const device = find(kind);
            if (device === undefined) return null;
            if (kind === 'card_reader') return <ReaderPanel key={kind} device={device} cards={data.cards} />;
            const Panel = PANELS[kind];
            return <Panel key={kind} device={device} />;
          })}
        </div>
      ))}
    </div>
  );
}

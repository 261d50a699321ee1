/** The page of workflows: what runs, waits and failed, with what can be done about it; and what is defined. */
import { ageText, Button, cx, EmptyState, Tile, useLocale } from '@holdfast/ui';
import { ChevronLeft, CreditCard, Layers, Workflow } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useT, useTill } from '../context.tsx';
import { useEdgeGone } from '../hooks/queries.ts';
import { isTyping, useKeys } from '../hooks/use-keys.ts';
import { useNarrow } from '../hooks/use-narrow.ts';
import { useNow } from '../hooks/use-now.ts';
import type { Narrowing } from '../hooks/workflow-queries.ts';
import { DefinitionDetails } from '../parts/definition-details.tsx';
import { DefinitionList } from '../parts/definition-list.tsx';
import { Notice } from '../parts/notice.tsx';
import { WorkflowDetails } from '../parts/workflow-details.tsx';
import { WorkflowList } from '../parts/workflow-list.tsx';

type Tab = 'instances' | 'definitions';

export type WorkflowsPageProps = { leaveLabel: string; onLeave: () => void; onDevices: () => void };

/** List and details stand side by side; on a phone one at a time. Esc steps back. */
export function WorkflowsPage({ leaveLabel, onLeave, onDevices }: WorkflowsPageProps) {
  const t = useT();
  const narrow = useNarrow();
  const [tab, setTab] = useState<Tab>('instances');
  const [narrowing, setNarrowing] = useState<Narrowing>({ filter: 'all', type: '', search: '' });
  const [chosen, setChosen] = useState<Readonly<Record<Tab, string | null>>>({
    instances: null,
    definitions: null,
  });
  const choose = (name: string | null) => setChosen({ ...chosen, [tab]: name });
  const current = chosen[tab];
  const back = () => (current === null ? onLeave() : choose(null));
  useKeys((event) => {
    // What floats closes itself; a text that is typed is not thrown away.
    if (event.key !== 'Escape' || isTyping(event.target) || isFloating()) return;
    event.preventDefault();
    back();
  });
  const list =
    tab === 'instances' ? (
      <WorkflowList narrowing={narrowing} onNarrow={setNarrowing} chosen={current} onChoose={choose} />
    ) : (
      <DefinitionList chosen={current} onChoose={choose} />
    );
  const details =
    current === null ? (
      <Unchosen tab={tab} />
    ) : tab === 'instances' ? (
      <WorkflowDetails key={current} id={current} onOpen={choose} />
    ) : (
      <DefinitionDetails key={current} type={current} />
    );
  const showsOnlyDetails = narrow && current !== null;
  return (
    <div className="flex h-dvh flex-col overflow-hidden">
      <header className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-2 border-b border-line bg-surface p-2 min-[900px]:pe-3">
        <Button
          size="icon"
          look="quiet"
          aria-label={showsOnlyDetails ? t('back') : leaveLabel}
          onClick={showsOnlyDetails ? () => choose(null) : onLeave}
        >
          <ChevronLeft aria-hidden size={24} className="rtl:rotate-180" />
        </Button>
        <h1 className="min-w-0 flex-1 truncate text-22 font-semibold tracking-tight">{t('workflows')}</h1>
        <Button size="icon" look="quiet" aria-label={t('devices')} onClick={onDevices}>
          <CreditCard aria-hidden size={22} />
        </Button>
        {!showsOnlyDetails && <Tabs tab={tab} onTab={setTab} />}
      </header>
      <main className="flex min-h-0 flex-1 flex-col">
        <Stale />
        <div className="flex min-h-0 flex-1">
          {!showsOnlyDetails && (
            <Pane className="w-full bg-surface min-[900px]:w-[min(28rem,38vw)] min-[900px]:border-e min-[900px]:border-line">
              {list}
            </Pane>
          )}
          {(!narrow || showsOnlyDetails) && <Pane className="min-w-0 flex-1">{details}</Pane>}
        </div>
      </main>
    </div>
  );
}

function isFloating(): boolean {
  return document.querySelector('[role="dialog"], [role="menu"]') !== null;
}

function Pane({ className, children }: { className: string; children: ReactNode }) {
  return <div className={cx('flex min-h-0 shrink-0 flex-col', className)}>{children}</div>;
}

function Tabs({ tab, onTab }: { tab: Tab; onTab: (tab: Tab) => void }) {
  const t = useT();
  return (
    <fieldset aria-label={t('workflows')} className="grid grid-cols-2 gap-2 max-[899px]:w-full">
      {(['instances', 'definitions'] as const).map((each) => (
        <Tile
          key={each}
          selected={tab === each}
          className="min-h-14 px-5 text-center! text-15 font-medium"
          onClick={() => onTab(each)}
        >
          {t(`wf_tab_${each}`)}
        </Tile>
      ))}
    </fieldset>
  );
}

function Unchosen({ tab }: { tab: Tab }) {
  const t = useT();
  return tab === 'instances' ? (
    <EmptyState icon={Workflow} title={t('wf_choose')} text={t('wf_choose_text')} />
  ) : (
    <EmptyState icon={Layers} title={t('wf_defs_choose')} text={t('wf_defs_choose_text')} />
  );
}

/** What is shown is old while the edge does not answer; how old is said. */
function Stale() {
  const t = useT();
  const { platform } = useTill();
  const locale = useLocale();
  const { gone, lastAnswerMs } = useEdgeGone();
  useNow();
  if (!gone) return null;
  const age = ageText(platform.nowMs() - lastAnswerMs, locale);
  return (
    <div className="shrink-0 border-b border-line p-3">
      <Notice tone="act" spoken={false}>
        {lastAnswerMs > 0 ? t('wf_stale', { age }) : `${t('edge_gone')}.`}
      </Notice>
    </div>
  );
}

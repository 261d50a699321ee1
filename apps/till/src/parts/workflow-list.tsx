/** The list of workflows: filters, a search, and rows that change while one looks. */
import { Button, cx, EmptyState, Skeleton, Tile } from '@holdfast/ui';
import { ChevronDown, CircleCheck, SearchX, TriangleAlert, Workflow } from 'lucide-react';
import { type KeyboardEvent, useRef } from 'react';
import { useT } from '../context.tsx';
import { isTyping, useKeys } from '../hooks/use-keys.ts';
import {
  type Narrowing,
  useDefinitions,
  useWorkflows,
  type WorkflowSummary,
} from '../hooks/workflow-queries.ts';
import { FILTER_NAMES, FILTERS } from '../logic/workflow-view.ts';
import { SearchBox } from './search-box.tsx';
import { WorkflowRow } from './workflow-row.tsx';

export type WorkflowListProps = {
  narrowing: Narrowing;
  onNarrow: (narrowing: Narrowing) => void;
  chosen: string | null;
  onChoose: (id: string) => void;
};

/** Arrows move from row to row, `/` searches. */
export function WorkflowList({ narrowing, onNarrow, chosen, onChoose }: WorkflowListProps) {
  const t = useT();
  const list = useWorkflows(narrowing);
  const rows = list.data?.pages.flatMap((page) => page.workflows);
  const counts = list.data?.pages[0]?.open ?? [];
  const box = useRef<HTMLInputElement>(null);
  useKeys((event) => {
    if (event.key !== '/' || isTyping(event.target)) return;
    event.preventDefault();
    box.current?.focus();
  });
  const openCount = (filter: (typeof FILTER_NAMES)[number]) =>
    counts.reduce((sum, { status, count }) => sum + (isAmong(FILTERS[filter], status) ? count : 0), 0);
  return (
    <>
      <div className="flex shrink-0 flex-col gap-2 border-b border-line p-3">
        <SearchBox
          ref={box}
          label={t('wf_search')}
          text={narrowing.search}
          onText={(search) => onNarrow({ ...narrowing, search: search.trim() })}
          onKeyDown={(event) => {
            if (event.key === 'Escape' && narrowing.search !== '') {
              event.stopPropagation();
              onNarrow({ ...narrowing, search: '' });
            }
          }}
        />
        <fieldset aria-label={t('wf_filter')} className="grid grid-cols-4 gap-2">
          {FILTER_NAMES.map((filter) => (
            <Tile
              key={filter}
              selected={narrowing.filter === filter}
              className="min-h-14 px-1 text-center! text-13 leading-4 font-medium hyphens-auto"
              onClick={() => onNarrow({ ...narrowing, filter })}
            >
              {t(`wf_filter_${filter}`)}
              {openCount(filter) > 0 && (
                <span className={cx('block tabular-nums', filter === 'act' ? 'text-act' : 'text-waiting')}>
                  {openCount(filter)}
                </span>
              )}
            </Tile>
          ))}
        </fieldset>
        <TypeChoice type={narrowing.type} onType={(type) => onNarrow({ ...narrowing, type })} />
      </div>
      <Rows
        rows={rows}
        failed={list.isError}
        narrowing={narrowing}
        chosen={chosen}
        onChoose={onChoose}
        onRetry={() => void list.refetch()}
        onClear={() => onNarrow({ filter: 'all', type: '', search: '' })}
        onMore={list.hasNextPage ? () => void list.fetchNextPage() : null}
      />
    </>
  );
}

function isAmong(statuses: readonly string[], status: string): boolean {
  return statuses.includes(status);
}

function TypeChoice({ type, onType }: { type: string; onType: (type: string) => void }) {
  const t = useT();
  const { data } = useDefinitions();
  const types = [...new Set((data?.definitions ?? []).map(({ workflow_type }) => workflow_type))];
  if (types.length < 2 && type === '') return null;
  return (
    <div className="relative">
      <select
        aria-label={t('wf_type')}
        value={type}
        onChange={(event) => onType(event.target.value)}
        className="h-14 w-full appearance-none truncate rounded-card border border-line bg-surface ps-4 pe-10 text-15"
      >
        <option value="">{t('wf_type_all')}</option>
        {types.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </select>
      <ChevronDown
        aria-hidden
        size={18}
        className="pointer-events-none absolute inset-y-0 end-4 my-auto text-soft"
      />
    </div>
  );
}

type RowsProps = {
  rows: WorkflowSummary[] | undefined;
  failed: boolean;
  narrowing: Narrowing;
  chosen: string | null;
  onChoose: (id: string) => void;
  onRetry: () => void;
  onClear: () => void;
  /** Null on the last page. */
  onMore: (() => void) | null;
};

function Rows({ rows, failed, narrowing, chosen, onChoose, onRetry, onClear, onMore }: RowsProps) {
  const t = useT();
  if (rows === undefined && failed) {
    return (
      <EmptyState icon={TriangleAlert} title={t('wf_failed')} text={t('wf_failed_text')}>
        <Button onClick={onRetry}>{t('try_again')}</Button>
      </EmptyState>
    );
  }
  if (rows === undefined)
    return [1, 2, 3, 4].map((place) => <Skeleton key={place} className="m-3 h-18 shrink-0" />);
  if (rows.length === 0) return <Nothing narrowing={narrowing} onClear={onClear} />;
  return (
    <ul className="min-h-0 flex-1 overflow-y-auto" aria-label={t('workflows')} onKeyDown={moveFocus}>
      {rows.map((row) => (
        <WorkflowRow
          key={row.instance_id}
          workflow={row}
          selected={row.instance_id === chosen}
          onChoose={onChoose}
        />
      ))}
      {onMore !== null && (
        <li className="p-3">
          <Button className="w-full" onClick={onMore}>
            {t('wf_more')}
          </Button>
        </li>
      )}
    </ul>
  );
}

function Nothing({ narrowing, onClear }: { narrowing: Narrowing; onClear: () => void }) {
  const t = useT();
  const { filter, type, search } = narrowing;
  if (filter === 'act' && type === '' && search === '')
    return <EmptyState icon={CircleCheck} title={t('wf_none_act')} text={t('wf_none_act_text')} />;
  if (filter === 'all' && type === '' && search === '')
    return <EmptyState icon={Workflow} title={t('wf_none')} text={t('wf_none_text')} />;
  return (
    <EmptyState icon={SearchX} title={t('wf_none_found')} text={t('wf_none_found_text')}>
      <Button onClick={onClear}>{t('wf_clear')}</Button>
    </EmptyState>
  );
}

function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (by === 0) return;
  const rows = [...event.currentTarget.querySelectorAll('[data-row]')];
  const next = rows[rows.findIndex((row) => row.matches(':focus')) + by];
  if (!(next instanceof HTMLElement)) return;
  event.preventDefault();
  next.focus();
}

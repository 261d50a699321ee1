/** The workflows that are defined here, files that were refused, and schedules. */
import { Button, cx, EmptyState, Skeleton } from '@holdfast/ui';
import { CalendarClock, FileWarning, Layers, TriangleAlert } from 'lucide-react';
import { useT } from '../context.tsx';
import { useStore } from '../hooks/use-store.ts';
import { type Definitions, useDefinitions, useSchedules } from '../hooks/workflow-queries.ts';

export type DefinitionListProps = { chosen: string | null; onChoose: (type: string) => void };

export function DefinitionList({ chosen, onChoose }: DefinitionListProps) {
  const t = useT();
  const { data, isError, refetch } = useDefinitions();
  if (data === undefined && isError) {
    return (
      <EmptyState icon={TriangleAlert} title={t('wf_failed')} text={t('wf_failed_text')}>
        <Button onClick={() => void refetch()}>{t('try_again')}</Button>
      </EmptyState>
    );
  }
  if (data === undefined)
    return [1, 2, 3].map((place) => <Skeleton key={place} className="m-3 h-18 shrink-0" />);
  const types = [...new Set(data.definitions.map(({ workflow_type }) => workflow_type))];
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto">
      <RefusedFiles files={data.files} />
      {types.length === 0 ? (
        <EmptyState icon={Layers} title={t('wf_defs_none')} text={t('wf_defs_none_text')} />
      ) : (
        <ul aria-label={t('wf_tab_definitions')}>
          {types.map((type) => (
            <TypeRow
              key={type}
              type={type}
              versions={data.definitions.filter(({ workflow_type }) => workflow_type === type)}
              selected={type === chosen}
              onChoose={onChoose}
            />
          ))}
        </ul>
      )}
      <ScheduleList />
    </div>
  );
}

function RefusedFiles({ files }: Pick<Definitions, 'files'>) {
  const t = useT();
  if (files.length === 0) return null;
  return (
    <section aria-label={t('wf_defs_problems')} className="m-3 rounded-card border border-act-line p-4">
      <h2 className="flex items-center gap-2 text-15 font-semibold text-act">
        <FileWarning aria-hidden size={18} className="shrink-0" /> {t('wf_defs_problems')}
      </h2>
      {files.map(({ file, problems }) => (
        <div key={file} className="mt-3">
          <p className="text-15 font-medium break-all">{file}</p>
          <ul className="flex flex-col gap-1.5 pt-1">
            {problems.map(({ line, column, code, message, severity }) => (
              <li key={`${line}:${column} ${code} ${message}`} className="text-13 break-words">
                <span className={cx('tabular-nums', severity === 'error' ? 'text-act' : 'text-waiting')}>
                  {line}:{column}
                </span>{' '}
                {message} <code className="font-mono text-soft">{code}</code>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}

type TypeRowProps = {
  type: string;
  versions: Definitions['definitions'];
  selected: boolean;
  onChoose: (type: string) => void;
};

function TypeRow({ type, versions, selected, onChoose }: TypeRowProps) {
  const t = useT();
  const current = versions.find(({ is_current }) => is_current);
  const open = versions.reduce((sum, { open_instances }) => sum + open_instances, 0);
  return (
    <li className="border-b border-line">
      <button
        type="button"
        aria-current={selected}
        onClick={() => onChoose(type)}
        className={cx(
          'flex min-h-18 w-full items-center gap-3 px-4 py-3 text-start -outline-offset-3 hover:bg-sunken',
          selected && 'bg-sunken shadow-[inset_3px_0_0_var(--accent)]',
        )}
      >
        <span className="min-w-0 flex-1">
          <span className="block truncate text-15 font-semibold">{type}</span>
          <span className="block truncate text-13 text-soft">
            {current === undefined ? t('wf_defs_retired') : (current.version ?? t('wf_defs_unlabelled'))}
          </span>
        </span>
        {open > 0 && (
          <span className="shrink-0 text-13 text-soft tabular-nums">{t('wf_defs_open', { n: open })}</span>
        )}
      </button>
    </li>
  );
}

function ScheduleList() {
  const t = useT();
  const { timeZone, locale } = useStore();
  const { data: schedules } = useSchedules();
  if (schedules === undefined || schedules.length === 0) return null;
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone });
  return (
    <section aria-label={t('wf_schedules')} className="p-4">
      <h2 className="pb-2 text-13 font-medium text-soft">{t('wf_schedules')}</h2>
      <ul className="flex flex-col gap-3">
        {schedules.map(({ schedule, cron, time_zone, workflow_type, next_at }) => (
          <li key={schedule} className="flex gap-3 text-15">
            <CalendarClock aria-hidden size={18} className="mt-0.5 shrink-0 text-soft" />
            <span className="min-w-0">
              <span className="block font-medium break-words">
                {schedule} · {workflow_type}
              </span>
              <span className="block text-13 text-soft">
                <code className="font-mono">{cron}</code> {time_zone} ·{' '}
                {next_at === null
                  ? t('wf_schedule_never')
                  : t('wf_schedule_next', { time: format.format(Date.parse(next_at)) })}
              </span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

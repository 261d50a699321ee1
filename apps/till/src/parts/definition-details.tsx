/** One workflow as it is defined: its versions with what goes on by them, its fields, its text. */
import { Button, cx, EmptyState, Skeleton } from '@holdfast/ui';
import { TriangleAlert } from 'lucide-react';
import { useT } from '../context.tsx';
import { type DefinitionFacts, useDefinition } from '../hooks/workflow-queries.ts';
import { Age } from './age.tsx';
import { Scroller } from './scroller.tsx';

export function DefinitionDetails({ type }: { type: string }) {
  const t = useT();
  const { data, isError, refetch } = useDefinition(type);
  if (data === undefined && isError) {
    return (
      <EmptyState icon={TriangleAlert} title={t('wf_failed')} text={t('wf_failed_text')}>
        <Button onClick={() => void refetch()}>{t('try_again')}</Button>
      </EmptyState>
    );
  }
  if (data === undefined) return <Skeleton className="m-5 h-40" />;
  const { current, versions } = data;
  return (
    <Scroller label={type} className="min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto flex max-w-4xl flex-col gap-6 p-4 min-[900px]:p-6">
        <header>
          <h2 className="text-22 font-semibold tracking-tight break-words">{type}</h2>
          <p className="text-15 text-soft">{current === null ? t('wf_defs_retired') : current.description}</p>
        </header>
        <section aria-label={t('wf_defs_versions')} className="flex flex-col gap-2">
          <h3 className="text-13 font-medium text-soft">{t('wf_defs_versions')}</h3>
          <ul className="divide-y divide-line rounded-card border border-line">
            {versions.map((version) => (
              <Version key={version.hash} version={version} />
            ))}
          </ul>
        </section>
        {current !== null && <Current current={current} />}
      </div>
    </Scroller>
  );
}

function Version({ version: row }: { version: DefinitionFacts['versions'][number] }) {
  const t = useT();
  const { hash, version, is_current, added_at, open_instances } = row;
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-4 py-3">
      <span className="min-w-0">
        <span className="block text-15 font-medium">{version ?? t('wf_defs_unlabelled')}</span>
        <span className="block text-13 text-soft">
          <code className="font-mono">{hash.slice(0, 12)}</code> ·{' '}
          <Age at={added_at} words="wf_defs_loaded" />
        </span>
      </span>
      <span className="flex items-center gap-3 text-13 tabular-nums">
        {t('wf_defs_open', { n: open_instances })}
        <span
          className={cx(
            'rounded-full px-2.5 py-1 font-medium',
            is_current ? 'bg-arrived-ground text-arrived' : 'bg-sunken text-soft',
          )}
        >
          {t(is_current ? 'wf_defs_current' : 'wf_defs_old')}
        </span>
      </span>
    </li>
  );
}

function Current({ current }: { current: NonNullable<DefinitionFacts['current']> }) {
  const t = useT();
  return (
    <>
      <section aria-label={t('wf_defs_fields')} className="flex flex-col gap-2">
        <h3 className="text-13 font-medium text-soft">{t('wf_defs_fields')}</h3>
        <ul className="flex flex-wrap gap-2">
          {current.fields.map(({ name, type, optional }) => (
            <li
              key={name}
              className={cx('rounded-card bg-sunken px-3 py-1.5 text-13', optional && 'text-soft')}
            >
              {name} <code className="font-mono">{`${type}${optional ? '?' : ''}`}</code>
            </li>
          ))}
        </ul>
      </section>
      <div className="flex flex-col gap-2">
        <h3 className="text-13 font-medium text-soft">{t('wf_defs_source')}</h3>
        <Scroller label={t('wf_defs_source')} className="overflow-x-auto rounded-card bg-sunken p-4">
          <pre className="font-mono text-13">{current.source}</pre>
        </Scroller>
      </div>
    </>
  );
}

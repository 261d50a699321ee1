/** The edge does not answer: the one state in which this till cannot sell. */
import { ageText, useLocale } from '@holdfast/ui';
import { Unplug } from 'lucide-react';
import { useT, useTill } from '../context.tsx';
import { useNow } from '../hooks/use-now.ts';

/** Fills the strip. `lastAnswerMs` is by the browser's own clock, zero if there was none. */
export function EdgeGone({ lastAnswerMs }: { lastAnswerMs: number }) {
  const t = useT();
  const { platform } = useTill();
  const locale = useLocale();
  useNow();
  const age = ageText(platform.nowMs() - lastAnswerMs, locale);
  return (
    <div className="flex min-w-0 flex-1 items-center gap-3 ps-2 text-act">
      <span className="grid size-10 shrink-0 place-items-center rounded-full bg-act text-act-ground">
        <Unplug aria-hidden size={22} />
      </span>
      <div className="min-w-0">
        <p role="alert" className="text-17 leading-5.5 font-semibold max-[899px]:text-15">
          {t('edge_gone')}
        </p>
        <p className="text-13 tabular-nums">
          {t('edge_gone_text')} {lastAnswerMs > 0 && t('edge_gone_last', { age })}
        </p>
      </div>
    </div>
  );
}

/** Sending what waits, at the press of a button, and what to say of it. */
import { useT } from '../context.tsx';
import { usePush } from '../hooks/queries.ts';

/** `onSay` is told in a person's words how it went. */
export function useSyncNow(onSay: (text: string) => void): { sync: () => void; busy: boolean } {
  const t = useT();
  const push = usePush();
  const sync = () => {
    push.mutate(undefined, {
      onSuccess: (answer) => {
        if (answer.kind === 'ok') {
          const n = answer.value.pushed;
          if (!answer.value.online) onSay(t('sync_offline'));
          else onSay(n === 0 ? t('sync_nothing') : t('sync_done', { n }));
        } else if (answer.kind === 'problem' && answer.problem.code === 'offline') onSay(t('sync_offline'));
        else onSay(t('sync_failed'));
      },
    });
  };
  return { sync, busy: push.isPending };
}

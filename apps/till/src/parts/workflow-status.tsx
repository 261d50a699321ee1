/** The status of a workflow: an icon, a colour and a word, never colour alone. */
import type { WorkflowStatus as Status } from '@holdfast/protocol';
import { cx } from '@holdfast/ui';
import {
  Ban,
  CircleAlert,
  CircleCheck,
  CirclePause,
  CircleX,
  Clock,
  type LucideIcon,
  Play,
  Undo2,
  UserRoundX,
} from 'lucide-react';
import { useT } from '../context.tsx';
import { TONES, type Tone } from '../logic/workflow-view.ts';

type StatusName = ReturnType<(typeof Status)['parse']>;

const ICONS = {
  running: Play,
  waiting: Clock,
  parked: UserRoundX,
  paused: CirclePause,
  compensating: Undo2,
  completed: CircleCheck,
  failed: CircleX,
  compensated: Undo2,
  compensation_failed: CircleAlert,
  cancelled: Ban,
} as const satisfies Record<StatusName, LucideIcon>;

const LOOKS: Record<Tone, string> = {
  calm: 'bg-sunken text-text',
  waiting: 'bg-waiting-ground text-waiting',
  arrived: 'bg-arrived-ground text-arrived',
  act: 'bg-act-ground text-act',
};

/** Made anew when the status changes, which plays the short motion of arriving. */
export function WorkflowStatus({ status }: { status: StatusName }) {
  const t = useT();
  const Icon = ICONS[status];
  return (
    <span
      data-status={status}
      className={cx(
        'inline-flex items-center gap-1.5 rounded-full px-2.5 py-1 text-13 font-medium whitespace-nowrap transition-colors duration-160',
        LOOKS[TONES[status]],
      )}
    >
      <Icon key={status} aria-hidden size={15} className="shrink-0 animate-arrive" />
      {t(`wf_status_${status}`)}
    </span>
  );
}

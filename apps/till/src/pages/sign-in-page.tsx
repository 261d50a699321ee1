/** Who is selling: people as tiles, then the PIN. */
import { Button, EmptyState, Skeleton, Tile } from '@holdfast/ui';
import { Users, WifiOff } from 'lucide-react';
import { useState } from 'react';
import { NoAnswer } from '../api.ts';
import { useT } from '../context.tsx';
import { useStaff, useStatus } from '../hooks/queries.ts';
import { Initials } from '../parts/initials.tsx';
import { Notice } from '../parts/notice.tsx';
import { PinPad } from '../parts/pin-pad.tsx';
import type { Staff } from '../session.ts';

export type SignInPageProps = {
  /** The last session was ended by the edge. */
  ended: boolean;
  /** A sale waits for somebody to sign in. */
  held: boolean;
};

/** One person needs one tap less: with a single person the pad is there at once. */
export function SignInPage({ ended, held }: SignInPageProps) {
  const t = useT();
  const { data: status } = useStatus();
  const [person, setPerson] = useState<Staff | null>(null);
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-6 p-4 py-8">
      <div className="text-center">
        <p className="min-h-5 text-15 text-soft">{status?.store_name}</p>
        <h1 className="text-32 font-semibold tracking-tight">
          {person === null ? t('sign_in_title') : t('sign_in_pin', { name: person.name })}
        </h1>
      </div>
      {held ? (
        <Notice tone="waiting">{t('sign_in_held')}</Notice>
      ) : (
        ended && <Notice tone="waiting">{t('sign_in_ended')}</Notice>
      )}
      {person === null ? (
        <People onChoose={setPerson} />
      ) : (
        <PinPad person={person} onBack={() => setPerson(null)} />
      )}
    </main>
  );
}

function People({ onChoose }: { onChoose: (person: Staff) => void }) {
  const t = useT();
  const { data: staff, error, refetch } = useStaff();
  if (staff === undefined && error !== null) {
    const gone = error instanceof NoAnswer && error.answer.kind === 'unreachable';
    return (
      <EmptyState icon={WifiOff} title={gone ? t('edge_gone') : error.message} text={t('edge_gone_text')}>
        <Button onClick={() => void refetch()}>{t('try_again')}</Button>
      </EmptyState>
    );
  }
  if (staff?.length === 0) {
    return <EmptyState icon={Users} title={t('sign_in_none')} text={t('sign_in_none_text')} />;
  }
  return (
    <ul className="grid w-[min(720px,100%)] grid-cols-[repeat(auto-fit,minmax(160px,1fr))] gap-3">
      {staff?.map((person, index) => (
        <li key={person.staff_id} className="grid">
          <PersonTile person={person} first={index === 0} onChoose={onChoose} />
        </li>
      ))}
      {staff === undefined && [1, 2, 3].map((place) => <Skeleton key={place} className="h-40" />)}
    </ul>
  );
}

type PersonTileProps = { person: Staff; first: boolean; onChoose: (person: Staff) => void };

function PersonTile({ person, first, onChoose }: PersonTileProps) {
  const t = useT();
  const role = person.role === 'manager' ? t('role_manager') : t('role_cashier');
  return (
    <Tile
      autoFocus={first}
      className="flex min-h-40 flex-col items-center justify-center gap-3 p-4 text-center!"
      onClick={() => onChoose(person)}
    >
      <Initials name={person.name} className="size-14 bg-sunken text-17" />
      <span>
        <span className="block text-17 font-semibold">{person.name}</span>
        <span className="block text-13 text-soft">{role}</span>
      </span>
    </Tile>
  );
}

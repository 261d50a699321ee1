/** A card that is pulled out in the middle: after how many commands, and whether the last answer is heard. */
import { Button } from '@holdfast/ui';
import { type FormEvent, useState } from 'react';
import { useT } from '../context.tsx';
import type { Hand } from './device-queries.ts';
import { Choice, Entry } from './entry.tsx';

/** By then a card has told what it is, and has not paid yet. */
const COMMANDS = '6';
const COMMANDS_MAX = 100;

export function PullControl({ card, hand }: { card: string; hand: Hand }) {
  const t = useT();
  const [commands, setCommands] = useState(COMMANDS);
  const [loses, setLoses] = useState('false');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    hand.press('insert_and_pull', { card, commands: Number(commands), loses_answer: loses === 'true' });
  };
  return (
    <form onSubmit={submit} className="rounded-card border border-line p-3">
      <fieldset className="flex flex-wrap items-end gap-2">
        <legend className="pb-2 text-15 font-medium">{t('dev_pull_after')}</legend>
        <Entry
          label={t('dev_commands')}
          type="number"
          min={0}
          max={COMMANDS_MAX}
          required
          value={commands}
          onText={setCommands}
        />
        <Choice
          label={t('dev_loses')}
          value={loses}
          options={[
            ['false', t('dev_no')],
            ['true', t('dev_yes')],
          ]}
          onChoose={setLoses}
        />
        <Button type="submit" className="flex-1">
          {t('dev_insert_pull')}
        </Button>
      </fieldset>
    </form>
  );
}

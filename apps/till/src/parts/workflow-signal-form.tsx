/** The answer to what a workflow asks: a form made from the fields of its signal. */
import { Button, Tile } from '@holdfast/ui';
import { Send } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useT } from '../context.tsx';
import { type Standing, useDeed } from '../hooks/workflow-queries.ts';
import { whyOf } from '../logic/why.ts';
import { type FormField, payloadOf, type Texts } from '../logic/workflow-fields.ts';
import { Field } from './field.tsx';
import { Notice } from './notice.tsx';

type Asked = NonNullable<Standing['signal']>;

/** The edge says whether this person may answer. */
export function WorkflowSignalForm({ id, asked }: { id: string; asked: Asked }) {
  const t = useT();
  const { signal, role, prompt, fields } = asked;
  const deed = useDeed(id);
  const [texts, setTexts] = useState<Texts>({});
  const [told, setTold] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const filled = payloadOf(fields, texts);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTold(true);
    if (!filled.ok) return;
    const onSuccess: Parameters<typeof deed.mutate>[1] = {
      onSuccess: (answer) => setRefused(whyOf(answer, t)),
    };
    deed.mutate({ action: `signals/${encodeURIComponent(signal)}`, body: filled.payload }, onSuccess);
  };
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-3 border-t border-line pt-4">
      <div>
        <p className="text-17 text-pretty">{prompt ?? inWords(signal)}</p>
        <p className="text-13 text-second">
          {role === null ? t('wf_asks_program') : t('wf_asks_role', { role: roleWord(role, t) })}
        </p>
      </div>
      {fields.map((field) => (
        <AskedField
          key={field.name}
          field={field}
          text={texts[field.name] ?? ''}
          fault={told && !filled.ok ? filled.faults[field.name] : undefined}
          onText={(text) => setTexts({ ...texts, [field.name]: text })}
        />
      ))}
      {refused !== null && <Notice tone="act">{refused}</Notice>}
      <Button type="submit" look="primary" className="self-end" disabled={deed.isPending}>
        <Send aria-hidden size={18} className="rtl:-scale-x-100" />
        {deed.isPending ? t('wf_acting') : t('wf_answer')}
      </Button>
    </form>
  );
}

function inWords(name: string): string {
  const words = name.replaceAll('_', ' ');
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}

function roleWord(role: string, t: ReturnType<typeof useT>): string {
  return role === 'manager' ? t('role_manager') : role === 'cashier' ? t('role_cashier') : role;
}

type AskedFieldProps = {
  field: FormField;
  text: string;
  fault: 'missing' | 'wrong' | undefined;
  onText: (text: string) => void;
};

function AskedField({ field, text, fault, onText }: AskedFieldProps) {
  const t = useT();
  const { name, type, optional, values } = field;
  const label = `${inWords(name)}${optional ? ` (${t('wf_optional')})` : ''}`;
  const choices =
    type === 'boolean'
      ? [
          ['true', t('wf_yes')],
          ['false', t('wf_no')],
        ]
      : values?.map((value) => [value, value]);
  return (
    <div className="flex flex-col gap-1">
      {choices === undefined ? (
        <Field
          label={label}
          value={text}
          inputMode={NUMBERS.has(type) ? 'decimal' : 'text'}
          aria-invalid={fault !== undefined}
          onChange={(event) => onText(event.target.value)}
        />
      ) : (
        <fieldset className="flex flex-wrap gap-2">
          <legend className="pb-1.5 text-13 font-medium text-soft">{label}</legend>
          {choices.map(([value = '', word]) => (
            <Tile
              key={value}
              selected={text === value}
              className="min-h-14 min-w-28 px-4 text-center! text-15 font-medium"
              onClick={() => onText(optional && text === value ? '' : value)}
            >
              {word}
            </Tile>
          ))}
        </fieldset>
      )}
      {fault !== undefined && (
        <p role="alert" className="text-13 text-act">
          {fault === 'missing' ? t('wf_field_missing') : t('wf_field_wrong', { type })}
        </p>
      )}
    </div>
  );
}

const NUMBERS: ReadonlySet<string> = new Set(['integer', 'decimal', 'money', 'duration']);

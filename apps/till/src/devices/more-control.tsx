/** Any control of a device as a form, made from what the edge says of it. */
import { Button } from '@holdfast/ui';
import { type FormEvent, useState } from 'react';
import { useT } from '../context.tsx';
import type { Args, Control, Hand } from './device-queries.ts';
import { Choice, Entry } from './entry.tsx';

type FieldFacts = Control['fields'][number];
type Texts = Readonly<Record<string, string>>;

export function MoreControl({ control, hand }: { control: Control; hand: Hand }) {
  const t = useT();
  const { name, label, fields } = control;
  const [texts, setTexts] = useState<Texts>({});
  if (fields.length === 0)
    return (
      <Button className="text-start" onClick={() => hand.press(name)}>
        {label}
      </Button>
    );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    hand.press(name, argsOf(fields, texts));
  };
  return (
    <form onSubmit={submit} className="rounded-card border border-line p-3">
      <fieldset className="flex flex-wrap items-end gap-2">
        <legend className="pb-2 text-15 font-medium">{label}</legend>
        {fields.map((field) => (
          <ControlField
            key={field.name}
            field={field}
            text={texts[field.name] ?? firstOf(field)}
            onText={(text) => setTexts({ ...texts, [field.name]: text })}
          />
        ))}
        <Button type="submit">{t('dev_do')}</Button>
      </fieldset>
    </form>
  );
}

type ControlFieldProps = { field: FieldFacts; text: string; onText: (text: string) => void };

function ControlField({ field, text, onText }: ControlFieldProps) {
  const t = useT();
  const { label, type, allowed, min, max, chars_max } = field;
  const options =
    type === 'boolean'
      ? [
          ['true', t('dev_yes')],
          ['false', t('dev_no')],
        ]
      : allowed?.map((each) => [each, each]);
  if (options !== undefined) return <Choice label={label} value={text} options={options} onChoose={onText} />;
  return (
    <Entry
      label={label}
      value={text}
      onText={onText}
      {...(type === 'integer' && {
        type: 'number',
        min: min ?? undefined,
        max: max ?? undefined,
        required: true,
      })}
      maxLength={chars_max ?? undefined}
    />
  );
}

function firstOf({ type, allowed, min }: FieldFacts): string {
  if (type === 'boolean') return 'true';
  return type === 'integer' ? String(Math.max(0, min ?? 0)) : (allowed?.[0] ?? '');
}

function argsOf(fields: readonly FieldFacts[], texts: Texts): Args {
  const value = (field: FieldFacts) => {
    const text = texts[field.name] ?? firstOf(field);
    if (field.type === 'boolean') return text === 'true';
    return field.type === 'integer' ? Number(text) : text;
  };
  return Object.fromEntries(fields.map((field) => [field.name, value(field)]));
}

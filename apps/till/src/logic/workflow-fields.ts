/** What a person types into the fields of a signal, as the JSON that the signal carries. */
import type { WorkflowField } from '@holdfast/protocol';

export type FormField = ReturnType<(typeof WorkflowField)['parse']>;

/** By the name of the field; what was not touched is not there. */
export type Texts = Readonly<Record<string, string>>;

export type Filled =
  | { ok: true; payload: Record<string, unknown> }
  | { ok: false; faults: Record<string, 'missing' | 'wrong'> };

/** The payload, or which fields are missing or do not fit. The edge checks it again. */
export function payloadOf(fields: readonly FormField[], texts: Texts): Filled {
  const payload: Record<string, unknown> = {};
  const faults: Record<string, 'missing' | 'wrong'> = {};
  for (const field of fields) {
    const text = (texts[field.name] ?? '').trim();
    if (text === '') {
      if (!field.optional) faults[field.name] = 'missing';
      continue;
    }
    const value = readValue(field, text);
    if (value === undefined) faults[field.name] = 'wrong';
    else payload[field.name] = value;
  }
  return Object.keys(faults).length > 0 ? { ok: false, faults } : { ok: true, payload };
}

/** Undefined for a text that does not fit. */
function readValue({ type, values }: FormField, text: string): unknown {
  switch (type) {
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'integer':
    case 'duration':
      return /^-?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : undefined;
    case 'decimal':
    case 'money': {
      const decimal = text.replace(',', '.');
      return /^-?\d+(\.\d+)?$/.test(decimal) ? decimal : undefined;
    }
    case 'string':
      return values === null || values.includes(text) ? text : undefined;
    case 'timestamp':
      return Number.isNaN(Date.parse(text)) ? undefined : new Date(text).toISOString();
    default:
      return parse(text);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Shown to the person as what does not fit.
    return undefined;
  }
}

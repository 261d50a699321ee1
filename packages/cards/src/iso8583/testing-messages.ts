/** What the tests of messages share: values as text, so that two messages can be compared. */
import { CardData } from '../card-data.ts';
import type { FieldValue, Iso8583Message } from './message.ts';

/** The type and the fields of a message in order, card data among them. */
export function plain(message: Iso8583Message): unknown {
  const entries = [...message.fields].sort(([left], [right]) => left - right);
  return { mti: message.mti, fields: entries.map(([field, value]) => [field, textOf(value)]) };
}

/** The text of a value: latin-1, so that bytes stay distinct. */
export function textOf(value: FieldValue | undefined): string | undefined {
  if (value instanceof CardData) return value.use((bytes) => Buffer.from(bytes).toString('latin1'));
  return value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value;
}

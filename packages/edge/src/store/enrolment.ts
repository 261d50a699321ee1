/** What the hub told when it took the device in. */
import type { RegisterAnswer } from '@holdfast/protocol';
import { readMeta } from './meta.ts';
import type { Db } from './open.ts';

export type Enrolment = RegisterAnswer & { hub_url: string };

/** The enrolment, or undefined when the device has none. */
export function readEnrolment(db: Db): Enrolment | undefined {
  const text = readMeta(db, 'enrolment');
  return text === undefined ? undefined : JSON.parse(text);
}

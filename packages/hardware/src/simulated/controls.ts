/**
 * What a person can do with a simulator: put a card in, tear the paper off, let a note jam. All simulators have their
 * controls in one shape, so that a page can list them and an API can call them without knowing any of them.
 */
import { assert } from '@holdfast/base';

/** A field of what a control takes; `allowed` are the only texts that are taken. */
export type ControlField =
  | { type: 'text'; label: string; allowed?: readonly string[]; charsMax?: number }
  | { type: 'integer'; label: string; min: number; max: number }
  | { type: 'boolean'; label: string };

/** The fields of a control by their names, in snake_case. All of them have to be given. */
export type ControlFields = Readonly<Record<string, ControlField>>;

/** What a handler gets: the fields, checked. */
export type ControlArgs<F extends ControlFields> = { readonly [K in keyof F]: ValueOf<F[K]> };
type ValueOf<F extends ControlField> = F extends { type: 'integer' }
  ? number
  : F extends { type: 'boolean' }
    ? boolean
    : F extends { allowed: readonly (infer A extends string)[] }
      ? A
      : string;

/** A control as a page lists it and calls it. */
export type Control = {
  /** In snake_case, once in a simulator. */
  readonly name: string;
  /** What the button says. */
  readonly label: string;
  readonly args?: ControlFields;
  /** Never rejects for what was given to it: that is `invalid`. */
  call(args?: unknown): Promise<ControlResult>;
};

/** `impossible`: the world does not allow it now, as taking a card that is not there. */
export type ControlResult =
  | { kind: 'done' }
  | { kind: 'invalid'; field: string | null; message: string }
  | { kind: 'impossible'; message: string };

/** Values that a page can show, and that JSON can carry. Names in snake_case. */
export type SnapshotValue = string | number | boolean | null | readonly SnapshotValue[] | Snapshot;
export type Snapshot = { readonly [name: string]: SnapshotValue };

/** A simulator, as a page sees it. */
export type Simulated = {
  readonly controls: readonly Control[];
  /** What a person who stands before the device would see. */
  snapshot(): Snapshot;
};

/** What a handler says if it could not be done, as a sentence; nothing if it could. */
type Handled = string | undefined;

const CHARS_MAX = 1_000;

/** Makes a control with a handler that gets its fields checked. */
export function control<const F extends ControlFields = Record<never, ControlField>>(of: {
  name: string;
  label: string;
  args?: F;
  // biome-ignore lint/suspicious/noConfusingVoidType: a handler that cannot fail returns nothing.
  run(args: ControlArgs<F>): Handled | void | Promise<Handled | void>;
}): Control {
  const { name, label, args: fields } = of;
  return {
    name,
    label,
    ...(fields === undefined ? {} : { args: fields }),
    async call(args = {}) {
      const checked = checkArgs<F>(fields, args);
      if (checked.kind === 'invalid') return checked;
      const impossible = await of.run(checked.args);
      return typeof impossible === 'string' ? { kind: 'impossible', message: impossible } : { kind: 'done' };
    },
  };
}

/** Calls a control by its name; `unknown_control` if the simulator has none of that name. */
export async function operate(
  simulated: Simulated,
  { name, args }: { name: string; args?: unknown },
): Promise<ControlResult | { kind: 'unknown_control' }> {
  const found = simulated.controls.find((each) => each.name === name);
  return found === undefined ? { kind: 'unknown_control' } : await found.call(args);
}

/** Asserts that no two of them have one name. */
export function controlsOf(...controls: Control[]): readonly Control[] {
  const names = new Set(controls.map(({ name }) => name));
  assert(names.size === controls.length, 'every control of a simulator has a name of its own');
  return controls;
}

type Checked<F extends ControlFields> =
  | { kind: 'checked'; args: ControlArgs<F> }
  | Extract<ControlResult, { kind: 'invalid' }>;

function checkArgs<F extends ControlFields>(fields: F | undefined, given: unknown): Checked<F> {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return { kind: 'invalid', field: null, message: 'Give the fields of the control as an object.' };
  const values = new Map<string, unknown>(Object.entries(given));
  for (const name of values.keys())
    if (fields === undefined || !Object.hasOwn(fields, name))
      return { kind: 'invalid', field: name, message: 'This control has no such field: leave it out.' };
  for (const [name, field] of Object.entries(fields ?? {})) {
    const message = faultOf(field, values.get(name));
    if (message !== undefined) return { kind: 'invalid', field: name, message };
  }
  // Each field was checked against its row above, which no type can express for an object that is walked by name.
  return { kind: 'checked', args: Object.fromEntries(values) as ControlArgs<F> };
}

function faultOf(field: ControlField, value: unknown): string | undefined {
  switch (field.type) {
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'Give true or false.';
    case 'integer': {
      const fits =
        typeof value === 'number' && Number.isInteger(value) && value >= field.min && value <= field.max;
      return fits ? undefined : `Give a whole number from ${field.min} to ${field.max}.`;
    }
    case 'text': {
      if (typeof value !== 'string') return 'Give a text.';
      if (field.allowed !== undefined && !field.allowed.includes(value))
        return `Give one of: ${field.allowed.join(', ')}.`;
      const charsMax = field.charsMax ?? CHARS_MAX;
      return value.length > charsMax ? `Give at most ${charsMax} characters.` : undefined;
    }
  }
}

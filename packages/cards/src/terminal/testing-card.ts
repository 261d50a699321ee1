/** A card for tests: it answers real command bytes with real answer bytes out of a script, and keeps what it was sent. */
import { parseCommand } from '../apdu/command.ts';
import { encodeResponse, type Response } from '../apdu/response.ts';
import { SW } from '../apdu/status.ts';
import { fromHex, toHex } from '../encoding/hex.ts';
import { encodeTlv, type TlvSource } from '../tlv/ber-tlv.ts';

const NOTHING = new Uint8Array();
const DIRECTORIES = [toHex(Buffer.from('1PAY.SYS.DDF01')), toHex(Buffer.from('2PAY.SYS.DDF01'))];

/** What a command of a script carries, all in hexadecimal. */
export type Sent = { ins: string; p1: number; p2: number; data: string };

/** Answers by the state of the card; a text is the data of an answer with status 9000, a number is a bare status word. */
type Scripted = string | number;

export type TestApplication = {
  aid: string;
  label?: string;
  /** In the directory, where it is another one. */
  directoryLabel?: string;
  /** Tag 87. */
  priority?: string;
  pdol?: string;
  options: Scripted;
  /** Elements of records: `records[sfi][record - 1]`. */
  records?: Readonly<Record<number, readonly (readonly TlvSource[])[]>>;
  /** GET DATA by tag. */
  data?: Readonly<Record<string, Scripted>>;
  /** GENERATE AC in its order: by the type that was asked for (the two highest bits of P1) and the whole command. */
  cryptograms?: readonly ((sent: Sent) => Scripted)[];
  /** Any other command, by its instruction. */
  others?: Readonly<Record<string, (sent: Sent) => Scripted>>;
  /** SELECT answers so; 9000 if absent. */
  selectSw?: number;
};

export type TestCard = {
  answer(bytes: Uint8Array): Uint8Array;
  /** Every command as it came. */
  readonly sent: Sent[];
};

export type TestCardOptions = {
  /** The card has a directory with all of its applications. */
  directory?: 'contact' | 'contactless';
  applications: readonly TestApplication[];
};

/** A card of a script; it holds one state, the application that was selected last. */
export function createTestCard({ directory, applications }: TestCardOptions): TestCard {
  const sent: Sent[] = [];
  let selected: TestApplication | undefined;
  let occurrence = 0;
  let cryptogramCount = 0;

  const select = (name: string, isNext: boolean): Response => {
    const place = DIRECTORIES.indexOf(name);
    if (place !== -1) return directoryAnswer(place === 0 ? 'contact' : 'contactless');
    occurrence = isNext ? occurrence + 1 : 0;
    selected = applications.filter(({ aid }) => aid.startsWith(name))[occurrence];
    cryptogramCount = 0;
    if (selected === undefined) return status(SW.fileNotFound);
    return { data: fciOf(selected), sw: selected.selectSw ?? SW.ok };
  };
  const directoryAnswer = (kind: 'contact' | 'contactless'): Response => {
    selected = undefined;
    if (directory !== kind) return status(SW.fileNotFound);
    return ok(kind === 'contact' ? contactDirectory() : contactlessDirectory(applications));
  };
  const readRecord = (record: number, sfi: number): Response => {
    if (selected === undefined)
      return record === 1 ? ok(directoryRecord(applications)) : status(SW.recordNotFound);
    const found = selected.records?.[sfi]?.[record - 1];
    return found === undefined ? status(SW.recordNotFound) : ok(encodeTlv([{ tag: '70', children: found }]));
  };
  const ofApplication = (command: Sent): Response => {
    if (selected === undefined) return status(SW.conditionsNotSatisfied);
    const code = (command.p1 * 256 + command.p2).toString(16).toUpperCase().padStart(4, '0');
    if (command.ins === 'A8') return scripted(selected.options);
    if (command.ins === 'CA') return scripted(selected.data?.[code] ?? SW.referencedDataNotFound);
    if (command.ins === 'AE') {
      cryptogramCount += 1;
      return scripted(selected.cryptograms?.[cryptogramCount - 1]?.(command) ?? SW.conditionsNotSatisfied);
    }
    return scripted(selected.others?.[command.ins]?.(command) ?? SW.instructionNotSupported);
  };

  return {
    sent,
    answer: (bytes) => {
      const parsed = parseCommand(bytes);
      if (!parsed.ok) return encodeResponse(status(SW.wrongLength));
      const { ins, p1, p2, data = NOTHING } = parsed.command;
      const command: Sent = { ins: ins.toString(16).toUpperCase(), p1, p2, data: toHex(data) };
      sent.push(command);
      if (command.ins === 'A4') return encodeResponse(select(command.data, p2 === 2));
      if (command.ins === 'B2') return encodeResponse(readRecord(p1, p2 >> 3));
      return encodeResponse(ofApplication(command));
    },
  };
}

/** A primitive element of a script. */
export function element(tag: string, value: string): TlvSource {
  return { tag, value: fromHex(value) };
}

/** The answer to GENERATE AC in format 1. */
export function cryptogramAnswer(information: string, counter = '0001'): string {
  return hex([element('80', `${information}${counter}1122334455667788${'06010A03A4A002'}`)]);
}

/** Objects as hexadecimal text. */
export function hex(objects: readonly TlvSource[]): string {
  return toHex(encodeTlv(objects));
}

function scripted(answer: Scripted): Response {
  return typeof answer === 'number' ? status(answer) : ok(fromHex(answer));
}

function ok(data: Uint8Array): Response {
  return { data, sw: SW.ok };
}

function status(sw: number): Response {
  return { data: NOTHING, sw };
}

function fciOf({ aid, label, priority, pdol }: TestApplication): Uint8Array {
  const proprietary = [
    element('50', toHex(Buffer.from(label ?? 'TEST'))),
    ...(priority === undefined ? [] : [element('87', priority)]),
    ...(pdol === undefined ? [] : [element('9F38', pdol)]),
  ];
  return encodeTlv([{ tag: '6F', children: [element('84', aid), { tag: 'A5', children: proprietary }] }]);
}

function contactDirectory(): Uint8Array {
  const name = element('84', DIRECTORIES[0] ?? '');
  return encodeTlv([{ tag: '6F', children: [name, { tag: 'A5', children: [element('88', '01')] }] }]);
}

function contactlessDirectory(applications: readonly TestApplication[]): Uint8Array {
  const name = element('84', DIRECTORIES[1] ?? '');
  const listed = { tag: 'BF0C', children: applications.map(entryOf) };
  return encodeTlv([{ tag: '6F', children: [name, { tag: 'A5', children: [listed] }] }]);
}

function directoryRecord(applications: readonly TestApplication[]): Uint8Array {
  return encodeTlv([{ tag: '70', children: applications.map(entryOf) }]);
}

function entryOf({ aid, label = 'TEST', directoryLabel = label, priority }: TestApplication): TlvSource {
  const children = [element('4F', aid), element('50', toHex(Buffer.from(directoryLabel)))];
  return { tag: '61', children: priority === undefined ? children : [...children, element('87', priority)] };
}

/**
 * Commands of receipt printers. The vectors write them as hexadecimal digits with spaces, remarks in brackets, and places
 * for data; the bytes are those of the product, and the virtual printer reads them. A command under another name must do on
 * the virtual printer what the name says.
 */
import { must } from '@holdfast/base';
import {
  EscPosPaper,
  escPosCut,
  escPosDrawerKick,
  escPosEan13,
  escPosInitialise,
  receiptEscPos,
} from '@holdfast/commerce';
import { receiptOf } from '../../fuzz/receipt-input.ts';
import type { Values } from '../case-values.ts';
import { Mismatch, same } from '../compare.ts';
import { type Case, casesOf, type Section, valueCase } from '../section.ts';
import { checkNamedCommand } from './escpos-names.ts';

/** Made once: the choice of code pages takes its time. */
const RECEIPT = receiptEscPos(receiptOf(new TextEncoder().encode(' A shop')).doc, 42);
const REMARK = / \(.*\)$/;

const CHECKS: Readonly<Record<string, (text: string) => void>> = {
  init: (text) => same('init', hexOf(escPosInitialise()), text),
  boldOn: (text) => checkLine(text, '', { isBold: true }),
  boldOff: (text) => checkLine(text, '1B4501', { isBold: false }),
  alignCenter: (text) => checkLine(text, '', { align: 'center' }),
  drawerKick: checkDrawerKick,
  cutPartial: (text) => same('cutPartial', hexOf(escPosCut('partial')), text),
  ean13: (text) => same('ean13', eanSentence(), text),
};

export const escpos: Section = {
  cases: (section) =>
    section.names().flatMap((name): Case[] => {
      if (typeof section.peek(name) === 'object') return name === 'qr' ? casesOf(section, name, checkQr) : [];
      const check =
        CHECKS[name] ?? ((text: string) => checkNamedCommand(name, bytesOf(text.replace(REMARK, ''))));
      return valueCase(section, [name], () => check(upperCase(section.text(name))));
    }),
};

/** The command stands in a receipt, and a line after it and after `before` looks as it should. */
function checkLine(command: string, before: string, expected: { isBold?: boolean; align?: string }): void {
  mustPrint(command);
  const job = bytesOf(`${before}${command}780A`);
  const [line] = new EscPosPaper(42).print(job);
  if (line?.kind !== 'line') throw new Mismatch(`${command} is no command before a line`);
  if (expected.isBold !== undefined) same('bold', line.isBold, expected.isBold);
  if (expected.align !== undefined) same('the alignment', line.align, expected.align);
}

/** The bytes, and in the remark the unit of the two times. */
function checkDrawerKick(text: string): void {
  const [, remark, unit = '2'] = /^[0-9A-F ]+( \(ESC p m t1 t2, t x (\d+) ms\))?$/.exec(text) ?? [];
  if (remark === undefined && text.includes('(')) throw new Mismatch('the remark is another');
  const bytes = bytesOf(text.replace(REMARK, ''));
  const [, , , on = 0, off = 0] = bytes;
  same('drawerKick', escPosDrawerKick(), bytes);
  const [opened] = new EscPosPaper(42).print(bytes);
  const pulse = { pin: 2, onMs: on * Number(unit), offMs: off * Number(unit) };
  same('the pulse', opened, { kind: 'drawer', pulse });
}

/** The commands of a receipt's code, and the code that the printer makes of those of the vector. */
function checkQr(qr: Values): undefined {
  for (const name of ['model2', 'eccM', 'print']) mustPrint(qr.text(name).replaceAll(' ', ''));
  const store = storeCommand();
  const length = must(store[3], 'a length') + 256 * must(store[4], 'a length');
  const data = store.subarray(8);
  const head = `${hexOf(store.subarray(0, 3))} pL pH ${Array.from(store.subarray(5, 8), (byte) => hexOf([byte])).join(' ')}`;
  same('store', `${head} <data>, pL+256*pH = len+${length - data.length}`, qr.text('store'));
  const setting = ['model2', 'size4', 'eccM'].map((name) => qr.text(name)).join('');
  const job = bytesOf(`${setting}${hexOf(store)}${qr.text('print')}`);
  const [event] = new EscPosPaper(42).print(job);
  const value = Buffer.from(data).toString('latin1');
  same('the code', event, { kind: 'qr', value, align: 'left', dots: 4, level: 'M' });
  for (const name of qr
    .names()
    .filter((other) => /^(?:size|ecc)/i.test(other) && other !== 'size4' && other !== 'eccM'))
    checkQrSetting(name, { setting: qr.text(name), store });
}

/** A size or a level of correction, named by its last letter or number. */
function checkQrSetting(name: string, { setting, store }: { setting: string; store: Uint8Array }): void {
  const job = bytesOf(`${setting}${hexOf(store)}1D286B0300315130`);
  const [event] = new EscPosPaper(42).print(job);
  if (event?.kind !== 'qr') throw new Mismatch(`"${name}" is no command before a code`);
  if (/^size/i.test(name)) same(name, event.dots, Number(/\d+$/.exec(name)?.[0]));
  else same(name, event.level, name.at(-1)?.toUpperCase());
}

/** The command of a receipt that stores the data of its code. */
function storeCommand(): Uint8Array {
  const receipt = RECEIPT;
  for (let at = 0; at < receipt.length; at += 1) {
    const [first, second, third, low = 0, high = 0, , fn] = receipt.subarray(at, at + 7);
    const isStore = first === 0x1d && second === 0x28 && third === 0x6b && fn === 0x50;
    if (isStore) return receipt.subarray(at, at + 5 + low + 256 * high);
  }
  throw new Mismatch('a receipt stores no code');
}

function eanSentence(): string {
  const [short, long] = ['400638133393', '4006381333931'].map((digits) => {
    const hex = hexOf(escPosEan13(digits));
    return hex.replace(hexOf(new TextEncoder().encode(digits)), ` <12..${digits.length} digits> `);
  });
  same('the two forms', short?.replace('..12', '..13'), long);
  return must(long, 'the longer form').replace(/^(.{6})(.{6})(.{6})/, '$1 $2 $3 ');
}

function mustPrint(command: string): void {
  if (!hexOf(RECEIPT).includes(command)) throw new Mismatch(`no receipt has ${command}`);
}

/** Of a text that is all hexadecimal digits; words keep their case. */
function upperCase(text: string): string {
  return /^[0-9a-f ]+$/i.test(text) ? text.toUpperCase() : text;
}

function hexOf(bytes: Iterable<number>): string {
  return Buffer.from([...bytes])
    .toString('hex')
    .toUpperCase();
}

function bytesOf(text: string): Uint8Array {
  const hex = text.replaceAll(' ', '');
  if (!/^(?:[0-9A-F]{2})+$/i.test(hex)) throw new Mismatch(`${text} is not hexadecimal`);
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

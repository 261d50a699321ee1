/**
 * A receipt as a picture of paper: one self-contained SVG with no script, style sheet or font of its own, safe to
 * put into a page. Its text stays text, so that it can be read aloud, selected and searched.
 */
import { encode } from 'uqr';
import { cleanText, displayWidth } from './display-text.ts';
import type { ReceiptDocument } from './receipt-blocks.ts';
import { layoutReceipt, type ReceiptLine } from './receipt-layout.ts';

const COLUMNS = 42;
const FONT_PX = 13;
/** The width of a character in monospace fonts is 0.6 em. */
const COLUMN_PX = FONT_PX * 0.6;
const BIG_FONT_PX = 21;
const BIG_COLUMNS = Math.floor((COLUMNS * FONT_PX) / BIG_FONT_PX);
const MARGIN_PX = 28;
const WIDTH_PX = Math.ceil(COLUMNS * COLUMN_PX) + 2 * MARGIN_PX;
const RIGHT_PX = WIDTH_PX - MARGIN_PX;
const CENTER_PX = WIDTH_PX / 2;
/** At most; modules are whole pixels. The quiet zone above and below is about four modules. */
const QR_PX = 132;
const QR_QUIET_PX = 24;
const TOOTH_PX = 8;
/** From the top of a line to its base line, as a share of the font size. */
const ASCENT = 1.05;

const HEIGHT_PX = {
  text: 19,
  row: 20,
  rule: 18,
  big: 30,
  blank: 20,
  space: 19,
  qr: QR_PX + 2 * QR_QUIET_PX,
} satisfies Record<ReceiptLine['kind'], number>;

const PAPER = '#fffdf8';
const EDGE = '#e2ddd3';
const INK = '#1c1b19';
const SOFT_INK = '#57534e';

/** The document as SVG, {@link WIDTH_PX} pixels wide and as tall as it needs. */
export function receiptSvg(doc: ReceiptDocument): string {
  const parts: string[] = [];
  let top = MARGIN_PX;
  for (const line of layoutReceipt(doc, { width: COLUMNS, bigWidth: BIG_COLUMNS })) {
    parts.push(drawLine(line, top));
    top += HEIGHT_PX[line.kind];
  }
  const height = top + MARGIN_PX;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH_PX}" height="${height}"`,
    ` viewBox="0 0 ${WIDTH_PX} ${height}" xml:lang="${escapeXml(doc.language)}"`,
    ` font-family="ui-monospace, Menlo, Consolas, DejaVu Sans Mono, monospace" font-size="${FONT_PX}" fill="${INK}">`,
    `<title>${escapeXml(doc.title)}</title>`,
    `<path d="${paperPath(height)}" fill="${PAPER}" stroke="${EDGE}"/>`,
    ...parts,
    '</svg>\n',
  ].join('');
}

function drawLine(line: ReceiptLine, top: number): string {
  switch (line.kind) {
    case 'rule': {
      const y = top + HEIGHT_PX.rule / 2;
      return `<path d="M${MARGIN_PX} ${y}H${RIGHT_PX}" stroke="${SOFT_INK}" stroke-dasharray="3 3"/>`;
    }
    case 'qr':
      return drawQr(line.value, top);
    case 'space':
      return '';
    case 'blank':
      return drawBlank(line.label, top);
    case 'big':
      return drawText(line.text, {
        x: CENTER_PX,
        top,
        anchor: 'middle',
        fontPx: BIG_FONT_PX,
        more: ' font-weight="700"',
      });
    case 'row': {
      const more = line.bold ? ' font-weight="700"' : '';
      return (
        drawText(line.left, { x: MARGIN_PX, top, anchor: 'start', more }) +
        drawText(line.right, { x: RIGHT_PX, top, anchor: 'end', more })
      );
    }
    case 'text': {
      const place = {
        left: { x: MARGIN_PX + line.indent * COLUMN_PX, anchor: 'start' },
        center: { x: CENTER_PX, anchor: 'middle' },
        right: { x: RIGHT_PX, anchor: 'end' },
      }[line.align];
      return drawText(line.text, { ...place, top, more: ` fill="${SOFT_INK}"` });
    }
  }
}

function drawBlank(label: string, top: number): string {
  const left = MARGIN_PX + (label === '' ? 0 : (displayWidth(label) + 1) * COLUMN_PX);
  const line = `<path d="M${round(left)} ${round(top + FONT_PX * ASCENT + 2)}H${RIGHT_PX}" stroke="${INK}"/>`;
  return drawText(label, { x: MARGIN_PX, top, anchor: 'start', more: '' }) + line;
}

type TextPlace = { x: number; top: number; anchor: string; more: string; fontPx?: number };

function drawText(text: string, { x, top, anchor, more, fontPx }: TextPlace): string {
  if (text === '') return '';
  const y = round(top + (fontPx ?? FONT_PX) * ASCENT);
  const size = fontPx === undefined ? '' : ` font-size="${fontPx}"`;
  return `<text x="${round(x)}" y="${y}" text-anchor="${anchor}"${size}${more}>${escapeXml(text)}</text>`;
}

/** One path of horizontal runs of dark modules; crisp at any zoom, and no element per module. */
function drawQr(value: string, top: number): string {
  const { data, size } = encode(value, { ecc: 'M', border: 0 });
  let path = '';
  for (const [y, row] of data.entries()) {
    for (let x = 0; x < size; x += 1) {
      if (row[x] !== true) continue;
      const start = x;
      while (row[x + 1] === true) x += 1;
      path += `M${start} ${y}h${x + 1 - start}v1h${start - x - 1}z`;
    }
  }
  const scale = Math.max(1, Math.floor(QR_PX / size));
  const left = Math.round(CENTER_PX - (scale * size) / 2);
  const move = `translate(${left} ${top + QR_QUIET_PX}) scale(${scale})`;
  return `<path d="${path}" transform="${move}" shape-rendering="crispEdges"/>`;
}

/** A strip of paper that was torn off at the bottom. */
function paperPath(height: number): string {
  const teeth = Math.round(WIDTH_PX / TOOTH_PX);
  const step = round(WIDTH_PX / teeth / 2);
  const tooth = `l${-step} ${TOOTH_PX / 2}l${-step} ${-TOOTH_PX / 2}`;
  return `M0 0H${WIDTH_PX}V${height - TOOTH_PX / 2}${tooth.repeat(teeth)}z`;
}

function round(px: number): number {
  return Math.round(px * 100) / 100;
}

function escapeXml(text: string): string {
  return cleanText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

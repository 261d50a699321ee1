/** Choosing an application (EMV Book 1 11.3 and 12.2, Contactless Book B 3.3): directories, and names by their beginning. */
import { encodeTlv, SW, type TlvSource } from '@holdfast/cards';
import type { ChipApplication, InterfaceProfile } from './application.ts';
import { type Handler, newPayment, ok, type Session, status } from './session.ts';

const TEXT = new TextEncoder();
const DIRECTORIES = {
  contact: TEXT.encode('1PAY.SYS.DDF01'),
  contactless: TEXT.encode('2PAY.SYS.DDF01'),
};
const NAME_MIN = 5;
const NAME_MAX = 16;
const BY_NAME = 0x04;
/** The file that holds the entries of the contact directory. */
export const DIRECTORY_SFI = 1;
/** The file of the log (Book 3 annex D), and how many entries it keeps. */
export const LOG = { sfi: 11, entries: 10 } as const;

/** SELECT. A blocked card knows no application at all, a blocked application answers with a warning. */
export const select: Handler = (session, { p1, p2, data }) => {
  session.isDirectory = false;
  if (session.state.is_blocked) return status(SW.functionNotSupported);
  if (p1 !== BY_NAME || (p2 !== 0x00 && p2 !== 0x02)) return status(SW.wrongP1P2);
  if (data === undefined || data.length < NAME_MIN || data.length > NAME_MAX) return status(SW.wrongLength);
  const last = session.payment?.application;
  session.payment = undefined;
  if (isSame(data, DIRECTORIES[session.via])) {
    session.isDirectory = true;
    return ok(session.via === 'contact' ? contactDirectory() : contactlessDirectory(session));
  }
  const found = applicationNamed(session, data, p2 === 0x02 ? last : undefined);
  if (found === undefined) return status(SW.fileNotFound);
  const [application, profile] = found;
  session.payment = newPayment(session, application, profile);
  const isBlocked = session.payment.memory.is_blocked;
  return { data: fciOf(application, profile), sw: isBlocked ? SW.warningFileInvalidated : SW.ok };
};

/** A record of the contact directory (Book 1 12.2.3); each application has one of its own. */
export function directoryRecord({ card }: Session, record: number): Uint8Array | undefined {
  const application = card.applications[record - 1];
  return application && encodeTlv([{ tag: '70', children: [entryOf(application)] }]);
}

type Found = readonly [ChipApplication, InterfaceProfile];

/** The first application whose name begins so, or the next one after `last`. */
function applicationNamed(
  { card, via }: Session,
  name: Uint8Array,
  last: ChipApplication | undefined,
): Found | undefined {
  const fitting = card.applications.flatMap((application): Found[] => {
    const profile = application[via];
    return profile !== undefined && isSame(application.aid.subarray(0, name.length), name)
      ? [[application, profile]]
      : [];
  });
  const place = last === undefined ? -1 : fitting.findIndex(([application]) => application === last);
  return fitting[place + 1];
}

function fciOf(application: ChipApplication, { pdol }: InterfaceProfile): Uint8Array {
  const { label, priority } = application.product;
  const log = { tag: 'BF0C', children: [{ tag: '9F4D', value: Uint8Array.of(LOG.sfi, LOG.entries) }] };
  const proprietary: TlvSource[] = [
    { tag: '50', value: TEXT.encode(label) },
    { tag: '87', value: Uint8Array.of(priority) },
    ...(pdol === undefined ? [] : [{ tag: '9F38', value: pdol }]),
    { tag: '5F2D', value: TEXT.encode('en') },
    log,
  ];
  const children = [
    { tag: '84', value: application.aid },
    { tag: 'A5', children: proprietary },
  ];
  return encodeTlv([{ tag: '6F', children }]);
}

function contactDirectory(): Uint8Array {
  const proprietary = [
    { tag: '88', value: Uint8Array.of(DIRECTORY_SFI) },
    { tag: '5F2D', value: TEXT.encode('en') },
  ];
  const children = [
    { tag: '84', value: DIRECTORIES.contact },
    { tag: 'A5', children: proprietary },
  ];
  return encodeTlv([{ tag: '6F', children }]);
}

function contactlessDirectory({ card }: Session): Uint8Array {
  const entries = card.applications.filter(({ contactless }) => contactless !== undefined).map(entryOf);
  const children = [
    { tag: '84', value: DIRECTORIES.contactless },
    { tag: 'A5', children: [{ tag: 'BF0C', children: entries }] },
  ];
  return encodeTlv([{ tag: '6F', children }]);
}

function entryOf({ aid, product }: ChipApplication): TlvSource {
  const children = [
    { tag: '4F', value: aid },
    { tag: '50', value: TEXT.encode(product.label) },
    { tag: '87', value: Uint8Array.of(product.priority) },
  ];
  return { tag: '61', children };
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

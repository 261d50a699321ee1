/** Pairing of terminals, sign-in of people, enrolment of the device. */
import { AppError, LIMITS, uuidV7 } from '@holdfast/base';
import { newCode, newToken, normaliseCode, tokenHash } from '@holdfast/crypto';
import {
  CatalogueItem,
  EdgeStatus,
  Instant,
  PairAnswer,
  PairingCode,
  PairRequest,
  SignInAnswer,
  SignInRequest,
  StaffListing,
  type StaffMember,
  Terminal,
} from '@holdfast/protocol';
import { z } from 'zod';
import type { EdgeContext } from '../context.ts';
import { enrolWith } from '../identity.ts';
import { readCatalogue, readStaff } from '../store/feed.ts';
import { listTerminals } from '../store/terminals.ts';
import type { Access } from './access.ts';
import type { EdgeApi } from './index.ts';
import { feedAsOf, statusOf } from './sync.ts';
import { READERS } from './transactions.ts';

const CODE_LENGTH = 8;

export function registerIdentity(api: EdgeApi, context: EdgeContext, access: Access): void {
  registerPairing(api, context);
  registerTerminals(api, context, access);
  registerSessions(api, context, access);
  api.route(
    {
      method: 'get',
      path: '/api/v1/catalogue',
      summary: 'The articles of the store',
      tags: ['catalogue'],
      access: READERS,
      responses: {
        200: {
          description: 'Articles and categories, as of the last look at the hub.',
          schema: z.object({
            items: z.array(CatalogueItem),
            categories: z.array(z.string()),
            as_of: Instant.nullable(),
          }),
        },
      },
    },
    () => {
      const items = readCatalogue(context.db);
      return {
        body: {
          items,
          categories: [...new Set(items.map((item) => item.category))],
          as_of: feedAsOf(context),
        },
      };
    },
  );
  api.route(
    {
      method: 'post',
      path: '/api/v1/enrolment',
      summary: 'Enrol this edge with a hub',
      tags: ['identity'],
      access: ['api'],
      body: {
        schema: z.object({
          hub_url: z.url({ protocol: /^https?$/ }),
          claim_token: z.string().min(1).max(128),
          device_name: z.string().min(1).max(128).optional(),
        }),
      },
      responses: { 200: { description: 'Enrolled; the status as it is now.', schema: EdgeStatus } },
    },
    async ({ body }) => {
      await enrolWith(context, body);
      return { body: statusOf(context) };
    },
  );
}

function registerPairing(api: EdgeApi, context: EdgeContext): void {
  const { writer, ports } = context;
  api.route(
    {
      method: 'post',
      path: '/api/v1/pairing-codes',
      summary: 'Make a code that pairs one terminal',
      tags: ['terminals'],
      access: ['api'],
      responses: { 201: { description: 'The code; good once, for ten minutes.', schema: PairingCode } },
    },
    async () => {
      const code = newCode(ports.random, CODE_LENGTH);
      const expiresMs = ports.clock.nowMs() + LIMITS.pairingCodeMs;
      await writer.submit({ type: 'pairing_code', code_hash: tokenHash(code), expires_at: expiresMs });
      const shown = `${code.slice(0, CODE_LENGTH / 2)}-${code.slice(CODE_LENGTH / 2)}`;
      return { status: 201, body: { pairing_code: shown, expires_at: new Date(expiresMs).toISOString() } };
    },
  );
  api.route(
    {
      method: 'post',
      path: '/api/v1/pair',
      summary: 'Pair a terminal',
      tags: ['terminals'],
      access: 'open',
      body: { schema: PairRequest },
      responses: { 201: { description: 'Paired; the token is shown this once.', schema: PairAnswer } },
    },
    async ({ body }) => {
      const token = newToken('ht', ports.random);
      const answer = await writer.submit({
        type: 'pair',
        code_hash: tokenHash(normaliseCode(body.pairing_code)),
        terminal_id: uuidV7(ports),
        terminal_name: body.terminal_name,
        terminal_type: body.terminal_type,
        token,
        token_hash: tokenHash(token),
      });
      return { status: 201, body: answer };
    },
  );
}

function registerTerminals(api: EdgeApi, context: EdgeContext, access: Access): void {
  api.route(
    {
      method: 'get',
      path: '/api/v1/terminals',
      summary: 'Terminals paired with this edge',
      tags: ['terminals'],
      access: ['api'],
      responses: {
        200: {
          description: 'All of them, newest first.',
          schema: z.object({ terminals: z.array(Terminal) }),
        },
      },
    },
    () => ({ body: { terminals: listTerminals(context.db) } }),
  );
  api.route(
    {
      method: 'delete',
      path: '/api/v1/terminals/{terminal_id}',
      summary: 'Revoke a terminal',
      tags: ['terminals'],
      access: ['api'],
      params: z.object({ terminal_id: z.string() }),
      responses: { 204: { description: 'Revoked, and everybody signed out there.' } },
    },
    async ({ params }) => {
      const { revoked } = await context.writer.submit({
        type: 'revoke_terminal',
        terminal_id: params.terminal_id,
      });
      access.forget();
      if (!revoked) throw new AppError('not_found', 'No paired terminal has this id');
      return { status: 204 };
    },
  );
}

function registerSessions(api: EdgeApi, context: EdgeContext, access: Access): void {
  const { writer, ports } = context;
  api.route(
    {
      method: 'get',
      path: '/api/v1/staff',
      summary: 'People who may sign in here',
      tags: ['terminals'],
      access: READERS,
      responses: {
        200: { description: 'Names and roles.', schema: z.object({ staff: z.array(StaffListing) }) },
      },
    },
    () => ({ body: { staff: readStaff(context.db).map(listing) } }),
  );
  api.route(
    {
      method: 'post',
      path: '/api/v1/sessions',
      summary: 'Sign in at a terminal with a PIN',
      description:
        'Works without the hub. Five wrong PINs in a row lock the person for a minute, each further one for twice as long.',
      tags: ['terminals'],
      access: ['terminal', 'staff'],
      body: { schema: SignInRequest },
      responses: { 201: { description: 'Signed in; use the token for sales.', schema: SignInAnswer } },
    },
    async ({ body, principal }) => {
      const person = await checkPin(context, body);
      const token = newToken('hs', ports.random);
      const expiresMs = context.limitMs() + LIMITS.staffSessionMs;
      await writer.submit({
        type: 'session',
        token_hash: tokenHash(token),
        terminal_id: principal.terminal_id,
        staff_id: person.staff_id,
        expires_at: expiresMs,
      });
      access.forget();
      return {
        status: 201,
        body: { token, staff: listing(person), expires_at: new Date(expiresMs).toISOString() },
      };
    },
  );
  api.route(
    {
      method: 'delete',
      path: '/api/v1/sessions',
      summary: 'Sign out',
      tags: ['terminals'],
      access: ['staff'],
      responses: { 204: { description: 'Signed out.' } },
    },
    async ({ principal }) => {
      await writer.submit({ type: 'end_session', token_hash: tokenHash(principal.token) });
      access.forget();
      return { status: 204 };
    },
  );
}

function listing({ staff_id, name, role }: StaffMember): z.infer<typeof StaffListing> {
  return { staff_id, name, role };
}

/** The person with this PIN. The try is counted first, so that many at once are no more than many in a row. */
async function checkPin(
  context: EdgeContext,
  { staff_id, pin }: z.infer<typeof SignInRequest>,
): Promise<StaffMember> {
  const { db, writer, ports, pinLocks } = context;
  const person = readStaff(db).find((candidate) => candidate.staff_id === staff_id);
  if (!person) throw new AppError('wrong_pin');
  const waitMs = pinLocks.remainingMs(staff_id);
  if (waitMs > 0) throw lockedOut(waitMs);
  const tried = await writer.submit({ type: 'pin', staff_id, right: false });
  if (!tried.granted) throw lockedOut(tried.locked_until - ports.clock.nowMs());
  if (await context.pins.verify(person.pin_hash, pin)) {
    await writer.submit({ type: 'pin', staff_id, right: true });
    return person;
  }
  if (tried.locked_until > 0) {
    const lockMs = Math.min(LIMITS.pinLockMaxMs, tried.locked_until - ports.clock.nowMs());
    pinLocks.lock(staff_id, lockMs);
    throw lockedOut(lockMs);
  }
  throw new AppError('wrong_pin', `Not the right PIN. ${tried.tries_left} tries left.`, {
    extra: { tries_left: tried.tries_left },
  });
}

function lockedOut(waitMs: number): AppError {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  return new AppError('locked_out', `Too many wrong PINs. Try again in ${seconds} seconds.`, {
    headers: { 'retry-after': String(seconds) },
    extra: { retry_after_seconds: seconds },
  });
}

/** What a caller may do with workflows, and under which name it stands in their timelines. */
import { AppError } from '@holdfast/base';
import type { EdgeContext } from '../context.ts';
import { readStaff } from '../store/feed.ts';
import type { EdgePrincipal } from './access.ts';

export type Actor = {
  /** `api`, or `staff:` and the id of the person. */
  by: string;
  /** Roles whose signals it may send; null: all. */
  roles: readonly string[] | null;
  isManager: boolean;
};

/** Who may look at workflows and start them: programs, and people who are signed in. */
export const WORKERS = ['api', 'terminal', 'staff'] as const;

/** The caller as it is now: the role of a person is read anew each time. Throws AppError `sign_in_required`. */
export function actorOf(context: EdgeContext, principal: EdgePrincipal): Actor {
  if (principal.kind === 'api') return { by: 'api', roles: null, isManager: true };
  if (principal.kind === 'terminal') throw new AppError('sign_in_required');
  const person = readStaff(context.db).find(({ staff_id }) => staff_id === principal.staff_id);
  if (person === undefined)
    throw new AppError('sign_in_required', 'This person may not sign in here any more.');
  const isManager = person.role === 'manager';
  return {
    by: `staff:${person.staff_id}`,
    roles: isManager ? ['manager', 'cashier'] : ['cashier'],
    isManager,
  };
}

/** The same for what changes the course of a workflow. Throws AppError `forbidden` for people who are no managers. */
export function managerOf(context: EdgeContext, principal: EdgePrincipal): Actor {
  const actor = actorOf(context, principal);
  if (!actor.isManager) throw new AppError('forbidden', 'This needs a manager.');
  return actor;
}

/**
 * Scopes of the feed: who a change is for. A device's scopes follow from what the hub knows of it, never from what
 * it asks for.
 */

/** Where a device stands. */
export type Place = { tenant_id: string; location_id: string };

/** The scope of everything a whole merchant shares. */
export function tenantScope(tenantId: string): string {
  return `tenant:${tenantId}`;
}

/** The scope of one store. */
export function locationScope(locationId: string): string {
  return `location:${locationId}`;
}

/** The scopes a device at `place` reads, sorted: the order in which pages walk them and writers lock them. */
export function scopesOf(place: Place): string[] {
  return [tenantScope(place.tenant_id), locationScope(place.location_id)].sort();
}

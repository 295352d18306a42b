import { show } from '../../core/show.ts';
import type { Rejection } from '../../core/rejection.ts';

/** What was thrown, as data: an `Error` has no fields that a format would write. */
export function letterOf(rejection: Rejection): Rejection {
  if (!(rejection.cause instanceof Error)) return rejection;
  const { name, message } = rejection.cause;
  return { ...rejection, cause: { name, message } };
}

/** A dead letter for a format that cannot write the record itself: what it was stands there as text. */
export function letterAsText(rejection: Rejection): Rejection {
  const { kind, operator, rule, field, timestamp, origin } = rejection;
  const known = { field, timestamp, origin: origin === undefined ? undefined : show(origin) };
  const told = Object.entries(known).filter(([, value]) => value !== undefined);
  const value = show(rejection.value);
  const received = show(rejection.received);
  return { kind, operator, rule, value, received, ...Object.fromEntries(told) };
}

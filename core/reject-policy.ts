import { ArgumentError, DataError } from './errors.ts';
import type { Rejection, RejectionKind } from './rejection.ts';
import type { Sink } from './sink.ts';

/** `fail` ends the stream with a `DataError`; `drop` counts it; a sink stores it durably (a dead letter); a function is told. */
export type RejectPolicy = 'fail' | 'drop' | Sink<Rejection> | ((rejection: Rejection) => void);

/**
 * Defaults: invalid and failed `fail`; late, ahead, evicted `drop`. All are counted in the ledger whatever the policy.
 * One `onReject` covers the whole chain, its source included, wherever it stands; of several, each covers the steps from it
 * to the next, the first also those before.
 */
export type RejectPolicies = RejectPolicy | { readonly [K in RejectionKind]?: RejectPolicy };

export const rejectionKinds: readonly RejectionKind[] = ['invalid', 'failed', 'late', 'ahead', 'evicted'];

const defaults: Readonly<Record<RejectionKind, RejectPolicy>> = {
  invalid: 'fail',
  failed: 'fail',
  late: 'drop',
  ahead: 'drop',
  evicted: 'drop',
};

/** The policy of every kind, checked. */
export function policies(
  where: string,
  given: RejectPolicies | undefined,
): Readonly<Record<RejectionKind, RejectPolicy>> {
  if (given === undefined) return defaults;
  if (isPolicy(given)) {
    return { invalid: given, failed: given, late: given, ahead: given, evicted: given };
  }
  if (typeof given !== 'object' || given === null) throw wrong(where, 'onReject', given);
  for (const [kind, policy] of Object.entries(given)) {
    if (!rejectionKinds.includes(kind as RejectionKind)) {
      throw new ArgumentError(where, kind, `one of the kinds ${rejectionKinds.join(', ')}`, kind);
    }
    if (!isPolicy(policy)) throw wrong(where, kind, policy);
  }
  return { ...defaults, ...given };
}

export function isSink(policy: unknown): policy is Sink<Rejection> {
  return typeof policy === 'object' && policy !== null && 'traits' in policy && 'open' in policy;
}

function isPolicy(value: unknown): value is RejectPolicy {
  return value === 'fail' || value === 'drop' || typeof value === 'function' || isSink(value);
}

function wrong(where: string, option: string, value: unknown): ArgumentError {
  return new ArgumentError(where, option, "'fail', 'drop', a sink or a function", value);
}

/** Does with a rejection what its policy says; a sink is for whoever runs the chain to feed. */
export function applyPolicy(
  policyOf: Readonly<Record<RejectionKind, RejectPolicy>> | undefined,
  rejection: Rejection,
  toSink?: (sink: Sink<Rejection>, rejection: Rejection) => void,
): void {
  const policy = policyOf?.[rejection.kind] ?? 'fail';
  if (policy === 'drop') return;
  if (policy === 'fail') throw new DataError(rejection);
  if (typeof policy === 'function') policy(rejection);
  else toSink?.(policy, rejection);
}

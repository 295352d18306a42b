import type { Duration } from '../core/duration.ts';
import type { Sink } from '../core/sink.ts';
import type { Step } from '../core/recipe.ts';
import { policies, type RejectPolicies } from '../core/reject-policy.ts';
import type { Rejection } from '../core/rejection.ts';
import type { KeyOf } from '../core/row-types.ts';
import { keyByStep } from './flow/key-by.ts';
import type { OperatorSettings } from './operator.ts';
import { type EventTimeOptions, eventTimeStep, type TimeOf } from './time/event-time.ts';

/** In Rx code there is no stream around the operator: it is told its time, key and policy. */
export interface Standalone<T, K extends KeyOf<T> = never> extends EventTimeOptions {
  /** Where the event time stands: a field (epoch ms or `Date`) or a function. */
  readonly time?: TimeOf<T>;
  /** The field, or fields, that keep records apart. */
  readonly key?: K;
  readonly onReject?: Exclude<RejectPolicies, Sink<Rejection>>;
}

/** The names of these options, for the guard of an operator that takes them beside its own. */
export const standaloneOptions = ['time', 'key', 'onReject', 'outOfOrderness', 'idleAfter', 'maxAhead'] as const;

interface Given {
  readonly time?: unknown;
  readonly key?: string | readonly string[];
  readonly onReject?: RejectPolicies;
  readonly outOfOrderness?: Duration;
  readonly idleAfter?: Duration;
  readonly maxAhead?: Duration | 'off';
}

/** The steps that give records time and key, in front of an operator that was told them. */
export function standalone(where: string, given: Given): OperatorSettings {
  const { time, key, onReject, outOfOrderness, idleAfter, maxAhead } = given;
  policies(where, onReject);
  const before: Step[] = [];
  if (time !== undefined) {
    const options = {
      ...(outOfOrderness === undefined ? {} : { outOfOrderness }),
      ...(idleAfter === undefined ? {} : { idleAfter }),
      ...(maxAhead === undefined ? {} : { maxAhead }),
    };
    before.push(eventTimeStep(where, 'time', time, options));
  }
  if (key !== undefined) before.push(keyByStep(where, Array.isArray(key) ? key : [key]));
  return { before, onReject };
}

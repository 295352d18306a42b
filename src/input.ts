import { type InteropObservable, type ObservableInput, Observable } from 'rxjs';
import { ArgumentError } from '../core/errors.ts';
import type { InputLink } from '../core/layout.ts';
import type { Source } from '../core/source.ts';

/** What a stream reads: one of our sources, a list that is there already, or anything that RxJS can subscribe to. */
export type Input =
  | { readonly kind: 'source'; readonly source: Source<unknown> }
  | { readonly kind: 'list'; readonly list: Iterable<unknown> }
  | { readonly kind: 'pull'; readonly iterable: AsyncIterable<unknown> }
  | { readonly kind: 'push'; readonly observable: ObservableInput<unknown> };

/** The link at the head of a chain. */
export function inputLink(given: unknown): InputLink {
  const input = inputOf(given);
  if (input.kind !== 'source') return { kind: 'input', name: 'source', timestamps: false, input };
  const { name, traits } = input.source;
  return { kind: 'input', name, timestamps: traits.timestamps, ...(traits.live ? { live: true } : {}), input };
}

function inputOf(given: unknown): Input {
  if (typeof given === 'string' || given === null || given === undefined) throw wrong(given);
  if (isSource(given)) return { kind: 'source', source: given };
  const each = given as Partial<
    Iterable<unknown> & AsyncIterable<unknown> & InteropObservable<unknown> & Promise<unknown>
  >;
  // A stream is an async iterable too: it is pushed, as any Observable is.
  if (given instanceof Observable || Symbol.observable in Object(given)) {
    return { kind: 'push', observable: given as ObservableInput<unknown> };
  }
  if (typeof each[Symbol.iterator] === 'function') return { kind: 'list', list: given as Iterable<unknown> };
  if (typeof each[Symbol.asyncIterator] === 'function')
    return { kind: 'pull', iterable: given as AsyncIterable<unknown> };
  if (typeof each.then === 'function' || 'length' in Object(given) || 'getReader' in Object(given)) {
    return { kind: 'push', observable: given as ObservableInput<unknown> };
  }
  throw wrong(given);
}

/** Whether a value is a source. */
export function isSource(given: unknown): given is Source<unknown> {
  return typeof given === 'object' && given !== null && 'traits' in given && 'open' in given && !('cut' in given);
}

function wrong(given: unknown): ArgumentError {
  const what = 'a source such as fromFile(...), a list, an Observable, a Promise or an async iterable';
  return new ArgumentError('stream', 'input', what, given);
}

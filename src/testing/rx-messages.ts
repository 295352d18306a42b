import { compareDiagrams, type Mark } from './comparison.ts';

/** What RxJS notes of an Observable. */
interface Message {
  readonly frame: number;
  readonly notification: { readonly kind: 'N' | 'E' | 'C'; readonly value?: unknown; readonly error?: unknown };
}

/** What RxJS notes of a subscription. */
interface Subscribed {
  readonly subscribedFrame: number;
  readonly unsubscribedFrame: number;
}

type Logs = readonly (Message | Subscribed)[];

/** What to say where `expectObservable` or `expectSubscriptions` of RxJS is not met. */
export function differsInRx(expected: unknown, actual: unknown): string | undefined {
  const [wanted, got] = [expected as Logs, actual as Logs];
  if (areMessages(wanted) && areMessages(got)) {
    const subject = 'expectObservable: the Observable differs';
    return compareDiagrams(subject, wanted.map(markOf), got.map(markOf));
  }
  for (let at = 0; at < Math.max(wanted.length, got.length); at++) {
    const subject = `expectSubscriptions: subscription ${at + 1} differs`;
    const told = compareDiagrams(subject, marksOf(wanted[at]), marksOf(got[at]));
    if (told !== undefined) return told;
  }
  return undefined;
}

function areMessages(logs: Logs): logs is readonly Message[] {
  return logs.every((each) => 'notification' in each);
}

function markOf(message: Message): Mark {
  const { frame, notification } = message;
  const { kind, value, error } = notification;
  if (kind === 'C') return { frame, kind: 'end' };
  if (kind === 'E') return { frame, kind: 'error', value: error };
  return { frame, kind: 'value', value };
}

function marksOf(subscription: Message | Subscribed | undefined): readonly Mark[] {
  if (subscription === undefined || 'notification' in subscription) return [];
  const { subscribedFrame, unsubscribedFrame } = subscription;
  const marks: readonly Mark[] = [
    { frame: subscribedFrame, kind: 'subscribed' },
    { frame: unsubscribedFrame, kind: 'unsubscribed' },
  ];
  return marks.filter(({ frame }) => frame < Number.POSITIVE_INFINITY);
}

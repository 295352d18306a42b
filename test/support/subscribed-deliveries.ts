import { deliveries, type DeliveriesOptions, type Delivery } from '../../src/index.ts';
import { testSource } from '../../src/testing/index.ts';
import { RecordedSource, type RecordedSourceOptions } from './recorded-source.ts';

export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** A position of the one partition. */
export function at(offset: number): Readonly<Record<string, { readonly offset: number }>> {
  return { '0': { offset } };
}

/** So many numbers in one partition. */
export function recorded(
  count: number,
  options: RecordedSourceOptions<number> & { readonly batch?: number } = {},
): RecordedSource<number> {
  return new RecordedSource(testSource(numbers(count), { batch: options.batch ?? 4 }), options);
}

/** What came of a subscription so far. */
export function subscribed(
  source: RecordedSource<number>,
  options: DeliveriesOptions = {},
  onDelivery: (delivery: Delivery<number>) => void = () => {},
) {
  const given: Delivery<number>[] = [];
  const ends: unknown[] = [];
  const subscription = deliveries(source, options).subscribe({
    next: (delivery) => {
      given.push(delivery);
      onDelivery(delivery);
    },
    error: (cause) => ends.push(cause),
    complete: () => ends.push('complete'),
  });
  const values = (): number[] => given.map(({ value }) => value);
  return { given, ends, subscription, values };
}

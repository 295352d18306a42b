import type { InboundMessage } from '../wire/inbound.ts';

/** What a journal says happened, in its order. Messages are numbered by it, from 1. */
export type JournalEntry =
  | JournalMessage
  /** QoS 2: the broker has let this id go. */
  | { readonly kind: 'released'; readonly id: number }
  /** The broker has lost the session, and all ids with it. */
  | { readonly kind: 'forgotten' }
  /** QoS 2: ids that are held, with the digests of their messages; what stood before says nothing of ids any more. */
  | { readonly kind: 'held'; readonly ids: ReadonlyMap<number, number> }
  /** Messages up to this number are done with. */
  | { readonly kind: 'done'; readonly number: number };

export interface JournalMessage {
  readonly kind: 'message';
  readonly message: InboundMessage;
  /** Epoch ms. */
  readonly receivedAt: number;
}

/** The byte that says what an entry is. What is stored has these numbers: none changes its meaning. */
export const entryTag = { message: 1, released: 2, forgotten: 3, held: 4, done: 5 } as const;

/** Where the parts of a message stand: its topic, its properties and its payload follow. */
export const messageLayout = {
  flags: 1,
  id: 2,
  receivedAt: 4,
  topicLength: 12,
  propertiesLength: 14,
  rest: 18,
} as const;

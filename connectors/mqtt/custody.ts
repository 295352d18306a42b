import type { Position, Positions } from '../../core/batch.ts';
import type { SourceRequest } from '../../core/source.ts';
import type { Inbox } from './inbox.ts';
import type { TakenMessage } from './mqtt-message.ts';
import type { SourceLine } from './source-line.ts';
import type { FromMqttSettings } from './source-options.ts';
import type { InboundMessage } from './wire/inbound.ts';

/** Who has what came from the broker and is not done with: its checkpoints, or a journal. */
export interface Custody {
  /** Grows with what a checkpoint holds beside the records. */
  readonly activity: number;
  /** Messages that are handed over at a time, at the most. */
  readonly batch: number;
  /** What is known from before: whether the broker had a session for us, and partitions. */
  open(): Promise<Known>;
  /** The broker has accepted us. Without its session it knows nothing of what it sent before. */
  connected(sessionPresent: boolean): void;
  /** A message came, by this number; those of QoS 0 carry that of the one before. */
  arrived(message: InboundMessage, number: number): void;
  /** The broker has let the id of a message of QoS 2 go. */
  released(id: number): void;
  /** Whether nothing more should be read from the broker for now. */
  isFull(): boolean;
  /** Whether something has come that waits to be put down for the job. */
  isBehind(): boolean;
  /** The job asks for more. */
  asked(): void;
  /** The job has these. */
  handed(partition: string, messages: readonly TakenMessage[]): void;
  /** Where a partition begins; behind the message of this number. */
  beginning(partition: string): Position;
  positionAt(number: number): Position;
  cut(positions: Positions): Positions;
  commit(positions: Positions): Promise<void>;
  /** Nothing more is taken; what can be told to the broker still is. */
  finish(): Promise<void>;
  close(): Promise<void>;
}

export interface Known {
  readonly hadSession: boolean;
  readonly partitions: readonly string[];
}

/** What whoever has the messages is told of the reader that they are for. */
export interface Desk {
  readonly settings: FromMqttSettings;
  readonly request: SourceRequest;
  readonly line: Pick<SourceLine, 'acknowledgements' | 'resume'>;
  readonly inbox: Inbox;
  partitionOf(topic: string): string;
  /** Puts a message down for the job. */
  put(message: InboundMessage, receivedAt: number, number: number): void;
  warn(message: string): void;
  failed(cause: unknown): void;
}

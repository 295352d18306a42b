/** A message that waits for its acknowledgement. */
interface Waiting {
  /** By arrival. */
  readonly number: number;
  readonly partition: string;
  readonly qos: 1 | 2;
  /** Of its content. */
  readonly digest: number;
  /** Nothing where the broker has forgotten it. */
  id: number | undefined;
  /** A checkpoint holds what came of it. */
  isCovered: boolean;
  /** The broker has sent it over the connection that is open. */
  isOnWire: boolean;
}

/** What is known of a message beside its content. */
export type Identity = { readonly qos: 1 | 2; readonly id: number; readonly digest: number };

/** Ids of QoS 2, as a checkpoint keeps them, each with the digest of its message. */
export type HeldIds = { readonly [id: string]: number };

/** Up to which message each partition is covered. */
export type Numbers = { get(partition: string): number | undefined };

/** What is sent to the broker, in this order. */
export interface Answering {
  acknowledge(id: number): void;
  receive(id: number): void;
  complete(id: number): void;
}

/**
 * Who has which message: what has come is ours when a checkpoint covers it, and only then the broker is told, in the order of
 * arrival. A message of QoS 2 is known by its id until a checkpoint without the id is stored.
 */
export class Acknowledgements {
  readonly #answers: Answering;
  /** What is not covered, and what is behind it, by arrival. */
  #line: Waiting[] = [];
  /** How many at the front of the line are done with. */
  #done = 0;
  readonly #byId = new Map<number, Waiting>();
  /** QoS 2: the broker has let go of these; a checkpoint has to forget them first. */
  readonly #released = new Map<number, Waiting>();
  /** Whether checkpoints hold ids. */
  #areIdsKept = false;
  #number = 0;
  /** Messages that no checkpoint covers. */
  uncovered = 0;

  constructor(answers: Answering) {
    this.#answers = answers;
  }

  /** Ids that the broker has let go, and a checkpoint has not. */
  get released(): number {
    return this.#released.size;
  }

  /**
   * What a checkpoint knew of a partition: the number of its last message, and of QoS 2 the ids whose messages it holds, with
   * digests of these. Numbers count on from there: a checkpoint may say the same again before anything has come, and covers
   * nothing that comes then.
   */
  restore(partition: string, received: number, ids: HeldIds): void {
    this.#number = Math.max(this.#number, received);
    for (const [id, digest] of Object.entries(ids)) {
      const message = { qos: 2, id: Number(id), digest } as const;
      this.#byId.set(message.id, { ...this.#waiting(partition, message), isCovered: true, isOnWire: false });
    }
    this.#areIdsKept = true;
  }

  /** A connection is open. Without its session the broker knows nothing of what it sent before. */
  connected(sessionPresent: boolean): void {
    for (const waiting of this.#byId.values()) {
      waiting.isOnWire = false;
      if (!sessionPresent) waiting.id = undefined;
    }
    if (sessionPresent) return;
    this.#byId.clear();
    this.#released.clear();
  }

  /** A message came. Answers its number by arrival, or nothing where it is here already. */
  arrived(partition: string, message: Identity): number | undefined {
    const { id, qos, digest } = message;
    const known = this.#byId.get(id);
    // While an id is held it is that of one message; but a broker that was set back to an older state begins with the same
    // ids. The mark of what is sent again does not tell: not every broker sets it.
    if (known !== undefined && known.qos === qos && known.digest === digest) {
      known.isOnWire = true;
      if (known.isCovered) this.#answer(known);
      return undefined;
    }
    if (known !== undefined) known.id = undefined;
    this.#released.delete(id);
    const waiting = this.#waiting(partition, message);
    this.#byId.set(id, waiting);
    this.#line.push(waiting);
    this.uncovered++;
    return waiting.number;
  }

  /** Nothing will come of the message that arrived last: it need not wait for a checkpoint. */
  passLast(): void {
    const waiting = this.#line.at(-1);
    if (waiting === undefined || waiting.isCovered) return;
    this.#cover(waiting);
    this.#answerCovered();
  }

  /** QoS 2: the broker will not send it again. */
  releasedBy(id: number): void {
    const known = this.#byId.get(id);
    if (known === undefined || !this.#areIdsKept) {
      this.#byId.delete(id);
      this.#answers.complete(id);
    } else this.#released.set(id, known);
  }

  /** Ids of QoS 2 that a checkpoint must know with the messages of a partition up to this one. */
  idsUpTo(partition: string, number: number): HeldIds {
    const ids: Record<string, number> = {};
    for (const [id, waiting] of this.#byId) {
      if (waiting.qos !== 2 || waiting.partition !== partition || this.#released.has(id)) continue;
      if (waiting.isCovered || waiting.number <= number) ids[id] = waiting.digest;
    }
    return ids;
  }

  /** A checkpoint is stored, or a part of a journal: of each partition it covers what came up to this message, and holds these ids. */
  commit(numbers: Numbers, ids: Pick<ReadonlySet<number>, 'has'> | undefined): void {
    this.#areIdsKept = ids !== undefined;
    for (let place = this.#done; place < this.#line.length; place++) {
      const waiting = this.#line[place]!;
      if (waiting.isCovered || waiting.number > (numbers.get(waiting.partition) ?? 0)) continue;
      this.#cover(waiting);
    }
    this.#answerCovered();
    for (const id of this.#released.keys()) {
      if (ids?.has(id) === true) continue;
      this.#released.delete(id);
      this.#byId.delete(id);
      this.#answers.complete(id);
    }
  }

  #cover(waiting: Waiting): void {
    waiting.isCovered = true;
    this.uncovered--;
  }

  /** In the order of arrival: whoever is covered waits for those before. */
  #answerCovered(): void {
    for (let next = this.#line[this.#done]; next?.isCovered === true; next = this.#line[++this.#done])
      this.#answer(next);
    if (this.#done * 2 <= this.#line.length) return;
    this.#line = this.#line.slice(this.#done);
    this.#done = 0;
  }

  #answer(waiting: Waiting): void {
    const { id, qos, isOnWire } = waiting;
    if (id === undefined || !isOnWire) return;
    if (qos === 2) {
      this.#answers.receive(id);
      return;
    }
    // From here on the id may be that of another message.
    this.#byId.delete(id);
    this.#answers.acknowledge(id);
  }

  #waiting(partition: string, message: Identity): Waiting {
    const number = ++this.#number;
    return { number, partition, ...message, isCovered: false, isOnWire: true };
  }
}

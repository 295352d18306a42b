import { inbound, type JournalLife } from './journal-life.ts';

const window = 8;
/** Every other message has another one. */
const topics = ['a', 'b'];

/** What the protocol asks of a broker that loses nothing: ids of what is out, each with how far its exchange is. */
export class ModelBroker {
  readonly #payloads: readonly string[];
  readonly #qos: 1 | 2;
  #next = 0;
  readonly #out = new Map<number, { readonly payload: string; readonly index: number; isReceived: boolean }>();
  /** Messages that were out when a connection ended: only these may come twice, and only with QoS 1. */
  readonly mayRepeat = new Set<number>();
  #heard = 0;

  constructor(payloads: readonly string[], qos: 1 | 2) {
    this.#payloads = payloads;
    this.#qos = qos;
  }

  get isDone(): boolean {
    return this.#next === this.#payloads.length && this.#out.size === 0;
  }

  /** A new connection: what is out is sent again, in order. */
  connect(life: JournalLife): void {
    this.#heard = 0;
    for (const [id, { payload, index, isReceived }] of this.#out) {
      this.mayRepeat.add(index);
      if (isReceived) life.release(id);
      else life.arrive({ ...this.#message(payload, id, index), duplicate: true });
    }
  }

  /** Sends some more, as far as it may. */
  send(life: JournalLife, most: number): void {
    for (let sent = 0; sent < most && this.#out.size < window && this.#next < this.#payloads.length; sent++) {
      let id = 1;
      while (this.#out.has(id)) id++;
      const index = this.#next++;
      const payload = this.#payloads[index]!;
      this.#out.set(id, { payload, index, isReceived: false });
      life.arrive(this.#message(payload, id, index));
    }
  }

  #message(payload: string, id: number, index: number): ReturnType<typeof inbound> {
    return inbound(payload, id, this.#qos, topics[index % topics.length]);
  }

  /** Hears some of what was said since. `dead`: nobody is there to be answered. */
  hear(life: JournalLife, most = Number.POSITIVE_INFINITY, dead = false): void {
    const heard = life.said.slice(this.#heard, this.#heard + most);
    this.#heard += heard.length;
    for (const each of heard) {
      const [what, text] = each.split(' ');
      const id = Number(text);
      if (what === 'pubrec') {
        const out = this.#out.get(id);
        if (out !== undefined) out.isReceived = true;
        if (!dead) life.release(id);
      } else this.#out.delete(id);
    }
  }
}

/** Of which a person is told. */
const most = 100;

/** Topics that nobody asks for: they come from a subscription that an earlier program made, or from nowhere. Each is told once. */
export class StrangeTopics {
  readonly #name: string;
  readonly #warn: (message: string) => void;
  readonly #told = new Set<string>();

  constructor(name: string, warn: (message: string) => void) {
    this.#name = name;
    this.#warn = warn;
  }

  met(topic: string): void {
    if (this.#told.size >= most || this.#told.has(topic)) return;
    this.#told.add(topic);
    const what = `"${topic}" comes, which nobody asks for; the session has a subscription from before`;
    this.#warn(`${this.#name}: ${what}: it is acknowledged, and no record`);
  }
}

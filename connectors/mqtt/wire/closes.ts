/** A connection that the broker ends so soon after it has accepted it was not worth making. */
const soonMs = 5_000;
const enough = 5;

/** Counts connections that the broker accepted and ended soon, without a word: two clients with one id do that to each other. */
export class Closes {
  #inARow = 0;

  /** A connection has ended. Answers whether that looks like a fight. */
  isFight(livedMs: number, byPeer: boolean): boolean {
    this.#inARow = livedMs < soonMs && byPeer ? this.#inARow + 1 : 0;
    return this.#inARow >= enough;
  }
}

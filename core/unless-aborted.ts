/** What the work comes to, or nothing as soon as the signal is given; the work itself goes on. */
export function unlessAborted<V>(work: Promise<V>, signal: AbortSignal): Promise<V | undefined> {
  return new Promise((resolve, reject) => {
    const abort = (): void => resolve(undefined);
    signal.addEventListener('abort', abort, { once: true });
    const settled = work.then(resolve, reject);
    void settled.finally(() => signal.removeEventListener('abort', abort));
  });
}

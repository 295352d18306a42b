import { createServer, type AddressInfo, connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A way to a port on which each connection is cut when so many bytes have gone through it, there or back, or after a while. */
export async function cutting(
  port: number,
  { bytes = Infinity, ms = 1e9 }: { readonly bytes?: number; readonly ms?: number },
): Promise<{ readonly url: string; cuts(): number }> {
  let cuts = 0;
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    let left = bytes;
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.on('error', () => {});
      one.on('close', () => other.destroy());
    }
    const cut = (): void => {
      clearTimeout(timer);
      if (near.destroyed) return;
      cuts++;
      near.resetAndDestroy();
      far.destroy();
    };
    const timer = setTimeout(cut, ms * (0.5 + Math.random()));
    near.on('close', () => clearTimeout(timer));
    const pass = (to: Socket, chunk: Buffer): void => {
      to.write(chunk.subarray(0, left));
      left -= chunk.length;
      if (left <= 0) cut();
    };
    near.on('data', (chunk) => pass(far, chunk));
    far.on('data', (chunk) => pass(near, chunk));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return { url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`, cuts: () => cuts };
}

import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Aedes, type AedesPublishPacket } from 'aedes';
import { onTestFinished } from 'vitest';

/** A broker in this process. It speaks MQTT 3.1.1. */
export interface InProcessBroker {
  readonly url: string;
  readonly broker: Aedes;
  publish(topic: string, payload: string, more?: Partial<AedesPublishPacket>): Promise<void>;
  /** Cuts every connection. */
  cut(): void;
}

export async function inProcessBroker(): Promise<InProcessBroker> {
  const broker = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    broker.handle(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  onTestFinished(async () => {
    cut();
    server.close();
    await new Promise<void>((resolve) => broker.close(() => resolve()));
  });
  return {
    url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
    broker,
    cut,
    publish: (topic, payload, more = {}) =>
      new Promise((resolve, reject) => {
        const packet = { cmd: 'publish', topic, payload, qos: 1, retain: false, dup: false, ...more } as const;
        broker.publish(packet, (error) => (error instanceof Error ? reject(error) : resolve()));
      }),
  };
}

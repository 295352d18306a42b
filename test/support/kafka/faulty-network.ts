import { connect, createServer, type Server, type Socket } from 'node:net';
import type { ISocketFactoryArgs } from 'kafkajs';

/** A network between a client and its brokers that a test can break: every connection goes through a proxy of its own process. */
export class FaultyNetwork {
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #isStalled = false;
  /** Bytes of an answer that still get through, of one connection; then it is cut. */
  #cutBehind: number | undefined;
  /** The port that each connection is for, by the port that it comes from. */
  readonly #targets = new Map<number, number>();

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (near) => this.#accept(near));
  }

  static async start(): Promise<FaultyNetwork> {
    const server = createServer({ pauseOnConnect: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FaultyNetwork(server);
  }

  /** For the configuration of a client. */
  readonly socketFactory = ({ port, onConnect }: ISocketFactoryArgs): Socket => {
    const address = this.#server.address() as { readonly port: number };
    const socket = connect({ host: '127.0.0.1', port: address.port });
    socket.once('connect', () => {
      this.#targets.set(socket.localPort ?? 0, port);
      onConnect();
    });
    return socket;
  };

  /** Nothing gets through until `flow`, and no connection is cut. */
  stall(): void {
    this.#isStalled = true;
    for (const pair of this.#pairs) for (const socket of pair) socket.pause();
  }

  flow(): void {
    this.#isStalled = false;
    for (const pair of this.#pairs) for (const socket of pair) socket.resume();
  }

  /** Every connection is gone, without a word. */
  drop(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.resetAndDestroy();
  }

  /** The next answer breaks off after so many bytes. */
  cutNextAnswer(bytes: number): void {
    this.#cutBehind = bytes;
  }

  close(): void {
    this.drop();
    this.#server.close();
  }

  #accept(near: Socket): void {
    const port = this.#targets.get(near.remotePort ?? 0);
    // The client says where it wants to go when it has heard that it is connected: a moment later.
    if (port === undefined) {
      setImmediate(() => this.#accept(near));
      return;
    }
    const far = connect({ host: '127.0.0.1', port });
    const pair = [near, far] as const;
    this.#pairs.add(pair);
    near.on('data', (bytes) => far.write(bytes));
    far.on('data', (bytes) => this.#answer(near, bytes));
    const end = (): void => {
      this.#pairs.delete(pair);
      for (const socket of pair) socket.destroy();
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
    if (!this.#isStalled) near.resume();
    else far.pause();
  }

  #answer(near: Socket, bytes: Buffer): void {
    if (this.#cutBehind === undefined || bytes.length <= this.#cutBehind) {
      near.write(bytes);
      return;
    }
    near.write(bytes.subarray(0, this.#cutBehind), () => near.resetAndDestroy());
    this.#cutBehind = undefined;
  }
}

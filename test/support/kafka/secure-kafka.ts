import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Kafka, type KafkaConfig, logLevel } from 'kafkajs';
import { freePort } from '../free-port.ts';
import { type KafkaCluster, startKafka } from './kafka-cluster.ts';

const keytool = promisify(execFile);
const storePassword = 'of-the-test-store';

/** A broker that wants TLS and credentials, and allows nobody anything that no ACL says. */
export interface SecureKafka {
  readonly cluster: KafkaCluster;
  /** Where it speaks TLS. */
  readonly address: string;
  /** Its certificate, which signs itself. */
  readonly ca: string;
  client(username: string, password: string, config?: Partial<KafkaConfig>): Kafka;
}

/** `users`: their passwords by name. `admin` may do everything. */
export async function startSecureKafka(users: Readonly<Record<string, string>>): Promise<SecureKafka> {
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  let ca = '';
  const cluster = await startKafka(1, async (folder, usual) => {
    const store = join(folder, 'broker.p12');
    const access = ['-keystore', store, '-storetype', 'PKCS12', '-storepass', storePassword, '-alias', 'broker'];
    const about = ['-keyalg', 'EC', '-validity', '2', '-dname', 'CN=localhost', '-ext', 'SAN=IP:127.0.0.1'];
    await keytool('keytool', ['-genkeypair', ...access, ...about]);
    const certificate = join(folder, 'broker.pem');
    await keytool('keytool', ['-exportcert', '-rfc', ...access, '-file', certificate]);
    ca = await readFile(certificate, 'utf8');
    const known = Object.entries(users).map(([name, password]) => `user_${name}="${password}"`);
    const login = 'org.apache.kafka.common.security.plain.PlainLoginModule required';
    return {
      listeners: `${usual['listeners']},SECURE://${address}`,
      'advertised.listeners': `${usual['advertised.listeners']},SECURE://${address}`,
      'listener.security.protocol.map': `${usual['listener.security.protocol.map']},SECURE:SASL_SSL`,
      'sasl.enabled.mechanisms': 'PLAIN',
      'listener.name.secure.plain.sasl.jaas.config': `${login} ${known.join(' ')};`,
      'ssl.keystore.location': store,
      'ssl.keystore.type': 'PKCS12',
      'ssl.keystore.password': storePassword,
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      // Nobody in particular: the broker among its own, on ports that no test names.
      'super.users': 'User:admin;User:ANONYMOUS',
    };
  });
  const client: SecureKafka['client'] = (username, password, config) =>
    new Kafka({
      brokers: [address],
      logLevel: logLevel.NOTHING,
      connectionTimeout: 10_000,
      ssl: { ca: [ca] },
      sasl: { mechanism: 'plain', username, password },
      ...config,
    });
  return { cluster, address, ca, client };
}

import { expect, it } from 'vitest';
import { murmur2, partitionOfKey } from '../../connectors/kafka/murmur2.ts';
import { runJava } from '../support/kafka/java.ts';
import { randomFrom } from '../support/random.ts';

const program = `
import java.util.HexFormat;
import org.apache.kafka.common.utils.Utils;

class Hashes {
  public static void main(String[] keys) {
    for (String key : keys) System.out.println(Utils.murmur2(HexFormat.of().parseHex(key.substring(1))));
  }
}
`;

it('a key has the hash and the partition that the Java client gives it', async () => {
  const random = randomFrom(11);
  const keys = Array.from({ length: 500 }, (_, index) =>
    Buffer.from(Array.from({ length: index % 23 }, () => Math.floor(random() * 256))),
  );
  // In front of each key a letter: the first one is empty.
  const given = keys.map((key) => `x${key.toString('hex')}`);
  const hashes = (await runJava('Hashes', program, given)).map(Number);
  expect(keys.map(murmur2)).toEqual(hashes);
  expect(keys.map((key) => partitionOfKey(key, 12))).toEqual(hashes.map((hash) => (hash & 0x7fffffff) % 12));
});

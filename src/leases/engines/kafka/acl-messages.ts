import type { MessageReader, MessageWriter } from './codec.ts';
import { type KafkaRequest, refuse } from './messages.ts';

/** One right, as Kafka numbers what it is made of. */
export interface AclBinding {
  readonly resource: number;
  readonly name: string;
  readonly pattern: number;
  readonly operation: number;
}

const ANY = 1;
const ALLOW = 3;
/** From every address. */
const EVERYWHERE = '*';
const principalOf = (user: string): string => `User:${user}`;

/** Rights that are there already are no error. */
export function createAcls(user: string, bindings: readonly AclBinding[]): KafkaRequest<void> {
  return {
    name: 'CreateAcls',
    key: 30,
    version: 2,
    flexible: true,
    changes: true,
    write(to) {
      to.list(bindings, ({ resource, name, pattern, operation }) => {
        to.int8(resource).text(name).int8(pattern).text(principalOf(user)).text(EVERYWHERE).int8(operation).int8(ALLOW).end();
      }).end();
    },
    read(from) {
      from.int32();
      from.list(() => {
        const [code, text] = [from.int16(), from.textOrNull()];
        from.end();
        refuse(code, this, text);
      });
    },
  };
}

/** All that one user has, whatever it is. */
export function deleteAcls(user: string): KafkaRequest<void> {
  return {
    name: 'DeleteAcls',
    key: 31,
    version: 2,
    flexible: true,
    changes: true,
    write: (to) => to.list([user], (name) => writeFilter(to, name)).end(),
    read(from) {
      from.int32();
      from.list(() => {
        refuse(from.int16(), this, from.textOrNull());
        from.list(() => {
          refuse(from.int16(), this, from.textOrNull());
          readBinding(from);
        });
        from.end();
      });
    },
  };
}

/** Names of the users that have rights of their own, each once for every right. @param user only this one's */
export function describeAcls(user?: string): KafkaRequest<readonly string[]> {
  return {
    name: 'DescribeAcls',
    key: 29,
    version: 2,
    flexible: true,
    changes: false,
    write: (to) => writeFilter(to, user),
    read(from) {
      from.int32();
      refuse(from.int16(), this, from.textOrNull());
      const principals = from.list(() => {
        from.int8();
        from.text();
        from.int8();
        const owners = from.list(() => readOwner(from));
        from.end();
        return owners;
      });
      const start = principalOf('');
      return principals.flat().flatMap((principal) => (principal.startsWith(start) ? [principal.slice(start.length)] : []));
    },
  };
}

function writeFilter(to: MessageWriter, user: string | undefined): void {
  const principal = user === undefined ? null : principalOf(user);
  to.int8(ANY).text(null).int8(ANY).text(principal).text(null).int8(ANY).int8(ANY).end();
}

function readBinding(from: MessageReader): void {
  from.int8();
  from.text();
  from.int8();
  readOwner(from);
}

function readOwner(from: MessageReader): string {
  const principal = from.text();
  from.text();
  from.int8();
  from.int8();
  from.end();
  return principal;
}

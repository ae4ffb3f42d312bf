import type { Random } from '../../../foundation/ports.ts';
import type { Shortfall } from '../engine.ts';
import { describeAcls } from './acl-messages.ts';
import { alterScramUser, describeBrokerSettings, describeScramUsers, type KafkaRequest, metadata } from './messages.ts';
import { codes, KafkaRefusal } from './refusal.ts';
import type { KafkaSession } from './session.ts';

const EVERYBODY = 'allow.everyone.if.no.acl.found';

/** What the account lacks, and what is set so that no right would mean anything. */
export async function findShortfalls(session: KafkaSession, account: string, random: Random): Promise<readonly Shortfall[]> {
  // Nobody is called so: what is asked of it shows what may be asked, and changes nothing.
  const nobody = `ww_check_${random.bytes(12).toString('hex')}`;
  const missing: Shortfall[] = [];
  const removal = { ...alterScramUser(nobody, { remove: ['SCRAM-SHA-512'] }), changes: false };
  if ((await refusalOf(session, removal)) === codes.clusterAuthorizationFailed) {
    missing.push(lacking(account, 'Alter', 'make and remove users and ACLs'));
  }
  if ((await refusalOf(session, describeScramUsers([nobody]))) === codes.clusterAuthorizationFailed) {
    missing.push(lacking(account, 'Describe', 'find users and ACLs again'));
    return missing;
  }
  if ((await refusalOf(session, describeAcls(nobody))) === codes.securityDisabled) {
    const remedy = 'authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer on every broker and controller';
    return [...missing, { what: 'the cluster has no authorizer, so everybody may do everything', remedy }];
  }
  return [...missing, ...(await openDoors(session, nobody))];
}

/** Undefined where it was done. */
async function refusalOf(session: KafkaSession, request: KafkaRequest<unknown>): Promise<number | undefined> {
  try {
    await session.ask(request);
    return undefined;
  } catch (error) {
    if (error instanceof KafkaRefusal && error.kind === 'refused') return error.code;
    throw error;
  }
}

const lacking = (account: string, operation: string, what: string): Shortfall => ({
  what,
  remedy: `kafka-acls.sh --add --allow-principal 'User:${account}' --operation ${operation} --cluster`,
});

/**
 * Where whoever has no right may do everything, users whose rights are taken away could go on. An account that may not see a topic that
 * nobody has rights on shows that it is not so. One that may is a super user, perhaps: then the broker's settings say it, if not the value.
 */
async function openDoors(session: KafkaSession, nobody: string): Promise<Shortfall[]> {
  const { codes: answers, brokers } = await session.ask(metadata([nobody]));
  if (answers[0] === codes.topicAuthorizationFailed) return [];
  const open = {
    what: `whoever has no ACL may use what has none (${EVERYBODY}), so open connections would outlive their lease`,
    remedy: `remove ${EVERYBODY} from the settings of every broker and controller, and restart them one by one`,
  };
  for (const { id } of brokers) {
    try {
      const settings = await session.ask(describeBrokerSettings(id, [EVERYBODY]));
      return settings.has(EVERYBODY) ? [open] : [];
    } catch (error) {
      if (!(error instanceof KafkaRefusal) || error.kind !== 'refused') throw error;
      // Super users may; and each broker tells its own settings only.
      if (error.code === codes.clusterAuthorizationFailed) return [open];
    }
  }
  return [open];
}

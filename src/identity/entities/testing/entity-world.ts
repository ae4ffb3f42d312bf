import type { InputOf, OperationName, OutputOf } from '../../../access/operation-types.ts';
import type { MountPoint } from '../../../foundation/mount.ts';
import type { Secret } from '../../../foundation/secret.ts';
import type { IssuedToken } from '../../contract.ts';
import { PlatformWorld } from '../../methods/testing/platform-world.ts';

const AUDIENCE = 'https://watchword.test';
type Login = IssuedToken & { readonly token: Secret };

/** Entities behind the real door, and people who log in by JWT. */
export class EntityWorld implements AsyncDisposable {
  readonly platform: PlatformWorld;
  readonly mount: MountPoint;

  private constructor(platform: PlatformWorld) {
    this.platform = platform;
    this.mount = platform.on.identityMount;
  }

  static async open(): Promise<EntityWorld> {
    const platform = await PlatformWorld.open({ kind: 'jwt' });
    await platform.write('jwt.config.write', { jwks: platform.jwks, boundIssuer: platform.issuer.issuer });
    await platform.write('jwt.roles.write', {
      name: 'people',
      policies: ['people'],
      boundAudiences: [AUDIENCE],
      userClaim: 'sub',
      groupsClaim: 'groups',
      claimMappings: { team: 'team' },
    });
    await platform.on.world.setPolicy('people', 'path "auth/token/*" { capabilities = ["read", "update"] }');
    await platform.on.world.setPolicy('default', '');
    return new EntityWorld(platform);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.platform[Symbol.asyncDispose]();
  }

  get root(): Secret {
    return this.platform.on.root;
  }

  /** Of the mount where people log in. */
  get accessor(): string {
    return this.platform.mount.accessor;
  }

  setPolicy(name: string, text: string): Promise<void> {
    return this.platform.on.world.setPolicy(name, text);
  }

  async logIn(name: string, { groups = [], team = 'red' }: { groups?: string[]; team?: string } = {}): Promise<Login> {
    const jwt = await this.platform.sign({ sub: name, aud: AUDIENCE, groups, team });
    const { output } = await this.platform.login('jwt.login', { role: 'people', jwt });
    if (output?.token === undefined) throw new Error('the login gave no token');
    return { ...output, token: output.token };
  }

  async perform<Name extends OperationName>(
    name: Name,
    input: InputOf<Name>,
    as: Secret | undefined = this.root,
  ): Promise<OutputOf<Name>> {
    const mount = name.startsWith('token.') ? undefined : this.mount;
    const { output } =
      mount === undefined
        ? await this.platform.on.perform(as, name, input)
        : await this.platform.on.performAt(mount, name, input, as === undefined ? {} : { as });
    return output as OutputOf<Name>;
  }

  /** The policies that the holder of a token has, by the event of a request of his. */
  async policiesOf(token: Secret): Promise<readonly string[]> {
    await this.perform('token.lookup-self', {}, token);
    return this.platform.on.world.audit.records.at(-1)?.principal?.policies ?? [];
  }

  async entity(name: string) {
    const entity = await this.perform('entities.lookup', { aliasName: name, aliasMountAccessor: this.accessor });
    if (entity === null) throw new Error(`nobody is called ${name}`);
    return entity;
  }

  async group(input: Partial<InputOf<'groups.write'>> & { readonly name: string }): Promise<string> {
    const made = await this.perform('groups.write', { at: 'body', ...input });
    if (made === null) throw new Error('the group was there already');
    return made.id;
  }

  /** An external group that is called alike at the platform. */
  async externalGroup(name: string, policies: readonly string[]): Promise<string> {
    const id = await this.group({ name, type: 'external', policies });
    await this.perform('group-aliases.write', { at: 'body', name, mountAccessor: this.accessor, canonicalId: id });
    return id;
  }
}

import type { WatchwordClient } from '../client/client.ts';
import { isWatchwordError } from '../foundation/errors.ts';
import { isJsonObject } from '../foundation/exact-json.ts';

/** Views that KV version 2 has below its mount; no policy reaches a secret without naming one. */
const VIEWS = ['data', 'metadata', 'delete', 'undelete', 'destroy', 'subkeys', 'config'];

/** What is likely not meant in a policy that the server has taken; one sentence each. */
export async function policyAdvice(client: WatchwordClient, policy: string): Promise<string[]> {
  const paths = policyPaths(policy);
  if (paths === undefined) return [];
  if (paths.length === 0) return ['This policy names no path, so it grants nothing.'];
  const mounts = await visibleMounts(client);
  return paths.flatMap((path) => {
    const mount = mounts.find(({ name }) => path.startsWith(name));
    if (mount === undefined || !mount.versioned || namesView(path.slice(mount.name.length))) return [];
    const meant = `${mount.name}data/${path.slice(mount.name.length)}`;
    return [`${path} reaches no secret: ${mount.name} is versioned. Did you mean ${meant}?`];
  });
}

/** The paths of a policy that is known to be well-formed, in HCL or JSON; undefined where only the server knows how to read it. */
function policyPaths(policy: string): string[] | undefined {
  if (policy.trimStart().startsWith('{')) return jsonPaths(policy);
  const words = /"(?:[^"\\\n]|\\.)*"|\/\*[\s\S]*?\*\/|(?:#|\/\/).*|[^\s"{}[\],=#/]+|\S/g;
  const tokens = policy.match(words)?.filter((token) => !/^(#|\/\/|\/\*)/.test(token)) ?? [];
  return tokens.flatMap((token, index) => {
    const before = tokens[index - 1];
    return (before === 'path' || before === '"path"') && token.startsWith('"') ? [token.slice(1, -1).replace(/^\//, '')] : [];
  });
}

function jsonPaths(policy: string): string[] | undefined {
  try {
    const { path } = JSON.parse(policy) as { path?: unknown };
    const rules = Array.isArray(path) ? path : [path];
    return rules.filter(isJsonObject).flatMap((rule) => Object.keys(rule));
  } catch {
    return undefined;
  }
}

function namesView(below: string): boolean {
  const [first = ''] = below.split('/', 1);
  if (first === '+' || VIEWS.includes(first)) return true;
  return first.endsWith('*') && VIEWS.some((view) => view.startsWith(first.slice(0, -1)));
}

interface VisibleMount {
  readonly name: string;
  readonly versioned: boolean;
}

/** Those that the token may see, the innermost first; none where it may not even ask. */
async function visibleMounts(client: WatchwordClient): Promise<VisibleMount[]> {
  const answer = await client.read('sys/internal/ui/mounts').catch((error: unknown) => {
    if (isWatchwordError(error)) return undefined;
    throw error;
  });
  const mounts = isJsonObject(answer?.data) && isJsonObject(answer.data.secret) ? answer.data.secret : {};
  return Object.entries(mounts)
    .sort(([a], [b]) => b.length - a.length)
    .map(([name, mount]) => ({
      name,
      versioned: isJsonObject(mount) && isJsonObject(mount.options) && mount.options.version === '2',
    }));
}

import type { AnyRoute, WireMethod } from './route.ts';

export interface FoundRoute {
  readonly route: AnyRoute;
  readonly params: Readonly<Record<string, string>>;
}

interface Bound {
  readonly route: AnyRoute;
  readonly names: readonly string[];
}

type Endpoint = Map<WireMethod, Bound>;

interface Node {
  readonly literals: Map<string, Node>;
  one: Node | undefined;
  /** By the literal that follows the rest (`/tune`), the empty one last. */
  readonly rests: { readonly suffix: string; readonly endpoint: Endpoint }[];
  end: Endpoint | undefined;
}

const newNode = (): Node => ({ literals: new Map(), one: undefined, rests: [], end: undefined });

/** The routes of one kind of mount as a tree of path segments: literals win over `:name`, `:name` over `*name`. */
export class RouteTable {
  readonly #root = newNode();

  constructor(routes: readonly AnyRoute[]) {
    for (const route of routes) this.#add(route);
  }

  /** Undefined when no route has this path, `unsupported` when one has, but not for this method. */
  find(method: WireMethod | undefined, path: string): FoundRoute | 'unsupported' | undefined {
    const captured: string[] = [];
    const endpoint = walk(this.#root, path, 0, captured);
    if (endpoint === undefined) return undefined;
    const bound = method === undefined ? undefined : endpoint.get(method);
    if (bound === undefined) return 'unsupported';
    const params: Record<string, string> = {};
    for (let i = 0; i < bound.names.length; i++) params[bound.names[i] ?? ''] = captured[i] ?? '';
    return { route: bound.route, params };
  }

  /** The routes of one path, by method. */
  at(path: string): readonly AnyRoute[] {
    return [...(walk(this.#root, path, 0, [])?.values() ?? [])].map(({ route }) => route);
  }

  #add(route: AnyRoute): void {
    const names: string[] = [];
    const endpoint = this.#endpointFor(route.pattern, names);
    for (const method of typeof route.method === 'string' ? [route.method] : route.method) {
      endpoint.set(method, { route, names });
    }
  }

  #endpointFor(pattern: string, names: string[]): Endpoint {
    let node = this.#root;
    const segments = pattern.split('/');
    for (const [index, segment] of segments.entries()) {
      if (segment.startsWith('*')) {
        names.push(segment.slice(1));
        return restOf(node, ['', ...segments.slice(index + 1)].join('/'));
      }
      if (segment.startsWith(':')) {
        names.push(segment.slice(1));
        node.one ??= newNode();
        node = node.one;
      } else {
        const next = node.literals.get(segment) ?? newNode();
        node.literals.set(segment, next);
        node = next;
      }
    }
    node.end ??= new Map();
    return node.end;
  }
}

function restOf(node: Node, suffix: string): Endpoint {
  const existing = node.rests.find((rest) => rest.suffix === suffix);
  if (existing !== undefined) return existing.endpoint;
  const endpoint: Endpoint = new Map();
  node.rests.push({ suffix, endpoint });
  node.rests.sort((a, b) => b.suffix.length - a.suffix.length);
  return endpoint;
}

/** `from` is where the next segment starts: at the end after a slash, behind the end when nothing followed. */
function walk(node: Node, path: string, from: number, captured: string[]): Endpoint | undefined {
  if (from >= path.length && node.end !== undefined) return node.end;
  if (from < path.length) {
    const slash = path.indexOf('/', from);
    const end = slash < 0 ? path.length : slash;
    const segment = path.slice(from, end);
    const literal = node.literals.get(segment);
    const found = literal === undefined ? undefined : walk(literal, path, end + 1, captured);
    if (found !== undefined) return found;
    if (node.one !== undefined && segment !== '') {
      const mark = captured.push(segment) - 1;
      const below = walk(node.one, path, end + 1, captured);
      if (below !== undefined) return below;
      captured.length = mark;
    }
  }
  if (from > path.length) return undefined;
  for (const { suffix, endpoint } of node.rests) {
    const end = path.length - suffix.length;
    if (end < from || !path.endsWith(suffix)) continue;
    captured.push(path.slice(from, end));
    return endpoint;
  }
  return undefined;
}

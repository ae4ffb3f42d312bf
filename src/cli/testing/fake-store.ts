import type { Received, Reply } from './fake-server.ts';

interface Entry {
  versions: ({ data: unknown; deleted: boolean } | undefined)[];
  custom: Record<string, string> | null;
}

/** Just enough of a KV version 2 mount at `secret/` and a version 1 mount at `plain/`, in Vault's words. */
export class FakeStore {
  readonly entries = new Map<string, Entry>();
  readonly plain = new Map<string, unknown>();
  writes = 0;

  respond = (request: Received): Reply | undefined => {
    const url = new URL(request.url, 'http://fake');
    const path = decodeURIComponent(url.pathname).replace(/^\/v1\//, '');
    const [first = '', view = '', ...rest] = path.split('/');
    if (path.startsWith('sys/internal/ui/mounts/')) return this.#mount(path.slice('sys/internal/ui/mounts/'.length));
    if (request.method !== 'GET') this.writes++;
    if (first === 'plain') return this.#plain(request, path.slice('plain/'.length));
    if (first !== 'secret') return { status: 404, body: { errors: [`no handler for route "${path}"`] } };
    const name = rest.join('/');
    if (url.searchParams.get('list') === 'true') return this.#list(name);
    if (view === 'data') return this.#data(request, name, Number(url.searchParams.get('version') ?? 0));
    if (view === 'metadata') return this.#metadata(request, name);
    return this.#deletion(view, name, (request.body?.versions ?? []) as number[]);
  };

  #mount(path: string): Reply {
    if (path.split('/')[0] === 'secret') return { body: { data: { path: 'secret/', type: 'kv', options: { version: '2' } } } };
    if (path.split('/')[0] === 'plain') return { body: { data: { path: 'plain/', type: 'kv', options: null } } };
    return { status: 403, body: { errors: ['preflight capability check returned 403'] } };
  }

  #plain({ method, body }: Received, name: string): Reply | undefined {
    if (method === 'GET') {
      return this.plain.has(name) ? { body: { data: this.plain.get(name) } } : { status: 404, body: { errors: [] } };
    }
    if (method === 'DELETE') this.plain.delete(name);
    else this.plain.set(name, body);
    return undefined;
  }

  #list(prefix: string): Reply {
    const names = [...this.entries.keys()].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
    const keys = [...new Set(names.map((name) => name.replace(/^\/?([^/]*\/?).*$/, '$1')))].sort();
    return keys.length === 0 ? { status: 404, body: { errors: [] } } : { body: { data: { keys } } };
  }

  #data({ method, body }: Received, name: string, wanted: number): Reply | undefined {
    const entry = this.entries.get(name) ?? { versions: [], custom: null };
    const newest = entry.versions.length;
    if (method === 'GET') return this.#version(entry, wanted || newest);
    if (method === 'DELETE') {
      const version = entry.versions.at(-1);
      if (version !== undefined) version.deleted = true;
      return undefined;
    }
    const cas = (body?.options as { cas?: number } | undefined)?.cas;
    if (cas !== undefined && cas !== newest) {
      return { status: 400, body: { errors: ['check-and-set parameter did not match the current version'] } };
    }
    if (method === 'PATCH') {
      const current = entry.versions.at(-1)?.data as Record<string, unknown>;
      entry.versions.push({ data: { ...current, ...(body?.data as object) }, deleted: false });
    } else entry.versions.push({ data: body?.data, deleted: false });
    this.entries.set(name, entry);
    return { body: { data: { version: entry.versions.length, created_time: '2026-01-01T00:00:00Z', deletion_time: '' } } };
  }

  #version(entry: Entry, number: number): Reply {
    const version = entry.versions[number - 1];
    if (version === undefined) return { status: 404, body: { errors: [] } };
    const metadata = { version: number, created_time: '2026-01-01T00:00:00Z', destroyed: false, custom_metadata: entry.custom };
    return version.deleted
      ? { status: 404, body: { data: { data: null, metadata: { ...metadata, deletion_time: '2026-01-02T00:00:00Z' } } } }
      : { body: { data: { data: version.data, metadata: { ...metadata, deletion_time: '' } } } };
  }

  #metadata({ method, body }: Received, name: string): Reply | undefined {
    const entry = this.entries.get(name);
    if (method === 'GET') {
      if (entry === undefined) return { status: 404, body: { errors: [] } };
      const versions = Object.fromEntries(
        entry.versions.map((_, index) => [index + 1, { created_time: 'then', deletion_time: '' }]),
      );
      return { body: { data: { custom_metadata: entry.custom, current_version: entry.versions.length, versions } } };
    }
    if (method === 'DELETE') this.entries.delete(name);
    else if (entry !== undefined) entry.custom = body?.custom_metadata as Record<string, string>;
    return undefined;
  }

  #deletion(view: string, name: string, versions: readonly number[]): undefined {
    for (const number of versions) {
      const version = this.entries.get(name)?.versions[number - 1];
      if (version !== undefined) version.deleted = view !== 'undelete';
    }
  }
}

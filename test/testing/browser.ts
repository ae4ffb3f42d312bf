/**
 * As much of a browser as a login needs: follows redirects, keeps cookies. A program: the address to open is its argument.
 */
export class Browser {
  readonly #cookies = new Map<string, string>();

  /** Opens an address and goes wherever it is sent; gives the last answer. */
  async open(address: string, form?: URLSearchParams): Promise<{ readonly url: string; readonly text: string }> {
    let url = address;
    let body = form;
    for (let step = 0; step < 20; step++) {
      const answer = await fetch(url, {
        redirect: 'manual',
        headers: { Cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
        ...(body === undefined ? {} : { method: 'POST', body }),
      });
      this.#keep(answer.headers.getSetCookie());
      const next = answer.headers.get('location');
      if (next === null) return { url, text: await answer.text() };
      url = new URL(next, url).href;
      body = undefined;
    }
    throw new Error('sent in circles');
  }

  #keep(cookies: readonly string[]): void {
    for (const cookie of cookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === '') this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
  }
}

const [address] = process.argv.slice(2);
if (import.meta.main && address !== undefined) await new Browser().open(address);

import { describe, expect, it } from 'vitest';
import { environmentSettings, parseAddress } from './environment.ts';

describe('address and token from the environment', () => {
  const vault = { VAULT_ADDR: 'http://vault.test:8200', VAULT_TOKEN: 'of-vault' };

  it('are taken from VAULT_ variables when no WATCHWORD_ one is set', () => {
    const settings = environmentSettings(vault);
    expect(settings.address).toBe('http://vault.test:8200');
    expect(settings.token?.text).toBe('of-vault');
  });

  it('are never mixed: an address of ours leaves the token of Vault out', () => {
    const settings = environmentSettings({ ...vault, WATCHWORD_ADDR: 'http://ours.test' });
    expect(settings.address).toBe('http://ours.test');
    expect(settings.token).toBeUndefined();
  });

  it('are never mixed: a token of ours leaves the address of Vault out', () => {
    const settings = environmentSettings({ ...vault, WATCHWORD_TOKEN: 'ours' });
    expect(settings.address).toBeUndefined();
    expect(settings.token?.text).toBe('ours');
  });

  it('count as unset when empty', () => {
    expect(environmentSettings({ ...vault, WATCHWORD_ADDR: '', WATCHWORD_TOKEN: ' ' }).family).toBe('VAULT');
  });

  it('take authorities of the same family, or ours', () => {
    expect(environmentSettings({ ...vault, VAULT_CACERT: 'v.pem' }).caFile).toBe('v.pem');
    expect(environmentSettings({ ...vault, WATCHWORD_CACERT: 'w.pem' }).caFile).toBe('w.pem');
    expect(environmentSettings({ WATCHWORD_ADDR: 'http://ours.test', VAULT_CACERT: 'v.pem' }).caFile).toBeUndefined();
  });

  it('refuse what cannot be a token, without repeating it', () => {
    const word = ['two', 'words'].join(' ');
    expect(() => environmentSettings({ VAULT_TOKEN: word })).toThrow(/VAULT_TOKEN/);
    expect(() => environmentSettings({ VAULT_TOKEN: word })).not.toThrow(/words\b.*two|two words/);
  });
});

describe('an address', () => {
  it.each(['ftp://a', 'a', '', 'http://user:pw@host', 'http://host?x=1', 'unix:///run/x'])('cannot be %s', (text) => {
    expect(() => parseAddress(text, '--address')).toThrow(/--address/);
  });
});

import type { Detector } from '../detector.ts';
import { anchored, around, LITERAL, password } from './anchored.ts';

const of = { family: 'configuration-files' } as const;

/**
 * Files of operating systems and network devices. Hashes of passwords (`/etc/shadow`, `.htpasswd`, types 5, 8 and 9 of Cisco) are left
 * out: nobody can log in with one.
 */
export const systemFiles: readonly Detector[] = [
  anchored({
    ...of,
    id: 'cisco-password',
    provider: 'Cisco',
    title: 'Password in a device configuration',
    anchors: ['password 7 ', 'secret 7 ', 'key 7 ', 'secret 0 ', 'password 0 '],
    kind: 'contextual',
    confidence: 'medium',
    pattern:
      /(?<![A-Za-z0-9])(?:password|secret|key) (?:[07] )(?<value>(?:(?<=7 )(?:[0-9A-F]{2}){5,40}|(?<=0 )[^\s"'<>{}$]{4,64}))(?=\s|$)/,
    reach: 120,
    source:
      'https://www.cisco.com/c/en/us/support/docs/security-vpn/remote-authentication-dial-user-service-radius/107614-64.html',
    positive: around(
      (make) => make.chars('upperHex', 22),
      (value) => `username train privilege 15 password 7 ${value}\n`,
      (value) => `line vty 0 4\n password 7 ${value}\n`,
    ),
    negative: () => ['password 7 characters long\n', 'the secret 5 of them\n'],
  }),
  anchored({
    ...of,
    id: 'ipsec-preshared-key',
    provider: 'IPsec',
    title: 'Preshared key of a VPN',
    anchors: [': psk "', ': xauth "', ': eap "', ': psk 0'],
    lead: 130,
    pattern: /(?<=^|[\r\n]|\\n)[^\r\n:"]{0,120}: (?:PSK|XAUTH|EAP) "?(?<value>[^"\s<>{}$]{5,200})(?="|\s|$)/,
    reach: 360,
    source: 'https://docs.strongswan.org/docs/latest/swanctl/swanctlConf.html',
    positive: around(
      password,
      (value) => `10.0.0.1 %any : PSK "${value}"\n`,
      (value) => `# ipsec.secrets\ntrain : XAUTH "${value}"\n`,
    ),
    negative: () => ['%any : PSK "<key>"\n', 'a : PSK "{psk}"\n'],
  }),
  anchored({
    ...of,
    id: 'mount-password',
    provider: 'SMB',
    title: 'Password among the options of a mount',
    anchors: ['username=', 'user='],
    kind: 'contextual',
    confidence: 'medium',
    pattern: new RegExp(
      String.raw`(?<![A-Za-z0-9_?&-])(?:username|user)=[^\s,="'&;]{1,64}(?:,(?:[a-z_]{2,16}=[^\s,="']{1,64},){0,4}?|\r?\n)(?:password|pass)=${LITERAL}(?<value>[^\s,"'<>&;()]{4,128})(?=[\s,"']|$)`,
    ),
    reach: 640,
    source: 'https://linux.die.net/man/8/mount.cifs',
    positive: around(
      password,
      (value) => `//nas/data /mnt/data cifs username=train,password=${value},uid=1000 0 0\n`,
      (value) => `mount -t cifs -o username=train,vers=3.0,password=${value} //nas/d /mnt\n`,
      (value) => `username=train\npassword=${value}\ndomain=ACME\n`,
    ),
    negative: () => ['connect(username=user,password=password)', 'mount -o username=$U,password=$P //nas/d /mnt\n'],
  }),
  anchored({
    ...of,
    id: 'powershell-secure-string',
    provider: 'PowerShell',
    title: 'Password in clear text made a SecureString',
    anchors: ['convertto-securestring'],
    kind: 'contextual',
    confidence: 'medium',
    pattern: new RegExp(
      String.raw`ConvertTo-SecureString\s{1,4}(?:-(?:AsPlainText|Force|String)\s{1,4}){0,3}["']${LITERAL}(?<value>[^"'\r\n$]{4,128})(?=["'])`,
      'i',
    ),
    reach: 220,
    source: 'https://learn.microsoft.com/powershell/module/microsoft.powershell.security/convertto-securestring',
    positive: around(
      password,
      (value) => `$p = ConvertTo-SecureString "${value}" -AsPlainText -Force\n`,
      (value) => `ConvertTo-SecureString -String '${value}' -AsPlainText -Force\n`,
    ),
    negative: () => ['ConvertTo-SecureString $env:PASSWORD -AsPlainText -Force\n'],
  }),
  anchored({
    ...of,
    id: 'group-policy-password',
    provider: 'Windows',
    title: 'Password in a Group Policy preference (cpassword; its key is public)',
    anchors: ['cpassword="'],
    pattern: /cpassword="(?<value>[A-Za-z0-9+/]{20,200}={0,2})(?=")/,
    reach: 220,
    source: 'https://learn.microsoft.com/openspecs/windows_protocols/ms-gppref/',
    positive: around(
      (make) => make.bytes(32).toString('base64'),
      (value) => `<Properties userName="admin" cpassword="${value}" />`,
    ),
    negative: () => ['<Properties userName="admin" cpassword="" />'],
  }),
  anchored({
    ...of,
    id: 'unattend-password',
    provider: 'Windows',
    title: 'Password in an answer file of Windows Setup',
    anchors: ['<administratorpassword>', '<autologon>', '<localaccount '],
    pattern: new RegExp(
      String.raw`<(?:AdministratorPassword|AutoLogon|LocalAccount)[^>]{0,80}>[^$]{0,400}?<Value>${LITERAL}(?<value>[^<>\s$]{4,200})(?=<\/Value>)`,
    ),
    reach: 720,
    source: 'https://learn.microsoft.com/windows-hardware/customize/desktop/unattend/',
    positive: around(
      password,
      (value) => `<AdministratorPassword>\n  <Value>${value}</Value>\n  <PlainText>true</PlainText>\n</AdministratorPassword>`,
    ),
    negative: () => ['<AdministratorPassword><Value></Value></AdministratorPassword>'],
  }),
  anchored({
    ...of,
    id: 'tomcat-user-password',
    provider: 'Tomcat',
    title: 'Password in tomcat-users.xml',
    anchors: ['<user username="', '<user name="', '<user password="'],
    pattern: new RegExp(String.raw`<user [^<>]{0,200}?password="${LITERAL}(?<value>[^"<>\s]{3,128})(?="[^<>]{0,200}>)`),
    reach: 350,
    source: 'https://tomcat.apache.org/tomcat-10.1-doc/realm-howto.html#MemoryRealm',
    positive: around(
      password,
      (value) => `<user username="train" password="${value}" roles="manager-gui"/>`,
      (value) => `<user name="train" password="${value}" roles="admin" />`,
    ),
    negative: () => ['<user username="train" roles="x"/>', '<user username="a" password="<must-be-changed>" roles="b"/>'],
  }),
];

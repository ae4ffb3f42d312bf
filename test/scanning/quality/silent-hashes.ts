import type { Maker } from '../../../src/scanning/detectors/maker.ts';
import type { Family } from './silence.ts';

const hex = (length: number) => (make: Maker) => make.chars('hex', length);
const base64 = (bytes: number) => (make: Maker) => make.bytes(bytes).toString('base64');

const hashed: readonly (readonly [string, (make: Maker) => string, (hash: string) => string])[] = [
  ['package-lock.json', base64(64), (h) => `"resolved": "https://packages.example/a.tgz",\n"integrity": "sha512-${h}",`],
  ['yarn.lock', base64(64), (h) => `  integrity sha512-${h}`],
  ['pnpm-lock.yaml', base64(64), (h) => `resolution: {integrity: sha512-${h}}`],
  ['poetry.lock', hex(64), (h) => `{file = "secretstorage-3.3.whl", hash = "sha256:${h}"},`],
  ['Pipfile.lock', hex(64), (h) => `"hashes": ["sha256:${h}"],`],
  ['requirements.txt', hex(64), (h) => `openai==1.2.3 \\\n    --hash=sha256:${h}`],
  ['requirements.txt', hex(64), (h) => `cohere==4.1 --hash=sha256:${h}`],
  ['Cargo.lock', hex(64), (h) => `name = "secrecy"\nchecksum = "${h}"`],
  ['uv.lock', hex(64), (h) => `sdist = { url = "https://x.example/pinecone-1.tar.gz", hash = "sha256:${h}" }`],
  ['go.sum', base64(32), (h) => `github.com/openai/go v1.2.3 h1:${h}`],
  ['composer.lock', hex(40), (h) => `"reference": "${h}"`],
  ['flake.lock', base64(32), (h) => `"narHash": "sha256-${h}",`],
  ['SHA256SUMS', hex(64), (h) => `${h}  secret-tool.tar.gz`],
  ['checksums.txt', hex(64), (h) => `${h}  wandb-model.safetensors`],
  ['RECORD', base64(32), (h) => `openai/api_key.py,sha256=${h},1234`],
  ['a.html', base64(48), (h) => `<script src="token.js" integrity="sha384-${h}" crossorigin="anonymous"></script>`],
  ['a.yml', hex(40), (h) => `- uses: actions/checkout-token@${h} # v4`],
  ['a.yaml', hex(64), (h) => `image: registry.example/mistral@sha256:${h}`],
  ['Dockerfile', hex(64), (h) => `FROM cohere/base@sha256:${h}`],
  ['.gitmodules', hex(40), (h) => `[submodule "openai"]\n  commit = ${h}`],
  ['git.log', hex(40), (h) => `commit ${h}\nAuthor: A <a@b.example>\n\n    rotate openai token`],
  ['a.diff', hex(40), (h) => `diff --git a/token.py b/token.py\nindex ${h}..${h.split('').reverse().join('')} 100644`],
  ['a.py', hex(64), (h) => `SHA256 = "${h}"\nurl = "https://x.example/mistral.bin"`],
  ['a.py', hex(32), (h) => `_MD5 = "${h}"  # datadog weights`],
  ['a.py', hex(40), (h) => `revision = "${h}"\ntokenizer = load("mistral", revision=revision)`],
  ['a.py', hex(40), (h) => `model = from_pretrained("org/mistral-7b", revision="${h}")`],
  ['a.py', hex(64), (h) => `expected_hash = "${h}"`],
  ['a.py', hex(32), (h) => `etag = '"${h}"'`],
  ['a.yaml', hex(32), (h) => `md5: ${h}\nsize: 123\npath: data/together.parquet`],
  ['data.dvc', hex(32), (h) => `outs:\n- md5: ${h}\n  size: 5120\n  path: openai.jsonl`],
  ['a.rb', hex(64), (h) => `url "https://x.example/snyk.tar.gz"\nsha256 "${h}"`],
  ['PKGBUILD', hex(64), (h) => `sha256sums=('${h}')`],
  ['a.nix', base64(32), (h) => `sha256 = "sha256-${h}";`],
  ['a.bzl', hex(64), (h) => `http_archive(name = "auth_token", sha256 = "${h}")`],
  ['conda.yaml', hex(32), (h) => `- openai=1.0=${h.slice(0, 12)}_0\n  md5: ${h}`],
  ['meta.json', hex(40), (h) => `{"sha": "${h}", "modelId": "cohere/embed"}`],
  ['config.json', hex(40), (h) => `{"_commit_hash": "${h}", "tokenizer_class": "LlamaTokenizer"}`],
  ['manifest.json', hex(64), (h) => `{"digest": "sha256:${h}", "mediaType": "application/token"}`],
  ['etags.json', hex(32), (h) => `{"url": "https://x.example/key", "etag": "\\"${h}\\""}`],
  ['fingerprints.txt', base64(32), (h) => `256 SHA256:${h.slice(0, 43)} me@host (ED25519)`],
  ['a.sql', hex(64), (h) => `password_hash = '${h}'`],
  ['shadow.txt', base64(33), (h) => `passwordDigest: ${h}`],
];

const identified: readonly (readonly [string, (make: Maker) => string])[] = [
  ['a.ipynb.txt', (m) => `"id": "${m.chars('hex', 8)}",\n"metadata": {"id": "${m.chars('base62', 12)}"}`],
  ['a.ipynb.txt', (m) => `"interpreter": {"hash": "${m.chars('hex', 64)}"}`],
  ['a.ipynb.txt', (m) => `"kernelspec": {"name": "token"}, "vscode": {"interpreter": {"hash": "${m.chars('hex', 64)}"}}`],
  ['a.ipynb.txt', (m) => `"image/png": "${m.bytes(900).toString('base64')}"`],
  ['a.ipynb.txt', (m) => `"cell_id": "${m.uuid()}", "deepnote_cell_type": "code"`],
  ['a.ipynb.txt', (m) => `"executionInfo": {"user": {"userId": "${m.chars('digits', 20)}"}, "timestamp": 1612345678901}`],
  ['a.html', (m) => `<img src="data:image/png;base64,${m.bytes(600).toString('base64')}">`],
  ['a.css', (m) => `src: url(data:font/woff2;base64,${m.bytes(600).toString('base64')})`],
  ['a.svg', (m) => `<path d="M${m.chars('digits', 3)}.2c0 1.1-.9 2-2 2h${m.chars('digits', 2)}z" id="token-icon"/>`],
  [
    'cert.pem',
    (m) =>
      `-----BEGIN CERTIFICATE-----\n${m
        .bytes(600)
        .toString('base64')
        .replace(/(.{64})/g, '$1\n')}\n-----END CERTIFICATE-----`,
  ],
  [
    'pub.pem',
    (m) =>
      `-----BEGIN PUBLIC KEY-----\n${m
        .bytes(270)
        .toString('base64')
        .replace(/(.{64})/g, '$1\n')}\n-----END PUBLIC KEY-----`,
  ],
  ['authorized_keys', (m) => `ssh-rsa ${'AAAAB3NzaC1yc2EAAAADAQABAAABAQ'}${m.bytes(240).toString('base64')} me@host`],
  ['id_ed25519.pub', (m) => `ssh-ed25519 ${'AAAAC3NzaC1lZDI1NTE5AAAAI'}${m.chars('base64', 43)} token@host`],
  ['a.py', (m) => `PUBLIC_KEY = "${m.bytes(32).toString('base64')}"`],
  ['a.yaml', (m) => `public_key: ${m.chars('hex', 64)}`],
  ['a.json', (m) => `{"id": "${m.uuid()}", "tenantId": "${m.uuid()}", "name": "openai"}`],
  ['a.json', (m) => `{"request_id": "${m.chars('hex', 32)}", "model": "mistral-large"}`],
  ['a.json', (m) => `{"trace_id": "${m.chars('hex', 32)}", "span_id": "${m.chars('hex', 16)}", "service": "datadog"}`],
  ['a.json', (m) => `{"clientId": "${m.uuid()}", "authority": "https://login.example.com"}`],
  ['a.json', (m) => `{"id": "chatcmpl-${m.chars('base62', 29)}", "object": "chat.completion", "usage": {"total_tokens": 71}}`],
  ['a.json', (m) => `{"run_id": "${m.chars('hex', 32)}", "artifact_uri": "s3://mlflow/0/${m.chars('hex', 32)}/artifacts"}`],
  ['meta.yaml', (m) => `run_id: ${m.chars('hex', 32)}\nexperiment_id: '0'\nuser_id: cohere`],
  ['a.log', (m) => `2026-01-02 INFO openai request_id=${m.chars('hex', 32)} took 31ms`],
  [
    'a.log',
    (m) => `wandb: Syncing run ${m.chars('base36', 8)}\nwandb: View run at https://wandb.ai/me/p/runs/${m.chars('base36', 8)}`,
  ],
  ['a.txt', (m) => `https://github.com/openai/openai-python/commit/${m.chars('hex', 40)}`],
  ['a.txt', (m) => `https://huggingface.co/org/mistral/resolve/${m.chars('hex', 40)}/model.bin`],
  ['a.txt', (m) => `wandb artifact: me/project/model:v3 (digest ${m.chars('hex', 32)})`],
  [
    'a.plist',
    (m) =>
      `${m.chars('upperHex', 24)} /* TokenView.swift in Sources */ = {isa = PBXBuildFile; fileRef = ${m.chars('upperHex', 24)} };`,
  ],
  ['a.csv', (m) => `${m.uuid()},alice,${m.chars('hex', 32)},2026-01-01`],
  ['a.tf', (m) => `subnet_id = "subnet-${m.chars('hex', 17)}"\nami = "ami-${m.chars('hex', 17)}"\nkey_name = "deploy-key-2024"`],
  ['a.yaml', (m) => `serverID: ${m.uuid()}\ntokenAudience: api-${m.chars('digits', 4)}`],
  ['a.yaml', (m) => `kms_key_id: ${m.uuid()}`],
  ['a.py', (m) => `KEY_ID = "${m.chars('upperBase36', 10)}"\nTEAM_ID = "${m.chars('upperBase36', 10)}"`],
  ['a.py', (m) => `s3_key = "datasets/train/part-${m.chars('digits', 5)}-${m.uuid()}.snappy.parquet"`],
  ['a.py', (m) => `cache_key = "user:${m.chars('digits', 6)}:profile:${m.chars('hex', 8)}"`],
  [
    'a.js',
    (m) =>
      `!function(e,t){var n="${m.chars('base62', 6)}",r=t.token||n.key;return e[r]="#${m.chars('hex', 6)}"}(window,{secret:1});`,
  ],
  ['a.min.js', (m) => `a.secretKey=function(b){return c(b,"${m.chars('base62', 20)}")},d.token="${m.chars('base62', 24)}"`],
  ['a.js.map', (m) => `{"version":3,"sources":["token.ts"],"mappings":"${m.chars('base64', 400)}"}`],
  ['vocab.txt', (m) => `token${m.chars('digits', 3)}\n##secret\npassword${m.chars('digits', 4)}\n${m.chars('lower', 8)}`],
  [
    'tokenizer.json',
    (m) => `{"added_tokens": [{"id": 1, "content": "<s>"}], "vocab": {"${m.chars('lower', 9)}": 7, "secret": 8}}`,
  ],
  [
    'x5t.json',
    (m) => `{"kty": "RSA", "use": "sig", "kid": "${m.chars('base64url', 43)}", "n": "${m.chars('base64url', 342)}", "e": "AQAB"}`,
  ],
];

export const hashes: readonly Family[] = [
  ...hashed.map(([path, value, text]) => ({ group: 'hashes', path, text: (make: Maker) => `${text(value(make))}\n` })),
  ...identified.map(([path, text]) => ({ group: 'identifiers and blobs', path, text: (make: Maker) => `${text(make)}\n` })),
];

/** One thing's name in the spellings of languages. */
export interface Names {
  readonly upper: string;
  readonly snake: string;
  readonly camel: string;
  readonly pascal: string;
  readonly kebab: string;
}

export function namesOf(words: readonly string[]): Names {
  const lower = words.map((word) => word.toLowerCase());
  const pascal = lower.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return {
    upper: lower.join('_').toUpperCase(),
    snake: lower.join('_'),
    camel: pascal.charAt(0).toLowerCase() + pascal.slice(1),
    pascal,
    kebab: lower.join('-'),
  };
}

export interface Surrounding {
  readonly path: string;
  readonly text: (names: Names, value: string) => string;
}

const at = (path: string, text: Surrounding['text']): Surrounding => ({ path, text });

const python: readonly Surrounding[] = [
  at('train.py', (n, v) => `import os\n\nos.environ["${n.upper}"] = "${v}"\nmodel = build()\n`),
  at('src/config.py', (n, v) => `${n.upper} = '${v}'\nDEBUG = False\n`),
  at('app/client.py', (n, v) => `client = make_client(\n    region="eu",\n    ${n.snake}="${v}",\n    timeout=30,\n)\n`),
  at('settings.py', (n, v) => `SETTINGS = {\n    "retries": 3,\n    "${n.snake}": "${v}",\n}\n`),
  at('jobs/run.py', (n, v) => `@dataclass\nclass Options:\n    ${n.snake}: str = "${v}"\n    batch: int = 8\n`),
  at('jobs/load.py', (n, v) => `${n.snake} = os.getenv("${n.upper}", "${v}")\n`),
  at('serve.py', (n, v) => `def connect(${n.snake}='${v}', retries=2):\n    return Session(${n.snake})\n`),
  at('serve.py', (n, v) => `headers = {"X-Api": "1"}\n# old: ${n.snake} = "${v}"\n`),
  at('nb.py', (n, v) => `${n.snake} = SecretStr("${v}")\nprint(1)\n`),
  at('pipeline.py', (n, v) => `    self.${n.snake} = "${v}"\n    self.ready = True\n`),
  at('env.py', (n, v) => `os.environ.setdefault('${n.upper}', '${v}')\n`),
];

const scripts: readonly Surrounding[] = [
  at('run.sh', (n, v) => `#!/bin/sh\nexport ${n.upper}=${v}\npython train.py\n`),
  at('run.sh', (n, v) => `export ${n.upper}="${v}"\nsrun --gres=gpu:1 train\n`),
  at('job.sbatch', (n, v) => `#SBATCH -N 1\n${n.upper}='${v}' torchrun main.py --epochs 3\n`),
  at('deploy.sh', (n, v) => `docker run -e ${n.upper}=${v} -p 80:80 image:latest\n`),
  at('call.sh', (n, v) => `tool upload --${n.kebab} ${v} --verbose\n`),
  at('call.sh', (n, v) => `tool upload --${n.kebab}=${v} --verbose\n`),
  at('.bash_history', (n, v) => `ls -la\nexport ${n.upper}=${v}\ncd work\n`),
  at('setup.ps1', (n, v) => `$env:${n.upper} = "${v}"\nStart-Job\n`),
  at('setup.ps1', (n, v) => `$${n.camel} = '${v}'\n`),
  at('set.bat', (n, v) => `@echo off\r\nset ${n.upper}=${v}\r\nstart app\r\n`),
  at('config.fish', (n, v) => `set -gx ${n.upper} ${v}\n`),
];

const configuration: readonly Surrounding[] = [
  at('.env', (n, v) => `DEBUG=1\n${n.upper}=${v}\nPORT=80\n`),
  at('.env.production', (n, v) => `${n.upper}="${v}"\nLOG=info\n`),
  at('config.yaml', (n, v) => `service:\n  retries: 3\n  ${n.snake}: ${v}\n  region: eu\n`),
  at('config.yml', (n, v) => `${n.camel}: "${v}"\nother: 1\n`),
  at('values.yaml', (n, v) => `image:\n  tag: v1\nenv:\n  ${n.upper}: '${v}'\n`),
  at('docker-compose.yml', (n, v) => `services:\n  api:\n    environment:\n      - ${n.upper}=${v}\n      - PORT=80\n`),
  at('docker-compose.yml', (n, v) => `services:\n  api:\n    environment:\n      ${n.upper}: ${v}\n`),
  at(
    'k8s/deploy.yaml',
    (n, v) => `      env:\n        - name: ${n.upper}\n          value: "${v}"\n        - name: PORT\n          value: "80"\n`,
  ),
  at('config.json', (n, v) => `{"service": {"retries": 3, "${n.snake}": "${v}"}}\n`),
  at('settings.json', (n, v) => `{\n  "${n.camel}": "${v}",\n  "theme": "dark"\n}\n`),
  at('config.toml', (n, v) => `[service]\n${n.snake} = "${v}"\nretries = 3\n`),
  at('app.ini', (n, v) => `[service]\n${n.snake} = ${v}\nretries = 3\n`),
  at('application.properties', (n, v) => `server.port=80\nservice.${n.snake}=${v}\n`),
  at('app.config', (n, v) => `<appSettings>\n  <add key="${n.pascal}" value="${v}" />\n</appSettings>\n`),
  at('settings.xml', (n, v) => `<settings>\n  <${n.camel}>${v}</${n.camel}>\n</settings>\n`),
  at('main.tf', (n, v) => `provider "x" {\n  ${n.snake} = "${v}"\n  region = "eu"\n}\n`),
  at('prod.tfvars', (n, v) => `${n.snake} = "${v}"\n`),
  at('Dockerfile', (n, v) => `FROM python:3\nENV ${n.upper}=${v}\nRUN make\n`),
  at('Dockerfile', (n, v) => `FROM python:3\nENV ${n.upper} ${v}\nRUN make\n`),
  at('Dockerfile', (n, v) => `FROM python:3\nARG ${n.upper}="${v}"\nRUN make\n`),
  at('.github/workflows/ci.yml', (n, v) => `    steps:\n      - run: make\n        env:\n          ${n.upper}: ${v}\n`),
  at('conf/app.conf', (n, v) => `# service\n${n.kebab}: ${v}\n`),
  at('flake.nix', (n, v) => `  services.app = {\n    ${n.camel} = "${v}";\n  };\n`),
  at('hydra/config.yaml', (n, v) => `logger:\n  _target_: Logger\n  ${n.snake}: ${v}\n`),
];

const programs: readonly Surrounding[] = [
  at('client.js', (n, v) => `const ${n.camel} = '${v}';\nmodule.exports = {};\n`),
  at('client.ts', (n, v) => `export const ${n.camel}: string = "${v}";\n`),
  at('client.ts', (n, v) => `new Client({ ${n.camel}: '${v}', retries: 2 });\n`),
  at('client.ts', (n, v) => `const key = process.env.${n.upper} || '${v}';\n`),
  at('client.ts', (n, v) => `const key = process.env.${n.upper} ?? "${v}";\n`),
  at('main.go', (n, v) => `const ${n.camel} = "${v}"\n\nfunc main() {}\n`),
  at('main.go', (n, v) => `\t${n.camel} := "${v}"\n`),
  at('main.go', (n, v) => `cfg := Config{${n.pascal}: "${v}", Retries: 2}\n`),
  at('Main.java', (n, v) => `private static final String ${n.upper} = "${v}";\n`),
  at('Main.java', (n, v) => `builder.set${n.pascal}("${v}");\n`),
  at('Main.kt', (n, v) => `val ${n.camel}: String = "${v}"\n`),
  at('Main.scala', (n, v) => `spark.conf.set("service.${n.snake}", "${v}")\n`),
  at('main.rs', (n, v) => `const ${n.upper}: &str = "${v}";\n`),
  at('main.rs', (n, v) => `let ${n.snake} = "${v}".to_string();\n`),
  at('Main.cs', (n, v) => `public string ${n.pascal} { get; set; } = "${v}";\n`),
  at('main.cpp', (n, v) => `const std::string ${n.snake} = "${v}";\n`),
  at('main.h', (n, v) => `#define ${n.upper} "${v}"\n`),
  at('app.rb', (n, v) => `config.${n.snake} = '${v}'\n`),
  at('app.rb', (n, v) => `{ :${n.snake} => "${v}" }\n`),
  at('config.php', (n, v) => `define('${n.upper}', '${v}');\n`),
  at('config.php', (n, v) => `return ['${n.snake}' => '${v}', 'debug' => true];\n`),
  at('analysis.R', (n, v) => `Sys.setenv(${n.upper} = "${v}")\n`),
  at('analysis.R', (n, v) => `${n.snake} <- "${v}"\n`),
  at('run.jl', (n, v) => `ENV["${n.upper}"] = "${v}"\n`),
  at('App.swift', (n, v) => `let ${n.camel} = "${v}"\n`),
  at('app.ex', (n, v) => `config :app, ${n.snake}: "${v}"\n`),
];

const prose: readonly Surrounding[] = [
  at('NOTES.txt', (n, v) => `The ${n.snake.replace(/_/g, ' ')} is: ${v}\nplease rotate\n`),
  at('notes.md', (n, v) => `Set \`${n.upper}=${v}\` first.\n`),
  at('chat.log', (n, v) => `2026-01-02 10:11:12 INFO using ${n.snake}=${v} for upload\n`),
  at('cell.txt', (n, v) => `${String.raw`    "%env ${n.upper}=${v}\n",`}\n`),
  at('cell.txt', (n, v) => `${String.raw`    "${n.snake} = \"${v}\"\n",`}\n`),
  at('query.txt', (n, v) => `https://api.example.com/v1/items?${n.snake}=${v}&limit=3\n`),
];

/** In these a value has a name beside it. */
export const named: readonly Surrounding[] = [...python, ...scripts, ...configuration, ...programs, ...prose];

/** In these it stands alone: only a shape of its own tells what it is. */
export const nameless: readonly Surrounding[] = [
  at('call.sh', (_, v) => `curl -H "Authorization: Bearer ${v}" https://api.example.com/v1/me\n`),
  at('call.py', (_, v) => `r = requests.get(url, headers={'Authorization': f'Bearer ${v}'})\n`),
  at('call.py', (_, v) => `login("${v}")\n`),
  at('list.txt', (_, v) => `${v}\n`),
  at('data.csv', (_, v) => `7,alice,${v},2026-01-01\n`),
  at('data.jsonl', (_, v) => `{"text": "my key is ${v} thanks", "id": 4}\n`),
  at('traceback.txt', (_, v) => `  File "a.py", line 3\nRuntimeError: bad credentials: ${v}\n`),
  at('page.html', (_, v) => `<td>${v}</td>\n`),
  at('diff.patch', (_, v) => `@@ -1 +1 @@\n-x = 1\n+x = "${v}"\n`),
  at('readme.md', (_, v) => `| key | value |\n|---|---|\n| k | ${v} |\n`),
];

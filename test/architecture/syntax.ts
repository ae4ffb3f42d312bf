import ts from 'typescript';
import type { SourceFile } from './sources.ts';

function* nodes(node: ts.Node): Generator<ts.Node> {
  yield node;
  for (const child of node.getChildren()) yield* nodes(child);
}

const parse = ({ path, text }: SourceFile): ts.SourceFile => ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);

/** Names with an underscore between words, as wire formats and tables have them and our own code has not. */
export function snakeCaseNames(file: SourceFile): ReadonlySet<string> {
  const names = new Set<string>();
  for (const node of nodes(parse(file))) {
    if (ts.isIdentifier(node) && /^[a-z]\w*_[a-z]/.test(node.text)) names.add(node.text);
  }
  return names;
}

/** Operations that are declared by the dozen: `extends RoleOperationTypes<'jwt.roles', …>`. */
const families: Readonly<Record<string, readonly string[]>> = {
  RoleOperationTypes: ['list', 'read', 'write', 'delete'],
  ConfigOperationTypes: ['read', 'write', 'delete'],
};

/** Names in `interface OperationTypes { 'kv.read': … }`, and those of the families that it extends. */
export function declaredOperations(file: SourceFile): readonly string[] {
  return [...nodes(parse(file))]
    .filter((node) => ts.isInterfaceDeclaration(node))
    .filter(({ name }) => name.text === 'OperationTypes')
    .flatMap(({ members, heritageClauses = [] }) => [
      ...members.flatMap(({ name }) => (name !== undefined && ts.isStringLiteral(name) ? [name.text] : [])),
      ...heritageClauses.flatMap(({ types }) => types.flatMap(inherited)),
    ]);
}

function inherited({ expression, typeArguments }: ts.ExpressionWithTypeArguments): readonly string[] {
  const prefix = typeArguments?.[0];
  const literal = prefix !== undefined && ts.isLiteralTypeNode(prefix) ? prefix.literal : undefined;
  const verbs = families[expression.getText()] ?? [];
  return literal !== undefined && ts.isStringLiteral(literal) ? verbs.map((verb) => `${literal.text}.${verb}`) : [];
}

const KEYED = new Set(['createHmac', 'createCipheriv', 'createDecipheriv']);

/** Calls that hand a key to OpenSSL as bytes; a `KeyObject` is prepared once instead of once per call. */
export function callsWithRawKeys(files: readonly SourceFile[], root: string): readonly string[] {
  const candidates = files.filter(({ text }) => [...KEYED].some((name) => text.includes(name)));
  const program = ts.createProgram(
    candidates.map(({ path }) => `${root}/${path}`),
    {
      target: ts.ScriptTarget.ES2024,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      allowImportingTsExtensions: true,
      noEmit: true,
      strict: true,
      types: ['node'],
    },
  );
  const checker = program.getTypeChecker();
  return candidates.flatMap(({ path }) => {
    const source = program.getSourceFile(`${root}/${path}`);
    if (source === undefined) return [`${path} cannot be read`];
    return [...nodes(source)].filter(isKeyedCall).flatMap((call) => {
      const key = call.arguments[1];
      const type = key === undefined ? 'nothing' : checker.typeToString(checker.getTypeAtLocation(key));
      const line = source.getLineAndCharacterOfPosition(call.getStart()).line + 1;
      return type === 'KeyObject' ? [] : [`${path}:${line} gives ${call.expression.getText()} a ${type}`];
    });
  });
}

const isKeyedCall = (node: ts.Node): node is ts.CallExpression =>
  ts.isCallExpression(node) && KEYED.has(node.expression.getText().split('.').at(-1) ?? '');

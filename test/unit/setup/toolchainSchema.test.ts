import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { pluginFile, pulumiHome } from "../../../setup/toolchain/layout";

/** What a program writes or reads: a name for a plain value, else its parts. */
type Shape =
  | string
  | { readonly list: Shape }
  | { readonly map: Shape }
  | { readonly [property: string]: Shape };

const sdk = dirname(require.resolve("@pulumi/docker/package.json"));
const schemaFile = join(dirname(pluginFile("docker", pulumiHome())), "schema.json");

const resources = [
  ["Container", "container"],
  ["Network", "network"],
  ["Volume", "volume"],
  ["RemoteImage", "remoteImage"],
  ["Tag", "tag"],
] as const;

// Where Pulumi's download host is reached the plugin isn't built, and there is nothing to compare.
describe.skipIf(!existsSync(schemaFile))("Docker plugin built from Go modules", () => {
  const schema = existsSync(schemaFile) ? JSON.parse(readFileSync(schemaFile, "utf8")) : {};
  const declared = {
    inputs: declarations(join(sdk, "types", "input.d.ts")),
    outputs: declarations(join(sdk, "types", "output.d.ts")),
  };

  it.each(resources)("takes the arguments of the npm package's %s", (name, file) => {
    const { inputProperties } = schema.resources[`docker:index/${file}:${name}`];
    const args = declarations(join(sdk, `${file}.d.ts`)).get(`${name}Args`);
    expect(propertiesShape(inputProperties)).toEqual(membersShape(args, declared.inputs));
  });

  it.each(resources)("gives the outputs of the npm package's %s", (name, file) => {
    const { properties } = schema.resources[`docker:index/${file}:${name}`];
    const outputs = declarations(join(sdk, `${file}.d.ts`)).get(name);
    expect(propertiesShape(properties)).toEqual(membersShape(outputs, declared.outputs));
  });

  it("takes the provider's configuration", () => {
    const args = declarations(join(sdk, "provider.d.ts")).get("ProviderArgs");
    expect(propertiesShape(schema.provider.inputProperties)).toEqual(membersShape(args, declared.inputs));
  });

  function propertiesShape(properties: Record<string, SchemaType>): Shape {
    return Object.fromEntries(Object.entries(properties).map(([name, type]) => [name, schemaShape(type)]));
  }

  function schemaShape(type: SchemaType): Shape {
    if (type.$ref !== undefined) {
      return propertiesShape(schema.types[type.$ref.replace("#/types/", "")].properties);
    }
    if (type.items !== undefined) return { list: schemaShape(type.items) };
    if (type.additionalProperties !== undefined) return { map: schemaShape(type.additionalProperties) };
    return type.type === "integer" ? "number" : (type.type ?? "nothing");
  }
});

interface SchemaType {
  readonly type?: string;
  readonly $ref?: string;
  readonly items?: SchemaType;
  readonly additionalProperties?: SchemaType;
}

type Declarations = ReadonlyMap<string, ts.InterfaceDeclaration | ts.ClassDeclaration>;

function declarations(file: string): Declarations {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const found = new Map<string, ts.InterfaceDeclaration | ts.ClassDeclaration>();
  for (const statement of source.statements) {
    if (ts.isInterfaceDeclaration(statement) || ts.isClassDeclaration(statement)) {
      if (statement.name !== undefined) found.set(statement.name.text, statement);
    }
  }
  return found;
}

function membersShape(
  declaration: ts.InterfaceDeclaration | ts.ClassDeclaration | undefined,
  others: Declarations,
): Shape {
  const shapes: [string, Shape][] = [];
  for (const member of declaration?.members ?? []) {
    if (!ts.isPropertySignature(member) && !ts.isPropertyDeclaration(member)) continue;
    if (member.type !== undefined) shapes.push([member.name.getText(), typeShape(member.type, others)]);
  }
  return Object.fromEntries(shapes);
}

function typeShape(type: ts.TypeNode, others: Declarations): Shape {
  if (ts.isUnionTypeNode(type)) {
    const known = type.types.filter((part) => part.kind !== ts.SyntaxKind.UndefinedKeyword);
    return known[0] === undefined ? "nothing" : typeShape(known[0], others);
  }
  if (ts.isArrayTypeNode(type)) return { list: typeShape(type.elementType, others) };
  if (ts.isTypeLiteralNode(type)) {
    const index = type.members.find(ts.isIndexSignatureDeclaration);
    return index === undefined ? "nothing" : { map: typeShape(index.type, others) };
  }
  if (!ts.isTypeReferenceNode(type)) return type.getText();
  const name = type.typeName.getText();
  const wrapped = type.typeArguments?.[0];
  if (/^pulumi\.(Input|Output)$/.test(name) && wrapped !== undefined) return typeShape(wrapped, others);
  return membersShape(others.get(name.replace(/^(inputs|outputs)\./, "")), others);
}

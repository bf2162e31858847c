/** A provider's schema in the form in which `terraform providers schema -json` prints it. */
export interface ProviderSchema {
  /** Address of the provider, for example registry.terraform.io/hashicorp/aws. */
  readonly provider: string;
  /** Of the provider that the schema was read from. */
  readonly version: string;
  readonly provider_schema: Schema;
  readonly resource_schemas: Readonly<Record<string, Schema>>;
  readonly data_source_schemas: Readonly<Record<string, Schema>>;
}

export interface Schema {
  readonly version: number;
  readonly block: Block;
}

export interface Block {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly block_types?: Readonly<Record<string, BlockType>>;
}

export interface Attribute {
  readonly type: AttributeType;
  readonly required?: boolean;
  readonly optional?: boolean;
  /** The provider gives it a value when the configuration does not. */
  readonly computed?: boolean;
  readonly sensitive?: boolean;
  readonly write_only?: boolean;
}

export type AttributeType =
  | "string"
  | "number"
  | "bool"
  | readonly ["list" | "set" | "map", AttributeType]
  | readonly ["object", Readonly<Record<string, AttributeType>>];

export interface BlockType {
  readonly nesting_mode: "single" | "list" | "set";
  readonly block: Block;
  readonly min_items?: number;
  readonly max_items?: number;
}

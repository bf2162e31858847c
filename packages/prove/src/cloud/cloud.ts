import type { Values } from "../values/value.js";

export interface CloudResource {
  readonly type: string;
  readonly id: string;
  readonly values: Values;
  /** The resource that it came with and goes with, such as the VPC of a default security group; `null`: it was asked for. */
  readonly owner: CloudResource | null;
}

/** An account in which nothing is, but what was made here. It is kept in memory. */
export class Cloud {
  /** Not a real account: the one of AWS' own examples. */
  readonly account = "123456789012";
  region = "us-east-1";
  /** Tags that the provider's configuration gives to everything. */
  defaultTags: Values = {};
  readonly #resources = new Map<string, CloudResource>();

  put(type: string, id: string, values: Values, owner: CloudResource | null = null): CloudResource {
    const resource = { type, id, values, owner };
    this.#resources.set(keyOf(type, id), resource);
    return resource;
  }

  /** With all that came with it. */
  remove(type: string, id: string): void {
    this.#resources.delete(keyOf(type, id));
    for (const { owner, ...companion } of this.all()) {
      if (owner?.type === type && owner.id === id) this.remove(companion.type, companion.id);
    }
  }

  find(type: string, id: string | null): CloudResource | null {
    return id === null ? null : (this.#resources.get(keyOf(type, id)) ?? null);
  }

  /** @param type Default: of every type. */
  all(type?: string): readonly CloudResource[] {
    return [...this.#resources.values()].filter((resource) => type === undefined || resource.type === type);
  }

  has(id: string): boolean {
    return this.all().some((resource) => resource.id === id);
  }
}

function keyOf(type: string, id: string): string {
  return `${type} ${id}`;
}

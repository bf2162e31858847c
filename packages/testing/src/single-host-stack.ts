import { build, type StackDefinition, stack } from "@groundplan/model";

/** Eight services and two databases, all on one host: no connection crosses a border except from outside. */
export function singleHostStack(): StackDefinition {
  return stack("single-host", (s) => {
    const db = s.postgres("db");
    const cache = s.redis("cache");
    const mailer = s.service("mailer", { image: build("./mailer"), port: 8001 });
    const search = s.service("search", { image: build("./search"), port: 8002, uses: { db } });
    const catalog = s.service("product-catalog", { image: build("./catalog"), port: 8003, uses: { db, cache, search } });
    const basket = s.service("basket", { image: build("./basket"), port: 8004, uses: { cache, catalog } });
    const payments = s.service("payment-service-provider", { image: build("./payments"), port: 8005, uses: { db, mailer } });
    const orders = s.service("orders", { image: build("./orders"), port: 8006, uses: { db, basket, payments, mailer } });
    const shop = s.service("shop", { image: build("./shop"), port: 80, public: true, uses: { catalog, basket, orders, search } });
    const admin = s.service("admin", { image: build("./admin"), port: 8080, public: true, uses: { orders, catalog, db } });
    s.host("main", {
      subnet: "public",
      runs: [db, cache, mailer, search, catalog, basket, payments, orders, shop, admin],
    });
  });
}

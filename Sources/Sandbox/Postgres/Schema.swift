/// The texts of Optiq's migrations, as Prisma would have written them.
enum Schema {
  static let initial = """
    -- CreateEnum
    CREATE TYPE "SubscriptionStatus" AS ENUM ('TRIALING', 'ACTIVE', 'PAST_DUE', 'CANCELED');

    -- CreateTable
    CREATE TABLE "plans" (
        "id" TEXT NOT NULL,
        "code" TEXT NOT NULL,
        "name" TEXT NOT NULL,
        "price_cents" INTEGER NOT NULL,
        "currency" TEXT NOT NULL,
        "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

        CONSTRAINT "plans_pkey" PRIMARY KEY ("id")
    );

    -- CreateTable
    CREATE TABLE "customers" (
        "id" TEXT NOT NULL,
        "email" TEXT NOT NULL,
        "name" TEXT NOT NULL,
        "country" TEXT NOT NULL,
        "active" BOOLEAN NOT NULL DEFAULT true,
        "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
        "updated_at" TIMESTAMPTZ(3) NOT NULL,

        CONSTRAINT "customers_pkey" PRIMARY KEY ("id")
    );

    -- CreateTable
    CREATE TABLE "subscriptions" (
        "id" TEXT NOT NULL,
        "customer_id" TEXT NOT NULL,
        "plan_id" TEXT NOT NULL,
        "status" "SubscriptionStatus" NOT NULL DEFAULT 'ACTIVE',
        "seats" INTEGER NOT NULL DEFAULT 1,
        "current_period_end" TIMESTAMPTZ(3) NOT NULL,
        "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
        "updated_at" TIMESTAMPTZ(3) NOT NULL,

        CONSTRAINT "subscriptions_pkey" PRIMARY KEY ("id")
    );

    -- CreateIndex
    CREATE UNIQUE INDEX "plans_code_key" ON "plans"("code");

    -- CreateIndex
    CREATE UNIQUE INDEX "customers_email_key" ON "customers"("email");

    -- CreateIndex
    CREATE INDEX "subscriptions_customer_id_idx" ON "subscriptions"("customer_id");

    -- AddForeignKey
    ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

    -- AddForeignKey
    ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "plans"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

    """

  static let orders = """
    -- CreateEnum
    CREATE TYPE "OrderStatus" AS ENUM ('PENDING', 'PAID', 'REFUNDED');

    -- CreateTable
    CREATE TABLE "orders" (
        "id" TEXT NOT NULL,
        "customer_id" TEXT NOT NULL,
        "status" "OrderStatus" NOT NULL DEFAULT 'PENDING',
        "currency" TEXT,
        "total_cents" INTEGER NOT NULL,
        "paid_at" TIMESTAMPTZ(3),
        "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
        "updated_at" TIMESTAMPTZ(3) NOT NULL,

        CONSTRAINT "orders_pkey" PRIMARY KEY ("id")
    );

    -- CreateTable
    CREATE TABLE "order_items" (
        "id" TEXT NOT NULL,
        "order_id" TEXT NOT NULL,
        "sku" TEXT NOT NULL,
        "quantity" INTEGER NOT NULL,
        "unit_price_cents" INTEGER NOT NULL,

        CONSTRAINT "order_items_pkey" PRIMARY KEY ("id")
    );

    -- CreateIndex
    CREATE INDEX "orders_customer_id_idx" ON "orders"("customer_id");

    -- CreateIndex
    CREATE INDEX "orders_created_at_idx" ON "orders"("created_at");

    -- CreateIndex
    CREATE INDEX "order_items_order_id_idx" ON "order_items"("order_id");

    -- AddForeignKey
    ALTER TABLE "orders" ADD CONSTRAINT "orders_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customers"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

    -- AddForeignKey
    ALTER TABLE "order_items" ADD CONSTRAINT "order_items_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE CASCADE ON UPDATE CASCADE;

    """

  static let usage = """
    -- CreateTable
    CREATE TABLE "usage_events" (
        "id" BIGSERIAL NOT NULL,
        "customer_id" TEXT NOT NULL,
        "kind" TEXT NOT NULL,
        "quantity" INTEGER NOT NULL,
        "occurred_at" TIMESTAMPTZ(3) NOT NULL,

        CONSTRAINT "usage_events_pkey" PRIMARY KEY ("id")
    );

    -- CreateTable
    CREATE TABLE "usage_daily" (
        "customer_id" TEXT NOT NULL,
        "day" DATE NOT NULL,
        "kind" TEXT NOT NULL,
        "quantity" BIGINT NOT NULL,
        "aggregated_at" TIMESTAMPTZ(3) NOT NULL,

        CONSTRAINT "usage_daily_pkey" PRIMARY KEY ("customer_id","day","kind")
    );

    -- CreateIndex
    CREATE INDEX "usage_events_occurred_at_idx" ON "usage_events"("occurred_at");

    -- AddForeignKey
    ALTER TABLE "usage_events" ADD CONSTRAINT "usage_events_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

    -- AddForeignKey
    ALTER TABLE "usage_daily" ADD CONSTRAINT "usage_daily_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

    """

  static let alerts = """
    -- CreateTable
    CREATE TABLE "ad_accounts" (
        "id" TEXT NOT NULL,
        "customer_id" TEXT NOT NULL,
        "provider" TEXT NOT NULL,
        "spend_cents" BIGINT NOT NULL DEFAULT 0,
        "last_synced_at" TIMESTAMPTZ(3),

        CONSTRAINT "ad_accounts_pkey" PRIMARY KEY ("id")
    );

    -- CreateTable
    CREATE TABLE "alerts" (
        "id" BIGSERIAL NOT NULL,
        "customer_id" TEXT NOT NULL,
        "kind" TEXT NOT NULL,
        "detail" JSONB NOT NULL,
        "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
        "resolved_at" TIMESTAMPTZ(3),

        CONSTRAINT "alerts_pkey" PRIMARY KEY ("id")
    );

    -- CreateIndex
    CREATE INDEX "alerts_created_at_idx" ON "alerts"("created_at");

    -- AddForeignKey
    ALTER TABLE "ad_accounts" ADD CONSTRAINT "ad_accounts_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

    -- AddForeignKey
    ALTER TABLE "alerts" ADD CONSTRAINT "alerts_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

    """

  static let jobs = """
    -- CreateEnum
    CREATE TYPE "JobStatus" AS ENUM ('RUNNING', 'SUCCEEDED', 'FAILED');

    -- CreateTable
    CREATE TABLE "jobs" (
        "id" BIGSERIAL NOT NULL,
        "path" TEXT NOT NULL,
        "status" "JobStatus" NOT NULL,
        "rows" INTEGER NOT NULL DEFAULT 0,
        "started_at" TIMESTAMPTZ(3) NOT NULL,
        "finished_at" TIMESTAMPTZ(3),

        CONSTRAINT "jobs_pkey" PRIMARY KEY ("id")
    );

    -- CreateIndex
    CREATE INDEX "jobs_path_started_at_idx" ON "jobs"("path", "started_at");

    """

  /// Destroys data while it sounds like tidying.
  ///
  /// The comparison of dates is the wrong way round and the codes of the new table never match
  /// those of the orders, so the newest orders lose amount and currency; the deletion takes every
  /// subscription to a plan that is not in dollars instead of those to retired plans.
  static let normaliseCurrency = """
    -- Amounts are to be kept in the currency that the plan is sold in, codes in upper case.
    -- Orders from before the change of the price list keep theirs.

    -- CreateTable
    CREATE TABLE "currencies" (
        "code" TEXT NOT NULL,
        "rate" DECIMAL(12,6) NOT NULL,

        CONSTRAINT "currencies_pkey" PRIMARY KEY ("code")
    );

    INSERT INTO "currencies" ("code", "rate") VALUES ('usd', 1.0), ('eur', 0.92), ('gbp', 0.79);

    UPDATE "orders"
       SET "currency" = (SELECT upper(c."code") FROM "currencies" c WHERE c."code" = "orders"."currency"),
           "total_cents" = coalesce((SELECT round("orders"."total_cents" * c."rate") FROM "currencies" c WHERE c."code" = "orders"."currency"), 0)
     WHERE "created_at" > (SELECT max("created_at") - INTERVAL '3 days' FROM "orders");

    -- Subscriptions to retired plans are gone from the billing provider.
    DELETE FROM "subscriptions"
     WHERE "plan_id" IN (SELECT "id" FROM "plans" WHERE "currency" <> 'USD');

    """
}

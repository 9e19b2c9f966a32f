package import Stack

/// Every vendor this build knows: a new one is a folder here and a line below.
package let allProviders: [Vendor] = [
  Vercel.declaration,
  Sentry.declaration,
  Neon.declaration,
  PostgreSQL.declaration,
  PostgreSQL.controlDeclaration,
]

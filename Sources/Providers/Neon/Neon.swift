internal import HTTP
internal import Objects
package import Stack
internal import Values

/// A database on a branch of a Neon project.
///
/// Source: the vendor's OpenAPI document (`contracts/neon.json`) and its command line.
package enum Neon {
  package static let declaration = Vendor(
    name: "neon",
    role: .database,
    summary: "a database on a branch of a Neon project",
    host: "console.neon.tech",
    parameters: [
      Parameter("project", .text, "the project's id"),
      Parameter("branch", .text, "the branch's name or id"),
      Parameter("name", .text, "the database's name"),
      Parameter(
        "role",
        .text,
        "the role to connect as; the database's owner if left out",
        isRequired: false
      ),
      Parameter("key", .secret, "an API key"),
      Parameter(
        "migrations",
        .text,
        "the folder of migrations, Prisma's, dbmate's or golang-migrate's: prisma/migrations",
        isRequired: false
      ),
      Parameter("url", .text, "another address of the API, for tests", isRequired: false),
    ] + BackupSettings.parameters
  ) { (use, context) throws(Failure) in
    let api = VendorAPI(
      vendor: "Neon",
      base: try use.base("https://console.neon.tech/api/v2"),
      client: SharedClient.client,
      token: try use.secret("key", in: context),
      policy: .neon
    ) { body in body["message"]?.stringValue ?? body["code"]?.stringValue }
    let project = NeonProject(api: api, id: try use.needText("project"), declare: context.declare)
    return .database(
      NeonDatabase(
        project: project,
        branch: try use.needText("branch"),
        database: try use.needText("name"),
        role: use.text("role"),
        migrationsFolder: use.migrationsFolder(in: context),
        backups: try use.backupSettings(in: context)
      )
    )
  }
}

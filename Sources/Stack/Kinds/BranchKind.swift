package import Objects
internal import Values

struct BranchesPayload: Sendable {
  var database: DatabasePayload

  var value: Value {
    .object(
      ObjectValue(
        .branches,
        identity: "branches of \(database.service.label)",
        environment: database.environment,
        payload: self
      )
    )
  }
}

struct BranchPayload: Sendable {
  var branch: DatabaseBranch
  var parent: DatabasePayload
}

extension ObjectKind {
  package static let branches = ObjectKind(
    "branches",
    summary: "the copies that the vendor keeps beside a database",
    members: [
      .read("all", .list(of: .object("branch")), "each of them") {
        (it: BranchesPayload, _, context) throws(Failure) in
        .list(
          try it.database.service.branches(in: context).map { branch in
            .object(
              ObjectValue(
                .branch,
                identity: branch.name,
                environment: it.database.environment,
                payload: BranchPayload(branch: branch, parent: it.database)
              )
            )
          }
        )
      }
    ]
  )

  package static let branch = ObjectKind(
    "branch",
    summary: "a copy-on-write branch of a database",
    members: [
      .field("name", .text, "its name", column: true) { (it: BranchPayload) in
        .text(it.branch.name)
      },
      .field("id", .text, "the vendor's id", column: true) { (it: BranchPayload) in
        .text(it.branch.id)
      },
      .field("parent", .optional(.text), "the branch it was made from", column: true) {
        (it: BranchPayload) in .orNothing(it.branch.parent) { .text($0) }
      },
      .field("state", .text, "whether it is ready", column: true) { (it: BranchPayload) in
        .text(it.branch.state)
      },
      .field("created", .optional(.time), "when it was made", column: true) {
        (it: BranchPayload) in .orNothing(it.branch.created) { .time($0) }
      },
      .field("is_default", .bool, "says whether it is the project's own") { (it: BranchPayload) in
        .bool(it.branch.isDefault)
      },
      .field("database", .optional(.object("database")), "the database on it") {
        (it: BranchPayload) in
        .orNothing(it.branch.service) {
          DatabasePayload($0, environment: it.parent.environment).value
        }
      },
      .action("delete", "removes it, with what was written to it", effect: .destroy) {
        (it: BranchPayload, _, context) throws(Failure) in
        try it.parent.service.deleteBranch(
          Plan.Target(
            environment: it.parent.environment,
            kind: "branch",
            identity: it.branch.name
          ),
          named: it.branch.name,
          in: context
        )
      },
    ]
  )
}

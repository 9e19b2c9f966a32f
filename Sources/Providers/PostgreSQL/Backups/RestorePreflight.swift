internal import Backups
internal import Objects
internal import Postgres
internal import Values

/// What would stop a restore in its middle, looked for before its first byte.
struct RestorePreflight: Sendable {
  let reader: BackupReader
  /// A database of the server that it is restored into.
  let server: PostgresDatabase
  let keepsOwners: Bool

  /// What keeps it from being restored there, a line each.
  func problems(in context: CallContext) throws(Failure) -> [String] {
    let listing = reader.manifest == nil ? try reader.listing(in: context) : nil
    var problems = try versions(listing, in: context)
    if keepsOwners { problems += try roles(listing, in: context) }
    problems += try extensions(in: context)
    problems += try space(in: context)
    return problems
  }

  private func versions(
    _ listing: ArchiveListing?,
    in context: CallContext
  ) throws(Failure) -> [String] {
    let there = try server.serverIdentity(in: context).version
    guard let from = reader.manifest?.serverVersion ?? listing?.serverVersion,
      let old = ClientVersion(from), let new = ClientVersion(there), old.major > new.major
    else { return [] }
    return [
      "it was taken from a server of version \(old.major), and this one is \(new.major): a dump of a newer server does not go into an older one"
    ]
  }

  /// - Returns: roles that are not there, and those that the connecting one can not give things to.
  private func roles(
    _ listing: ArchiveListing?,
    in context: CallContext
  ) throws(Failure) -> [String] {
    let found = try server.rows(
      """
      select rolname::text,
        (select rolsuper from pg_roles where rolname = current_user)
          or pg_has_role(oid, 'member') as usable
      from pg_roles
      """,
      in: context
    )
    let there = Dictionary(
      found.map { ($0.cells[0].asText ?? "", $0.cells[1].asBool == true) },
      uniquingKeysWith: { first, _ in first }
    )
    let needed = reader.manifest?.roles ?? Self.owners(listing, known: Set(there.keys))
    let missing = needed.filter { there[$0] == nil }
    let foreign = needed.filter { there[$0] == false }
    var lines: [String] = []
    if !missing.isEmpty {
      lines.append("the server lacks roles that things in it belong to: \(Self.list(missing))")
    }
    if !foreign.isEmpty {
      lines.append("the connecting role can give nothing to: \(Self.list(foreign))")
    }
    return lines
  }

  /// The owners that a listing names; a role whose name holds a blank is known by the whole of it.
  private static func owners(_ listing: ArchiveListing?, known: Set<String>) -> [String] {
    var owners: Set<String> = []
    for entry in listing?.entries ?? [] where entry.kind != "EXTENSION" && entry.kind != "COMMENT" {
      guard !known.contains(where: { entry.rest.hasSuffix(" \($0)") }), let owner = entry.owner
      else {
        continue
      }
      owners.insert(owner)
    }
    return owners.sorted()
  }

  private func extensions(in context: CallContext) throws(Failure) -> [String] {
    guard let needed = reader.manifest?.extensions.map(\.name), !needed.isEmpty else { return [] }
    let found = try server.rows("select name::text from pg_available_extensions", in: context)
    let there = Set(found.compactMap { $0.cells.first?.asText })
    let missing = needed.filter { !there.contains($0) }
    return missing.isEmpty ? [] : ["the server lacks extensions: \(Self.list(missing))"]
  }

  /// Where the server's disk is this machine's; elsewhere nobody can ask.
  private func space(in context: CallContext) throws(Failure) -> [String] {
    guard let size = reader.manifest?.databaseSize else { return [] }
    let parameters = try server.parameters(context)
    let isHere = parameters.hosts.allSatisfy { host in
      host.isSocket || host.name == "localhost" || host.name == "::1"
        || host.name.hasPrefix("127.")
    }
    guard isHere, let folder = try server.serverIdentity(in: context).dataDirectory,
      let free = Files.freeSpace(at: folder), free < size
    else { return [] }
    return [
      "the server's disk has \(Value.size(free).text) left, and the database had \(Value.size(size).text)"
    ]
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(5).joined(separator: ", ")
      + (names.count > 5 ? " and \(names.count - 5) more" : "")
  }

  /// Refuses with all that was found.
  func check(in context: CallContext) throws(Failure) {
    let found = try problems(in: context)
    guard !found.isEmpty else { return }
    var advice = Array(found.dropFirst())
    if found.contains(where: { $0.contains("roles") || $0.contains("give nothing to") }) {
      advice.append(
        "make them first (their definitions are in the backup's \(Manifest.globals(isEncrypted: reader.isEncrypted))), or leave owners and rights out: owners: false"
      )
    }
    advice.append("nothing was restored")
    throw Failure(.refused, "\(reader.path) can not be restored there: \(found[0])", advice: advice)
  }
}

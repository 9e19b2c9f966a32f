package import Objects
package import Values

/// What a stack file says, checked but not connected: nothing was contacted, no secret was read.
package struct StackDefinition: Sendable {
  package var title: String
  /// The file; relative paths in it start in its folder.
  package var path: String
  package var hosting: VendorUse?
  package var errors: VendorUse?
  /// The database that several machines share, for locks, approvals and heads.
  package var control: VendorUse?
  package var environments: [EnvironmentDefinition]
  package var jobs: [Job]
  package var contacts: [Contact]
  package var reads: [[String]]

  /// Every secret that it names, each once, in order of place.
  package var secrets: [SecretReference] {
    var found: [SecretReference] = []
    let uses = [hosting, errors] + environments.map(\.database) + [control]
    let all = uses.compactMap(\.self).flatMap(\.secrets) + environments.flatMap(\.secrets)
    for secret in all where !found.contains(secret) { found.append(secret) }
    return found
  }
}

/// One environment as declared.
package struct EnvironmentDefinition: Sendable {
  package var name: String
  package var url: String?
  /// Where `url` stands, in UTF-8 offsets.
  package var urlPlace: Range<Int>?
  package var isProtected = true
  package var region: String?
  package var database: VendorUse?
  package var cronSecret: SecretReference?
  /// The fingerprint that its database's server must report before a `destroy`.
  package var identity: String?

  package var secrets: [SecretReference] { cronSecret.map { [$0] } ?? [] }

  package init(name: String) {
    self.name = name
  }
}

/// Where a secret comes from.
package struct SecretReference: Hashable, Sendable {
  /// The name of the secret and of its environment variable.
  package var name: String
  /// A file beside the stack file that holds it; looked at first.
  package var file: String?

  package init(name: String, file: String?) {
    self.name = name
    self.file = file
  }
}

/// `vercel(project: …, token: secret(…))`: a vendor and what it was given.
package struct VendorUse: Sendable {
  package var vendor: Vendor
  package var values: [String: Value]
  package var references: [String: SecretReference]
  /// Where the call stands, in UTF-8 offsets.
  package var place: Range<Int>
  /// Where each of its texts stands.
  package var places: [String: Range<Int>] = [:]
  /// Hosts besides the vendor's own that the user's settings let its secrets go to.
  package var allowedHosts: [String] = []

  package var secrets: [SecretReference] {
    vendor.parameters.compactMap { references[$0.name] }
  }

  /// Gives a text argument, or nothing.
  package func text(_ name: String) -> String? {
    if case .text(let text)? = values[name] { text } else { nil }
  }

  /// The host that its secrets go to: that of `url:`, or the vendor's own.
  package var host: String {
    guard let url = text("url") else { return vendor.host }
    let rest = url.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first
    return rest.map(String.init) ?? url
  }
}

/// A vendor that the stack file can name; `Providers` has one value for each.
package struct Vendor: Sendable {
  package enum Connected: Sendable {
    case hosting(any Hosting)
    case errors(any ErrorTracker)
    case database(any DatabaseService)
    /// The URL of the control database, which this room does not talk to.
    case control(Secret)
  }

  package enum Role: String, Sendable {
    case hosting, errors, database, control
  }

  /// As the stack file calls it: `vercel`, `neon`, ….
  package let name: String
  package let role: Role
  package let summary: String
  /// Its own host, such as `api.vercel.com`; secrets are bound to it.
  package let host: String
  package let parameters: [Parameter]
  /// Makes the service; contacts nobody.
  package let connect: @Sendable (VendorUse, ConnectContext) throws(Failure) -> Connected

  package init(
    name: String,
    role: Role,
    summary: String,
    host: String,
    parameters: [Parameter],
    connect: @escaping @Sendable (VendorUse, ConnectContext) throws(Failure) -> Connected
  ) {
    self.name = name
    self.role = role
    self.summary = summary
    self.host = host
    self.parameters = parameters
    self.connect = connect
  }
}

/// What connecting needs of its surroundings.
package struct ConnectContext: Sendable {
  /// The folder of the stack file.
  package let folder: String
  /// Reads a secret from its source; throws `missingSecret` with the places that were looked at.
  package let secret: @Sendable (SecretReference) throws(Failure) -> Secret
  /// Takes a secret that a vendor answered (a connection URI), so that every sink masks it.
  package let declare: @Sendable (Secret) -> Void
  /// The stack's own runbook for a rollback, as its path is typed; nothing where it has none.
  package let rollbackRunbook: String?
  package let incidents: (any IncidentLog)?

  package init(
    folder: String,
    secret: @escaping @Sendable (SecretReference) throws(Failure) -> Secret,
    declare: @escaping @Sendable (Secret) -> Void,
    rollbackRunbook: String? = nil,
    incidents: (any IncidentLog)? = nil
  ) {
    self.folder = folder
    self.secret = secret
    self.declare = declare
    self.rollbackRunbook = rollbackRunbook
    self.incidents = incidents
  }
}

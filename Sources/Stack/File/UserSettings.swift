package import Objects
internal import Values

/// What a person's own settings say: things that a stack file, which others write, can not say.
package struct UserSettings: Sendable {
  /// Hosts, as `host` or `host:port`, that a vendor's secrets may go to besides the vendor's own.
  package var allowedHosts: [String: [String]] = [:]

  package init() {}

  /// Reads the fields of the settings' record, and finds all that is wrong with them.
  package static func read(_ fields: [StackTree.Argument], vendors: [Vendor]) -> (
    settings: UserSettings, problems: [StackProblem]
  ) {
    var settings = Self()
    var problems: [StackProblem] = []
    for field in fields {
      guard field.label == "allow_url" else {
        problems.append(unknown(field, "the settings have no", ["allow_url"]))
        continue
      }
      guard case .record(let entries, _) = field.node else {
        problems.append(
          StackProblem(
            "'allow_url' is a record of hosts by vendor: {vercel: [\"vercel.example.com\"]}",
            at: field.node.place
          )
        )
        continue
      }
      for entry in entries { settings.allow(entry, vendors, &problems) }
    }
    return (settings, problems)
  }

  private mutating func allow(
    _ entry: StackTree.Argument,
    _ vendors: [Vendor],
    _ problems: inout [StackProblem]
  ) {
    let known = vendors.filter { vendor in
      vendor.parameters.contains { $0.name == "url" && $0.type == .text }
    }.map(\.name)
    guard let name = entry.label, known.contains(name) else {
      problems.append(Self.unknown(entry, "opsh knows no vendor with an address called", known))
      return
    }
    guard case .list(let hosts, _) = entry.node else {
      problems.append(
        StackProblem("the hosts of \(name) are a list: [\"host\"]", at: entry.node.place)
      )
      return
    }
    for host in hosts {
      guard case .literal(.text(let text), _) = host, Self.isHost(text) else {
        problems.append(
          StackProblem(
            "this must be a host such as \"\(name).example.com\" or \"localhost:8080\", no address",
            at: host.place
          )
        )
        continue
      }
      allowedHosts[name, default: []].append(text.lowercased())
    }
  }

  /// A host with or without its port; a whole address, a pattern or a path is none.
  private static func isHost(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: ".-_:[]".utf8.contains(byte)
        }
      }
  }

  private static func unknown(
    _ field: StackTree.Argument,
    _ words: String,
    _ known: [String]
  ) -> StackProblem {
    StackProblem(
      "\(words) '\(field.label ?? "")'",
      at: field.place,
      word: field.label,
      candidates: known
    )
  }
}

extension StackDefinition {
  /// Gives every vendor that the stack uses, in order of place.
  package var uses: [VendorUse] {
    ([hosting, errors] + environments.map(\.database) + [control]).compactMap(\.self)
  }

  /// Lets secrets go where the user's settings say that they may.
  package func allowing(_ settings: UserSettings) -> Self {
    var allowed = self
    func allow(_ use: inout VendorUse?) {
      guard let name = use?.vendor.name else { return }
      use?.allowedHosts = settings.allowedHosts[name] ?? []
    }
    allow(&allowed.hosting)
    allow(&allowed.errors)
    for index in allowed.environments.indices { allow(&allowed.environments[index].database) }
    return allowed
  }
}

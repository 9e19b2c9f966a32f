internal import HTTP
internal import Objects
package import Stack
package import Values

extension StackDefinition {
  /// Finds addresses that are none, and those that would show a secret on its way.
  package var addressProblems: [StackProblem] {
    var problems: [StackProblem] = []
    for use in uses {
      guard let text = use.text("url"), let place = use.places["url"] else { continue }
      let reason: String?
      do throws(HTTPError) {
        let url = try URL(parsing: text)
        reason =
          url.scheme == .https || url.isLoopback
          ? nil
          : "'\(text)' would show the secret to everyone on its way: it must begin with https://"
      } catch {
        reason = error.message
      }
      if let reason { problems.append(StackProblem("\(use.vendor.name): \(reason)", at: place)) }
    }
    for environment in environments {
      guard let text = environment.url, let place = environment.urlPlace else { continue }
      do throws(HTTPError) {
        _ = try URL(parsing: text)
      } catch {
        problems.append(StackProblem(error.message, at: place))
      }
    }
    return problems
  }

  /// Where a vendor's secrets would go although nobody said that they may.
  package var foreignHosts: [ForeignHost] {
    var found: [ForeignHost] = []
    for use in uses {
      guard let text = use.text("url"), let url = try? URL(parsing: text), !use.allows(url) else {
        continue
      }
      let host = ForeignHost(vendor: use.vendor.name, host: url.authority, usual: use.vendor.host)
      if !found.contains(host) { found.append(host) }
    }
    return found
  }

  /// Refuses hosts that are neither the vendor's own nor loopback nor in the user's settings.
  ///
  /// - Throws: `untrusted`, with the line to write and the file it belongs into.
  package func refuseForeignHosts(settings path: String) throws(Failure) {
    let hosts = foreignHosts
    guard let first = hosts.first else { return }
    throw Failure(
      .untrusted,
      hosts.map(\.message).joined(separator: "; ") + "; nothing was contacted",
      advice: [
        hosts.count == 1
          ? "if \(first.host) may have the secret of \(first.vendor), write in \(path):"
          : "if they may have the secrets, write in \(path):", "  " + ForeignHost.line(hosts),
      ]
    )
  }
}

/// A host that the stack file names for a vendor and that is not the vendor's.
package struct ForeignHost: Hashable, Sendable {
  package let vendor: String
  /// With its port, unless it is the usual one.
  package let host: String
  package let usual: String

  package var message: String {
    "\(vendor) shall be reached at \(host), but its secrets are bound to \(usual)"
  }

  /// The settings that allow them all.
  package static func line(_ hosts: [ForeignHost]) -> String {
    var vendors: [String] = []
    for host in hosts where !vendors.contains(host.vendor) { vendors.append(host.vendor) }
    let fields = vendors.map { vendor in
      let names = hosts.filter { $0.vendor == vendor }.map { "\"\($0.host)\"" }
      return "\(vendor): [\(names.joined(separator: ", "))]"
    }
    return "{allow_url: {\(fields.joined(separator: ", "))}}"
  }
}

extension VendorUse {
  /// Says whether the vendor's secrets may go there: to its own host, loopback, or where the user's
  /// settings say; beyond this machine under TLS only.
  func allows(_ url: URL) -> Bool {
    url.isLoopback
      || url.scheme == .https && (url.host == vendor.host || allowedHosts.contains(url.authority))
  }
}

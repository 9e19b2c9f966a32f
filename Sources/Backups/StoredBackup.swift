package import Values

/// A backup in its folder, with what is known of it.
package struct StoredBackup: Hashable, Sendable {
  /// The name of its folder, such as `optiq_prod-20261128T101300Z`.
  package var name: String
  /// The whole path of its folder.
  package var path: String
  package var manifest: Manifest
  /// The SHA-256 of the manifest's text.
  package var head: String
  package var proof: Proof
  /// What is missing or has another size; empty for a sound one.
  package var faults: [String]

  /// The level that it was proved to have, and when.
  package struct Proof: Hashable, Sendable {
    package var level: TrustLevel
    package var at: Time

    package init(level: TrustLevel, at: Time) {
      self.level = level
      self.at = at
    }
  }

  /// What was proved of it, as long as its files are still as they were by their sizes.
  package var level: TrustLevel { faults.isEmpty ? proof.level : .damaged }

  /// The whole path of its archive.
  package var archivePath: String { path + "/" + manifest.archive }
}

private import Glibc

/// A user of this machine, as a program can run as it.
package struct UserIdentity: Hashable, Sendable {
  package let name: String
  package let user: UInt32
  package let group: UInt32
  /// Every group of the user, the first one included.
  package let groups: [UInt32]
  package let home: String

  /// Looks a user up by name.
  package init(named name: String) throws(ProcessError) {
    var entry = unsafe passwd()
    var found: UnsafeMutablePointer<passwd>?
    var text = [CChar](repeating: 0, count: 16_384)
    let result = unsafe getpwnam_r(name, &entry, &text, text.count, &found)
    guard result == 0, unsafe found != nil else { throw .noSuchUser(name) }
    self.name = name
    user = unsafe entry.pw_uid
    group = unsafe entry.pw_gid
    home = unsafe entry.pw_dir.map { unsafe String(cString: $0) } ?? "/"
    groups = Self.groups(of: name, first: group)
  }

  private static func groups(of name: String, first: UInt32) -> [UInt32] {
    var count: Int32 = 64
    while true {
      var groups = [gid_t](repeating: 0, count: Int(count))
      let capacity = count
      if unsafe getgrouplist(name, first, &groups, &count) >= 0 {
        return Array(groups.prefix(Int(count)))
      }
      // The count is now what is needed; a list that did not say so would not end.
      guard count > capacity else { return [first] }
    }
  }

  /// Whether this process runs as root.
  package static var callerIsRoot: Bool { geteuid() == 0 }
}

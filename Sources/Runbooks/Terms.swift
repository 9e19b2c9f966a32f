package import Objects
package import Values

/// What the stack file says of its environments, as far as guards need it.
package struct Terms: Sendable {
  /// Who a target is and who it should be.
  package struct Attestation: Hashable, Sendable {
    /// Nothing if the stack file names nobody: such a target is never trusted for a `destroy`.
    package var expected: String?
    package var actual: String

    package init(expected: String?, actual: String) {
      self.expected = expected
      self.actual = actual
    }

    /// Why the target is not trusted; nothing if it is the expected one.
    package func mismatch(of target: String) -> Failure? {
      guard let expected else {
        return Failure(
          .refused,
          "nothing says who \(target) should be; it is \(actual)",
          advice: ["put that into the stack file if it is right; nothing was done"]
        )
      }
      guard expected != actual else { return nil }
      return Failure(
        .refused,
        "\(target) is \(actual), but should be \(expected)",
        advice: ["nothing was done"]
      )
    }
  }

  package var isProtected: @Sendable (_ environment: String) -> Bool
  /// The environment whose protection counts for what belongs to none; nothing without a stack.
  package var strictestEnvironment: String?
  /// Asks the server who it is; nothing where the target can not say.
  package var attest: @Sendable (Plan.Target, CallContext) throws(Failure) -> Attestation?

  package init(
    isProtected: @escaping @Sendable (String) -> Bool,
    strictestEnvironment: String?,
    attest: @escaping @Sendable (Plan.Target, CallContext) throws(Failure) -> Attestation?
  ) {
    self.isProtected = isProtected
    self.strictestEnvironment = strictestEnvironment
    self.attest = attest
  }
}

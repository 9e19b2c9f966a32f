package import Values

/// What a run that goes on knows of what it did before, by structural place.
///
/// What is in it is not evaluated again: bound values, answers, lists that were looped over, branches
/// that were taken and failures that were caught come from here, so that the same places are reached
/// in the same order as before (`design: Runs, What a crash leaves, and resume`).
package protocol Recollection: AnyObject, Sendable {
  /// Says that an effect was begun behind a statement, in the block that it stands in.
  ///
  /// Such a statement is over: it is not looked at, asked or shown again.
  func isOver(_ path: String) -> Bool
  /// Says that the note of a place is on record.
  func isNoted(_ path: String) -> Bool
  /// What a `let` bound; nothing if it did not come so far.
  func value(at path: String) throws(Failure) -> Recalled<Value>?
  /// Which way an `if` went that has a change in it.
  func choice(at path: String) -> Bool?
  /// What a `for` or `parallel` with a change in it looped over.
  func elements(at path: String) throws(Failure) -> Recalled<[Value]>?
  /// What a `try` caught.
  func caught(at path: String) -> CaughtFailure?
  /// How many attempts of a `retry` have failed.
  func failedAttempts(at path: String) -> Int
  /// How far the effect or the call of a `do` came; nothing if it was not begun.
  func effect(at path: String) throws(Failure) -> RecalledEffect?
  /// What an action function was called with.
  func arguments(ofCallAt path: String) throws(Failure) -> [(name: String, value: Value)]?
  /// How far a step came; nothing if it was not begun.
  func step(_ title: String) -> RecalledStep?
  /// Says that only the `probe` of a step can tell how an effect in it ended.
  func isProbeNeeded(for step: String) -> Bool
  /// How often the run ended before; each end does its `finally` anew.
  var ends: Int { get }
}

/// A value of the record.
package enum Recalled<Content: Sendable>: Sendable {
  case known(Content)
  /// It was too large, or held a secret: it is read again and compared with what is on record.
  case readAgain
}

package enum RecalledEffect: Sendable {
  /// Done; what it gave, where the record has it.
  case done(Recalled<Value>)
  /// Begun, and how it ended is not known.
  case inDoubt
  /// Its outcome is that it was not done.
  case failed
}

package enum RecalledStep: Hashable, Sendable {
  case done, skipped, begun
}

/// What `catch e` binds.
package struct CaughtFailure: Hashable, Sendable {
  package var kind: String
  package var message: String
  /// File, line and column; empty where there is none.
  package var place: String

  package init(kind: String, message: String, place: String) {
    self.kind = kind
    self.message = message
    self.place = place
  }

  var record: Value {
    .record(
      Record(["kind": .text(kind), "message": .text(message), "where": .text(place)])
    )
  }
}

extension Place {
  /// Where the value of a parameter stands in the record: no statement has such a path.
  package static func path(ofParameter name: String) -> String { ".param/\(name)" }

  /// A step's title as a segment of a path, in which a slash parts segments.
  package static func segment(ofStep title: String) -> String { title.replacing("/", with: "%2F") }
}
